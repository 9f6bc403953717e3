import { z } from 'zod'

export const CUSTOMER_TYPES = ['USER', 'ORGANISATION'] as const
export const CustomerType = z.enum(CUSTOMER_TYPES).enum
export type CustomerType = (typeof CUSTOMER_TYPES)[number]

declare global {
  namespace PrismaJson {
    type CustomerType = (typeof CUSTOMER_TYPES)[number]
  }
}
