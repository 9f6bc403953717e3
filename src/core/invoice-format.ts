import { z } from 'zod'

/** Profiles of electronic invoices. */
export const INVOICE_FORMATS = ['FACTUR_X', 'XRECHNUNG', 'PEPPOL', 'FRANCE'] as const
export const InvoiceFormat = z.enum(INVOICE_FORMATS).enum
export type InvoiceFormat = (typeof INVOICE_FORMATS)[number]

declare global {
  namespace PrismaJson {
    type InvoiceFormat = (typeof INVOICE_FORMATS)[number]
  }
}
