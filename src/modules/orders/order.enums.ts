import { z } from 'zod'

export const ORDER_STATUSES = ['PENDING', 'ACTIVE', 'CANCELLED', 'EXPIRED'] as const
export const OrderStatus = z.enum(ORDER_STATUSES).enum
export type OrderStatus = (typeof ORDER_STATUSES)[number]

export const ORDER_REASONS = ['PURCHASE', 'GRANT', 'RENEWAL', 'PLAN_CHANGE'] as const
export const OrderReason = z.enum(ORDER_REASONS).enum
export type OrderReason = (typeof ORDER_REASONS)[number]

/** TEXT is a stored text. The texts of all other kinds are produced from their parameters. */
export const ORDER_ITEM_KINDS = ['TEXT', 'PLAN', 'REST', 'UNUSED', 'PLAN_CHANGE', 'DISCOUNT', 'ORDER', 'TOP_UP'] as const

declare global {
  namespace PrismaJson {
    type OrderStatus = (typeof ORDER_STATUSES)[number]
    type OrderItemKind = (typeof ORDER_ITEM_KINDS)[number]
    type OrderReason = (typeof ORDER_REASONS)[number]
  }
}
