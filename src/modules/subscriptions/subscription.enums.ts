import { z } from 'zod'

export const SUBSCRIPTION_STATUSES = ['TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'UNPAID', 'CANCELLED', 'EXPIRED'] as const
export const SubscriptionStatus = z.enum(SUBSCRIPTION_STATUSES).enum
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number]

/** Who collects the money of a subscription. */
export const COLLECTION_METHODS = ['PROVIDER', 'INVOICE', 'NONE'] as const
export const CollectionMethod = z.enum(COLLECTION_METHODS).enum
export type CollectionMethod = (typeof COLLECTION_METHODS)[number]

/** Why an administrator has blocked access; set and cleared by administrators only. */
export const ADMINISTRATIVE_SUSPENSIONS = ['ADMIN', 'ABUSE'] as const
export const SUSPENSION_REASONS = ['OVERDUE', ...ADMINISTRATIVE_SUSPENSIONS] as const
export const SuspensionReason = z.enum(SUSPENSION_REASONS).enum
export type SuspensionReason = (typeof SUSPENSION_REASONS)[number]

declare global {
  namespace PrismaJson {
    type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number]
    type CollectionMethod = (typeof COLLECTION_METHODS)[number]
    type AdministrativeSuspension = (typeof ADMINISTRATIVE_SUSPENSIONS)[number]
  }
}
