import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Money } from '../../core/money.type.js'
import { Node } from '../../core/node.type.js'
import { connectionOf } from '../../core/page.type.js'
import { CurrencyCode, DateTime, Decimal, MinorUnits } from '../../core/scalars.js'
import { InvoiceStatus } from './invoice.enums.js'
import { TaxCategoryEnum } from './tax/tax.type.js'

/** Credit notes have a separate GraphQL type. */
export const InvoiceKind = { INVOICE: 'INVOICE', STATEMENT: 'STATEMENT' } as const

registerEnumType(InvoiceKind, {
  name: 'InvoiceKind',
  description: 'Kind of an issued document.',
  valuesConfig: {
    INVOICE: { description: 'An invoice of the seller, with tax.' },
    STATEMENT: { description: 'A payment statement without tax. The payment provider is the seller, and its document is the tax invoice.' },
  },
})

registerEnumType(InvoiceStatus, {
  name: 'InvoiceStatus',
  description: 'Payment status of an invoice.',
  valuesConfig: {
    OPEN: { description: 'Something is due.' },
    PAID: { description: 'Paid in full.' },
    PARTIALLY_REFUNDED: { description: 'Partially credited, and nothing more is due.' },
    REFUNDED: { description: 'Paid at least in part, and fully credited.' },
    VOID: { description: 'Fully credited before anything was paid.' },
  },
})

@ObjectType({ simpleResolvers: true, description: 'A line item of an invoice, before tax.' })
export class InvoiceLine {
  @Field(() => String, { description: 'Description of the item, for example "Pro, 1 month".' })
  description: string

  @Field(() => Int, { description: 'Quantity.' })
  quantity: number

  @Field(() => Decimal, {
    description:
      'Net price of one unit in the currency of the invoice. Not `Money`, because it has up to four more digits than the currency: "3.333333".',
  })
  unitPrice: string

  @Field(() => Money, { description: 'Net amount of the line.' })
  amount: Money
}

@ObjectType({ simpleResolvers: true, description: 'Tax total for one rate.' })
export class InvoiceTax {
  @Field(() => TaxCategoryEnum, { description: 'Reason why tax is charged or not.' })
  category: keyof typeof TaxCategoryEnum

  @Field(() => String, {
    nullable: true,
    description: 'Name of the tax, for example "GST". Null for the usual name in the language of the document.',
  })
  name: string | null

  @Field(() => Decimal, { description: 'Exact tax rate in percent. `"8.875"` is 8.875%.' })
  percentage: string

  @Field(() => Int, {
    description: 'Tax rate in hundredths of a percent, rounded. 1900 is 19%.',
    deprecationReason: 'It cannot express 8.875%. Use `percentage`. It will be removed in version 2.0 of the API.',
  })
  basisPoints: number

  @Field(() => Money, { description: 'Net amount on which the tax is calculated.' })
  net: Money

  @Field(() => Money, { description: 'Tax, rounded once for the whole rate.' })
  tax: Money

  @Field(() => String, { nullable: true, description: 'Reason for an exemption as printed on the invoice. Null if there is none.' })
  exemption: string | null
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'An issued invoice or payment statement. It never changes. Corrections are credit notes.',
})
export class Invoice {
  @Field(() => ID, { description: 'Internal id. Show `number` to people.' })
  id: bigint

  @Field(() => InvoiceKind, { description: 'Invoice of the seller, or payment statement for a sale of a payment provider.' })
  kind: keyof typeof InvoiceKind

  @Field(() => String, {
    description: 'Number as printed on the document, for example "INV-2026-000001". Numbers have no gaps within a series and year.',
  })
  number: string

  @Field(() => CurrencyCode, { description: 'Currency of all amounts.' })
  currency: string

  @Field(() => InvoiceStatus, { description: 'Payment status.' })
  status: InvoiceStatus

  @Field(() => DateTime, { nullable: true, description: 'When nothing more was due. Null while the invoice is open.' })
  paidAt: Date | null
}

@ObjectType({ implements: Node, simpleResolvers: true, description: 'Fully or partially credits an invoice. Amounts are positive.' })
export class CreditNote {
  @Field(() => ID, { description: 'Internal id. Show `number` to people.' })
  id: bigint

  @Field(() => String, { description: 'Number as printed on the document, for example "CN-2026-000001".' })
  number: string

  @Field(() => CurrencyCode, { description: 'Currency of the credited invoice.' })
  currency: string
}

@ObjectType({ simpleResolvers: true, description: 'Cost of an order if it were placed now, calculated by the same code as the invoice.' })
export class InvoicePreview {
  @Field(() => [InvoiceLine], { description: 'Line items, before tax.' })
  lines: InvoiceLine[]

  @Field(() => Money, { description: 'Sum of the lines, before tax.' })
  subtotal: Money

  @Field(() => [InvoiceTax], { description: 'Tax totals by rate.' })
  taxes: InvoiceTax[]

  @Field(() => Money, { description: 'Sum of the taxes.' })
  tax: Money

  @Field(() => Money, { description: 'Amount to pay, tax included.' })
  total: Money
}

@ObjectType({ simpleResolvers: true, description: 'A page of invoices.' })
export class InvoiceConnection extends connectionOf(Invoice, 'Invoice', 'invoices') {}

@InputType({ description: 'A line of an invoice. Its price includes tax if PRICES_INCLUDE_TAX says so.' })
export class InvoiceItemInput {
  @Field(() => String, { description: 'Description, printed on the invoice. At most 200 characters.' })
  description: string

  @Field(() => Int, { defaultValue: 1, description: 'Quantity, 1 to 1,000,000.' })
  quantity: number

  @Field(() => MinorUnits, { description: 'Price of one unit in minor units, 0 or more.' })
  unitPrice: bigint
}

@InputType({ description: 'What to invoice, and the customer.' })
export class IssueInvoiceInput {
  @Field(() => ID, { description: 'The user who is billed, or on whose behalf the organisation is.' })
  userId: string

  @Field(() => ID, { nullable: true, description: 'An organisation where the user is an owner or admin. Defaults to the user.' })
  organisationId?: string | null

  @Field(() => [InvoiceItemInput], { description: 'The lines of the invoice, 1 to 50.' })
  items: InvoiceItemInput[]

  @Field(() => CurrencyCode, { description: 'Currency of the prices.' })
  currency: string

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the invoice is due; not in the past, and within ten years. Defaults to INVOICE_DUE_DAYS from now.',
  })
  dueAt?: Date | null

  @Field(() => String, { nullable: true, description: 'Note in the order, which only administrators can read. At most 2,000 characters.' })
  notes?: string | null

  @Field(() => String, {
    nullable: true,
    description:
      'Number of the purchase order of the customer, printed on the invoice; at most 100 characters. Defaults to that of the billing details.',
  })
  purchaseOrder?: string | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of issueInvoice.' })
export class IssueInvoicePayload {
  @Field(() => Invoice, { description: 'The invoice. It is open, unless the balance has paid it.' })
  invoice: Invoice
}
