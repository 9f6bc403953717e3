import { z } from 'zod'

export const ORDER_STATUSES = ['PENDING', 'ACTIVE', 'CANCELLED', 'EXPIRED'] as const
export const OrderStatus = z.enum(ORDER_STATUSES).enum
export type OrderStatus = (typeof ORDER_STATUSES)[number]

export const ORDER_REASONS = ['PURCHASE', 'GRANT', 'RENEWAL', 'PLAN_CHANGE'] as const
export const OrderReason = z.enum(ORDER_REASONS).enum
export type OrderReason = (typeof ORDER_REASONS)[number]

declare global {
  namespace PrismaJson {
    type OrderStatus = (typeof ORDER_STATUSES)[number]
    type OrderReason = (typeof ORDER_REASONS)[number]
  }
}
