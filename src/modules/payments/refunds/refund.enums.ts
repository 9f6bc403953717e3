import { z } from 'zod'

/** A refund through a payment provider is requested first, and recorded as done when the provider confirms it. */
export const REFUND_STATUSES = ['REQUESTED', 'DONE'] as const
export const RefundStatus = z.enum(REFUND_STATUSES).enum
export type RefundStatus = (typeof REFUND_STATUSES)[number]

export const REFUND_TYPES = ['FULL', 'PRORATED', 'NONE'] as const
export const RefundType = z.enum(REFUND_TYPES).enum
export type RefundType = (typeof REFUND_TYPES)[number]

declare global {
  namespace PrismaJson {
    type RefundStatus = (typeof REFUND_STATUSES)[number]
    type RefundType = (typeof REFUND_TYPES)[number]
  }
}
