import { z } from 'zod'

export const DELIVERY_STATUSES = ['PENDING', 'DELIVERED', 'FAILED'] as const
export const DeliveryStatus = z.enum(DELIVERY_STATUSES).enum
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number]

declare global {
  namespace PrismaJson {
    type DeliveryStatus = (typeof DELIVERY_STATUSES)[number]
  }
}
