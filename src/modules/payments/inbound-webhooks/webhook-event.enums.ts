import { z } from 'zod'

export const WEBHOOK_EVENT_STATUSES = ['RECEIVED', 'PROCESSED', 'PARKED', 'FAILED'] as const
export const WebhookEventStatus = z.enum(WEBHOOK_EVENT_STATUSES).enum
export type WebhookEventStatus = (typeof WEBHOOK_EVENT_STATUSES)[number]

declare global {
  namespace PrismaJson {
    type WebhookEventStatus = (typeof WEBHOOK_EVENT_STATUSES)[number]
  }
}
