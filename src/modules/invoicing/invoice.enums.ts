import { z } from 'zod'

export const INVOICE_KINDS = ['INVOICE', 'CREDIT_NOTE', 'STATEMENT'] as const
export type InvoiceKind = (typeof INVOICE_KINDS)[number]

export const INVOICE_STATUSES = ['OPEN', 'PAID', 'PARTIALLY_REFUNDED', 'REFUNDED', 'VOID'] as const
export const InvoiceStatus = z.enum(INVOICE_STATUSES).enum
export type InvoiceStatus = (typeof INVOICE_STATUSES)[number]

declare global {
  namespace PrismaJson {
    type InvoiceKind = (typeof INVOICE_KINDS)[number]
    type InvoiceStatus = (typeof INVOICE_STATUSES)[number]
  }
}
