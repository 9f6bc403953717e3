import { Field, ID, InputType, ObjectType } from 'type-graphql'
import { MoneyInput } from '../../../core/money.type.js'
import { DateTime, MinorUnits } from '../../../core/scalars.js'
import { CreditNote, Invoice } from '../../invoicing/index.js'
import { Balance, CreditGrant } from '../../ledger/index.js'

@InputType({ description: 'The invoice and the amount to credit.' })
export class CreditInvoiceInput {
  @Field(() => ID, { description: 'Id of the invoice.' })
  invoiceId: string

  @Field(() => MinorUnits, {
    nullable: true,
    description: 'Amount to credit in minor units, tax included. Defaults to everything that is left to credit.',
  })
  amount?: bigint | null

  @Field(() => String, { nullable: true, description: 'Reason, printed on the credit note. At most 200 characters.' })
  reason?: string | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of creditInvoice.' })
export class CreditInvoicePayload {
  @Field(() => CreditNote, { description: 'The credit note.' })
  creditNote: CreditNote

  @Field(() => Invoice, { description: 'The credited invoice with its new status.' })
  invoice: Invoice
}

@InputType({ description: 'The invoice whose tax is credited.' })
export class CreditTaxInput {
  @Field(() => ID, { description: 'Id of the invoice.' })
  invoiceId: string

  @Field(() => String, {
    nullable: true,
    description: 'Reason, printed on the credit note. At most 200 characters. Defaults to a text in the language of the invoice.',
  })
  reason?: string | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of creditTax.' })
export class CreditTaxPayload {
  @Field(() => CreditNote, { description: 'The credit note. Its total is the tax.' })
  creditNote: CreditNote

  @Field(() => Invoice, { description: 'The invoice with its new status.' })
  invoice: Invoice
}

@InputType({ description: 'Credit for a customer. Specify either a user or an organisation.' })
export class GrantCreditInput {
  @Field(() => ID, { nullable: true, description: 'The user who gets the credit.' })
  userId?: string | null

  @Field(() => ID, { nullable: true, description: 'The organisation that gets the credit.' })
  organisationId?: string | null

  @Field(() => MoneyInput, { description: 'The amount to add to the balance in the same currency.' })
  amount: MoneyInput

  @Field(() => String, { description: 'Reason, which the customer sees. At most 200 characters.' })
  reason: string

  @Field(() => DateTime, { nullable: true, description: 'When the remaining credit expires. Defaults to never.' })
  expiresAt?: Date | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of grantCredit.' })
export class GrantCreditPayload {
  @Field(() => CreditGrant, { description: 'The granted credit. Open invoices may have spent a part of it at once.' })
  grant: CreditGrant

  @Field(() => Balance, { description: 'The balance of the customer in the currency of the grant.' })
  balance: Balance
}

@InputType({ description: 'The invoice to write off.' })
export class VoidInvoiceInput {
  @Field(() => ID, { description: 'Id of the invoice.' })
  invoiceId: string

  @Field(() => String, { nullable: true, description: 'Reason, printed on the credit note. At most 200 characters.' })
  reason?: string | null

  @Field(() => String, { nullable: true, description: 'Idempotency key. Retrying with the same key returns the original result.' })
  idempotencyKey?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of voidInvoice.' })
export class VoidInvoicePayload {
  @Field(() => CreditNote, { description: 'The credit note for the amount that was due.' })
  creditNote: CreditNote

  @Field(() => Invoice, { description: 'The invoice, which is settled now: VOID if nothing was ever paid for it.' })
  invoice: Invoice
}

@InputType({ description: 'The invoice and its new due date.' })
export class ExtendDueDateInput {
  @Field(() => ID, { description: 'Id of the invoice.' })
  invoiceId: string

  @Field(() => DateTime, { description: 'When the amount is due from now on. Later than the present due date, and in the future.' })
  dueAt: Date

  @Field(() => String, { nullable: true, description: 'Reason for the audit log. At most 500 characters.' })
  notes?: string | null
}

@ObjectType({ simpleResolvers: true, description: 'Result of extendDueDate.' })
export class ExtendDueDatePayload {
  @Field(() => Invoice, { description: 'The invoice with its new due date.' })
  invoice: Invoice
}
