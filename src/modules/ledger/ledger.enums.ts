import { z } from 'zod'

export const PAYMENT_METHOD_KINDS = ['PROVIDER', 'BANK_TRANSFER', 'CASH', 'OTHER', 'BALANCE'] as const
export const PaymentMethodKind = z.enum(PAYMENT_METHOD_KINDS).enum
export type PaymentMethodKind = (typeof PAYMENT_METHOD_KINDS)[number]

/** The events that a posting records. */
export const POSTING_KINDS = [
  'INVOICE',
  'CREDIT_NOTE',
  'PAYMENT',
  'BALANCE_PAYMENT',
  'REVERSAL',
  'REFUND',
  'GRANT',
  'GRANT_EXPIRY',
] as const
export type PostingKind = (typeof POSTING_KINDS)[number]

declare global {
  namespace PrismaJson {
    type PaymentMethodKind = (typeof PAYMENT_METHOD_KINDS)[number]
    type PostingKind = (typeof POSTING_KINDS)[number]
  }
}
