import { z } from 'zod'
import { INVOICE_FORMATS } from '../../core/invoice-format.js'
import { PaymentMethodKind } from '../ledger/index.js'
import { OrderStatus } from '../orders/index.js'

export { INVOICE_FORMATS, type InvoiceFormat } from '../../core/invoice-format.js'

const nullableText = z.string().nullable()

/** Net amounts as decimal strings of minor units, because JSON numbers are exact only up to 2^53. */
const lineSchema = z.object({
  description: z.string(),
  quantity: z.number(),
  unitPrice: z.string(),
  amount: z.string(),
  /** For a receipt: the date of the invoice. */
  date: z.string().optional(),
})

/** Tax total for one rate. Documents of earlier versions have hundredths of a percent. */
const taxLineSchema = z.preprocess(
  withMillionths,
  z.object({
    category: z.enum(['STANDARD', 'ZERO', 'EXEMPT', 'REVERSE_CHARGE', 'OUT_OF_SCOPE', 'NOT_TAXED']),
    /** The name of the tax, such as "GST". Null for the one that the language of the document names. */
    name: nullableText.default(null),
    /** The state or province, if the rate is not that of the whole country. */
    region: nullableText.default(null),
    /** 190000 is 19%. */
    millionths: z.number(),
    net: z.string(),
    tax: z.string(),
    /** Reason for not charging tax, if the law requires one. */
    exemption: nullableText,
    /** For OUT_OF_SCOPE: whether the customer owes the tax of its own country. */
    customerOwesTax: z.boolean().optional(),
    /** The country to which the tax is due. Absent if none is charged, and on documents of earlier versions. */
    country: z.string().optional(),
  }),
)

function withMillionths(stored: unknown): unknown {
  if (typeof stored !== 'object' || stored === null || !('basisPoints' in stored)) return stored
  const { basisPoints, ...line } = stored
  return { ...line, millionths: Number(basisPoints) * 100 }
}

/** An address in a network for electronic invoices. `scheme` is a code of the Electronic Address Scheme list, such as "0204". */
const electronicAddressSchema = z.object({ scheme: z.string(), id: z.string() })

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
  /** Number in the national register of companies: SIREN, company number, "HRB 12345". */
  registrationId: z.string().optional(),
  /** The register, or other facts of the company that its country requires: "Amtsgericht München". */
  register: z.string().optional(),
  /** Name of a person or department for questions about invoices. */
  contact: z.string().optional(),
  phone: z.string().optional(),
  electronicAddress: electronicAddressSchema.optional(),
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
  registrationId: nullableText.default(null),
  /** What the buyer wants to find on its invoices: BT-10, in Germany the Leitweg-ID. */
  reference: nullableText.default(null),
  purchaseOrder: nullableText.default(null),
  electronicAddress: electronicAddressSchema.nullable().default(null),
})

/** Evidence of the check of a VAT id. Earlier versions checked the format only. */
const vatIdCheckSchema = z.discriminatedUnion('method', [
  z.object({ method: z.literal('FORMAT'), vatId: z.string(), at: z.string() }),
  z.object({ method: z.literal('VIES'), vatId: z.string(), at: z.string(), name: nullableText, consultationNumber: nullableText }),
])

/** A note on the document. `subject` is a code of UNTDID 4451, such as "PMT", if a profile requires one. */
const noteSchema = z.object({ subject: nullableText, text: z.string() })

/** The tax in the currency of the seller's country. */
const accountingTaxSchema = z.object({
  currency: z.string(),
  /** Minor units of that currency. */
  tax: z.string(),
  /** Decimal: one unit of the document's currency in the other one. */
  rate: z.string(),
  /** Day of the rate, for example "2026-05-01". */
  day: z.string(),
  source: z.string(),
})

const paymentSchema = z.object({
  kind: z.enum(PaymentMethodKind),
  reference: nullableText,
  amount: z.string(),
  at: z.string(),
  /** The rest is for receipts. */
  id: z.number().optional(),
  /** Name of the payment provider. */
  provider: z.string().optional(),
  /** What has not remained with the seller, oldest first. */
  returned: z.array(z.object({ kind: z.enum(['REFUND', 'REVERSAL']), amount: z.string(), at: z.string() })).optional(),
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
  /** Null for the receipt of a payment without an order. */
  orderId: z.number().nullable(),
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
  vatIdCheck: vatIdCheckSchema.nullable(),
  /** Absent if the currency of the document is that of the seller's country, or if no tax is to be stated. */
  accountingTax: accountingTaxSchema.optional(),
  /** What the law of the seller's or buyer's country, or the seller, wants on the document. */
  notes: z.array(noteSchema).optional(),
  /** How it was paid, if it was paid when it was issued. For a receipt: its payments. */
  payments: z.array(paymentSchema).optional(),
  /** The profile of the attached electronic invoice. Absent: Factur-X. */
  format: z.enum(INVOICE_FORMATS).optional(),
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
export type VatIdCheck = z.output<typeof vatIdCheckSchema>
export type StatedPayment = z.output<typeof paymentSchema>
export type DocumentNote = z.output<typeof noteSchema>
export type MerchantOfRecord = z.output<typeof merchantSchema>
export type DocumentSnapshot = z.output<typeof snapshotSchema>

/** Parses the column `snapshot` of an invoice. */
export function parseDocumentSnapshot(stored: unknown): DocumentSnapshot {
  return snapshotSchema.parse(stored)
}
