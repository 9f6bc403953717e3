import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { Money } from '../../core/money.type.js'
import { connectionOf } from '../../core/page.type.js'
import { CurrencyCode, MinorUnits } from '../../core/scalars.js'
import { InvoiceStatus } from '../../platform/postgres/generated/enums.js'
import { TaxCategoryEnum } from './tax/tax.type.js'

/** Credit notes have a type of their own. */
export const InvoiceKind = { INVOICE: 'INVOICE', STATEMENT: 'STATEMENT' } as const

registerEnumType(InvoiceKind, {
  name: 'InvoiceKind',
  description: 'What an issued document is.',
  valuesConfig: {
    INVOICE: { description: 'Our invoice, with tax.' },
    STATEMENT: { description: 'A payment statement without tax: the payment provider sold it, and its document is the tax invoice.' },
  },
})

registerEnumType(InvoiceStatus, {
  name: 'InvoiceStatus',
  description: 'Whether an invoice is settled.',
  valuesConfig: {
    OPEN: { description: 'Issued and not yet paid.' },
    PAID: { description: 'Settled.' },
    PARTIALLY_REFUNDED: { description: 'Paid, and a part has been given back.' },
    REFUNDED: { description: 'Paid, and all of it has been given back.' },
    VOID: { description: 'Withdrawn before it was paid.' },
  },
})

@ObjectType({ simpleResolvers: true, description: 'One item of an invoice, before tax.' })
export class InvoiceLine {
  @Field(() => String, { description: 'What was sold: "Pro, 1 month".' })
  description: string

  @Field(() => Int, { description: 'How many.' })
  quantity: number

  @Field(() => String, {
    description: 'Net price of one as a plain decimal, with up to four more digits than the currency has: "3.333333".',
  })
  unitPrice: string

  @Field(() => Money, { description: 'Net amount of all of them.' })
  amount: Money
}

@ObjectType({ simpleResolvers: true, description: 'All that has one rate.' })
export class InvoiceTax {
  @Field(() => TaxCategoryEnum, { description: 'Why it is taxed, or not.' })
  category: keyof typeof TaxCategoryEnum

  @Field(() => Int, { description: 'The rate in hundredths of a percent: 1900 is 19%.' })
  basisPoints: number

  @Field(() => Money, { description: 'What the tax is computed on.' })
  net: Money

  @Field(() => Money, { description: 'The tax, rounded once for all of it.' })
  tax: Money

  @Field(() => String, { nullable: true, description: 'Why it is exempt, as it stands on the document.' })
  exemption: string | null
}

@ObjectType({ simpleResolvers: true, description: 'An issued document. It never changes; a correction is a credit note.' })
export class Invoice {
  @Field(() => ID, { description: 'Number of the record; people use `number`.' })
  id: number

  @Field(() => InvoiceKind, { description: 'Our invoice, or a statement for what a payment provider sold.' })
  kind: keyof typeof InvoiceKind

  @Field(() => String, { description: 'As it stands on the document, "INV-2026-000001": without a gap in its series and year.' })
  number: string

  @Field(() => CurrencyCode, { description: 'Currency of all its amounts.' })
  currency: string

  @Field(() => InvoiceStatus, { description: 'Whether it is settled.' })
  status: InvoiceStatus
}

@ObjectType({ simpleResolvers: true, description: 'Takes back an invoice, or a part of it. Its amounts are positive.' })
export class CreditNote {
  @Field(() => ID, { description: 'Number of the record; people use `number`.' })
  id: number

  @Field(() => String, { description: 'As it stands on the document: "CN-2026-000001".' })
  number: string

  @Field(() => CurrencyCode, { description: 'Currency of its invoice.' })
  currency: string
}

@ObjectType({ simpleResolvers: true, description: 'What an order would cost now: made by the same code as the invoice.' })
export class InvoicePreview {
  @Field(() => [InvoiceLine], { description: 'The items, net.' })
  lines: InvoiceLine[]

  @Field(() => Money, { description: 'Sum of the items, before tax.' })
  subtotal: Money

  @Field(() => [InvoiceTax], { description: 'Tax by rate.' })
  taxes: InvoiceTax[]

  @Field(() => Money, { description: 'Sum of the taxes.' })
  tax: Money

  @Field(() => Money, { description: 'What would have to be paid, tax included.' })
  total: Money
}

@ObjectType({ simpleResolvers: true, description: 'A page of invoices, newest first.' })
export class InvoiceConnection extends connectionOf(Invoice, 'Invoice', 'invoices') {}

@InputType({ description: 'Which invoice to take back, and how much of it.' })
export class CreditInvoiceInput {
  @Field(() => ID, { description: 'The invoice.' })
  invoiceId: string

  @Field(() => MinorUnits, { nullable: true, description: 'How much to take back, tax included; all that is left unless given.' })
  amount?: bigint | null

  @Field(() => String, { nullable: true, description: 'Why: stands on the credit note, at most 200 characters.' })
  reason?: string | null

  @Field(() => String, { nullable: true, description: 'Makes a repetition of this very request safe: the same key gives the same answer.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'What creditInvoice issued.' })
export class CreditInvoicePayload {
  @Field(() => CreditNote, { description: 'The credit note.' })
  creditNote: CreditNote

  @Field(() => Invoice, { description: 'The invoice, with what has become of it.' })
  invoice: Invoice
}
