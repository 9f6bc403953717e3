import { z } from 'zod'

export const REPORTED_PAYMENT_STATUSES = ['REPORTED', 'CONFIRMED', 'REJECTED'] as const
export const ReportedPaymentStatus = z.enum(REPORTED_PAYMENT_STATUSES).enum
export type ReportedPaymentStatus = (typeof REPORTED_PAYMENT_STATUSES)[number]

declare global {
  namespace PrismaJson {
    type ReportedPaymentStatus = (typeof REPORTED_PAYMENT_STATUSES)[number]
  }
}
