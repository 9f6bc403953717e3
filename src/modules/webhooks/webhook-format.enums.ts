import { z } from 'zod'

export const WEBHOOK_FORMATS = ['STANDARD', 'ESCLUSE'] as const
export const WebhookFormat = z.enum(WEBHOOK_FORMATS).enum
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number]

declare global {
  namespace PrismaJson {
    type WebhookFormat = (typeof WEBHOOK_FORMATS)[number]
  }
}
