import { z } from 'zod'

/**
 * A part is REQUESTED until its money is paid out: by the payment provider, or by an administrator. A refund is DONE
 * when all its parts are.
 */
export const REFUND_STATUSES = ['REQUESTED', 'DONE'] as const
export const RefundStatus = z.enum(REFUND_STATUSES).enum
export type RefundStatus = (typeof REFUND_STATUSES)[number]

export const REFUND_TYPES = ['FULL', 'PRORATED', 'NONE'] as const
export const RefundType = z.enum(REFUND_TYPES).enum
export type RefundType = (typeof REFUND_TYPES)[number]

/** Where the money returns to: the payment method that it came from, or the balance. */
export const REFUND_DESTINATIONS = ['ORIGINAL', 'BALANCE'] as const
export const RefundDestination = z.enum(REFUND_DESTINATIONS).enum
export type RefundDestination = (typeof REFUND_DESTINATIONS)[number]

declare global {
  namespace PrismaJson {
    type RefundStatus = (typeof REFUND_STATUSES)[number]
    type RefundType = (typeof REFUND_TYPES)[number]
    type RefundDestination = (typeof REFUND_DESTINATIONS)[number]
  }
}
