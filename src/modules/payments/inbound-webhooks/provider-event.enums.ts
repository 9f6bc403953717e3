import { z } from 'zod'

export const PROVIDER_EVENT_STATUSES = ['RECEIVED', 'PROCESSED', 'PARKED', 'FAILED'] as const
export const ProviderEventStatus = z.enum(PROVIDER_EVENT_STATUSES).enum
export type ProviderEventStatus = (typeof PROVIDER_EVENT_STATUSES)[number]

declare global {
  namespace PrismaJson {
    type ProviderEventStatus = (typeof PROVIDER_EVENT_STATUSES)[number]
  }
}
