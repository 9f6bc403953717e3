import { z } from 'zod'

export const SUBSCRIPTION_STATUSES = ['TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'UNPAID', 'CANCELLED', 'EXPIRED'] as const
export const SubscriptionStatus = z.enum(SUBSCRIPTION_STATUSES).enum
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number]

declare global {
  namespace PrismaJson {
    type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number]
  }
}
