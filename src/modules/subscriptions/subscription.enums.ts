import { z } from 'zod'

export const SUBSCRIPTION_STATUSES = ['TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'UNPAID', 'CANCELLED', 'EXPIRED'] as const
export const SubscriptionStatus = z.enum(SUBSCRIPTION_STATUSES).enum
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number]

/** Who collects the money of a subscription. */
export const COLLECTION_METHODS = ['PROVIDER', 'INVOICE', 'NONE'] as const
export const CollectionMethod = z.enum(COLLECTION_METHODS).enum
export type CollectionMethod = (typeof COLLECTION_METHODS)[number]

declare global {
  namespace PrismaJson {
    type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number]
    type CollectionMethod = (typeof COLLECTION_METHODS)[number]
  }
}
