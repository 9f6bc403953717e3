import { z } from 'zod'
import { OrderStatus } from '../orders/index.js'

const nullableText = z.string().nullable()

/** Net amounts as decimal strings of minor units, because JSON numbers are exact only up to 2^53. */
const lineSchema = z.object({
  description: z.string(),
  quantity: z.number(),
  unitPrice: z.string(),
  amount: z.string(),
  /** For a receipt: when the money was received, or the payment reversed or refunded. Printed after the description. */
  date: z.string().optional(),
})

/** Tax total for one rate. */
const taxLineSchema = z.object({
  category: z.enum(['STANDARD', 'ZERO', 'EXEMPT', 'REVERSE_CHARGE', 'NOT_TAXED']),
  /** 1900 is 19%. */
  basisPoints: z.number(),
  net: z.string(),
  tax: z.string(),
  /** Reason for not charging tax, if the law requires one. */
  exemption: nullableText,
})

const sellerSchema = z.object({
  company: z.string(),
  name: z.string(),
  address: z.string().optional(),
  city: z.string().optional(),
  state: z.string().optional(),
  zip: z.string().optional(),
  country: z.string().optional(),
  taxId: z.string().optional(),
  email: z.string().optional(),
})

const buyerSchema = z.object({
  name: z.string(),
  email: nullableText,
  address: nullableText,
  city: nullableText,
  state: nullableText,
  zip: nullableText,
  country: nullableText,
  taxId: nullableText,
})

/** How the customer can pay. The placeholders of the instructions are replaced by the payment reference and the amount due. */
const howToPaySchema = z.object({
  methods: z.array(z.object({ name: z.string(), instructions: nullableText, iban: nullableText, bic: nullableText })),
})

const merchantSchema = z.object({ name: z.string(), documentUrl: nullableText })

/** Everything that a document shows, as it was at the time of issue. Times are ISO 8601. */
const snapshotSchema = z.object({
  kind: z.enum(['INVOICE', 'PRO_FORMA', 'CREDIT_NOTE', 'STATEMENT', 'PAYMENT_REQUEST', 'RECEIPT']),
  /** Null for a pro forma, a payment request and a receipt, because only issued documents have numbers. */
  number: nullableText,
  orderId: z.number(),
  orderStatus: z.enum(OrderStatus),
  paid: z.boolean(),
  date: z.string(),
  /** Date of supply; for a period, its start. */
  supplyDate: z.string(),
  dueDate: z.string(),
  period: z.object({ start: z.string(), end: z.string() }).nullable(),
  timeZone: z.string(),
  locale: z.string(),
  currency: z.string(),
  issuer: sellerSchema,
  buyer: buyerSchema,
  lines: z.array(lineSchema),
  subtotal: z.string(),
  taxes: z.array(taxLineSchema),
  tax: z.string(),
  total: z.string(),
  /** The part of the total that is already paid, minor units as text. Absent if it is 0, or if the whole document is paid. */
  prepaid: z.string().optional(),
  vatIdCheck: z.object({ vatId: z.string(), method: z.literal('FORMAT'), at: z.string() }).nullable(),
  /** For a credit note: the credited invoice and the reason. */
  credited: z.object({ number: z.string(), date: z.string(), reason: nullableText }).nullable(),
  /** For a payment statement: the seller and the link to the seller's own document. */
  merchantOfRecord: merchantSchema.nullable(),
  /**
   * A sandbox sale without a real payment. Absent on documents issued before test sales had a separate
   * series.
   */
  isTest: z.boolean().optional(),
  /** For a pro forma: whether the order was imported, and the former system has issued its invoice. */
  invoicedElsewhere: z.boolean().optional(),
  /** Null or absent on paid documents, and on those from before payment methods. */
  howToPay: howToPaySchema.nullish(),
})

export type DocumentLine = z.output<typeof lineSchema>
export type TaxLine = z.output<typeof taxLineSchema>
export type BuyerDetails = z.output<typeof buyerSchema>
export type MerchantOfRecord = z.output<typeof merchantSchema>
export type DocumentSnapshot = z.output<typeof snapshotSchema>

/** Parses the column `snapshot` of an invoice. */
export function parseDocumentSnapshot(stored: unknown): DocumentSnapshot {
  return snapshotSchema.parse(stored)
}
