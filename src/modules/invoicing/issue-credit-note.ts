import type { Config } from '../../config/config.js'
import { invalidInputError } from '../../core/errors.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice } from '../../platform/postgres/generated/client.js'
import { readRow } from '../../platform/postgres/run-statement.js'
import { bind } from '../../platform/postgres/statement.js'
import {
  amountDue,
  applyCredit,
  bindPostings,
  type FreedPayments,
  listFreedPayments,
  type PaymentPart,
  type Posting,
  payInvoice,
  returnGrantedCredit,
  sumOfParts,
} from '../ledger/index.js'
import type { Services } from '../services.js'
import { buildCreditNote, buildTaxCorrection, type TaxCorrection, withoutTax } from './credit-note.rules.js'
import { type DocumentSnapshot, parseDocumentSnapshot } from './document-snapshot.js'
import { messagesFor } from './i18n/languages.js'
import type { Messages } from './i18n/messages.js'
import { LOCK_INVOICE, LOCK_INVOICE_OF_ORDER } from './invoicing.statements.js'
import { issueDocument } from './issue-invoice.js'
import { taxShare } from './tax/tax.rules.js'

/**
 * Locks an invoice, by its id or by its order, and reads it. Serializes its credit notes and refunds: take this lock
 * before the number counter of the credit note.
 * @returns null when there is none
 */
export async function lockInvoice(tx: Transaction, invoice: { id: bigint } | { orderId: bigint }): Promise<Invoice | null> {
  const lock = 'id' in invoice ? bind(LOCK_INVOICE, { invoiceId: invoice.id }) : bind(LOCK_INVOICE_OF_ORDER, invoice)
  return (await readRow(tx, lock)) ?? null
}

/** What can still be credited of an invoice, minor units, tax included. */
export function leftToCredit({ total, creditedTotal }: Pick<Invoice, 'total' | 'creditedTotal'>): bigint {
  return total - creditedTotal
}

/** The tax that can still be credited of an invoice, minor units. */
export function leftOfTax({ tax, creditedTax }: Pick<Invoice, 'tax' | 'creditedTax'>): bigint {
  return tax - creditedTax
}

/**
 * A text to print, the system that has made a refund (null for the payment provider), the unused part of a plan, or a tax
 * correction.
 */
export type CreditReason = string | { refundedBy: string | null } | { isUnusedPart: true } | { isTaxCorrection: true } | null

interface CreditRequest {
  /** Minor units, tax included. Defaults to everything that is left to credit. */
  amount?: bigint | undefined
  reason: CreditReason
  refundId?: bigint
  /** The invoice of a plan change, which the freed money pays. */
  carryTo?: Invoice
  /**
   * How much of its payments the credit note frees, minor units. Default: what then exceeds the amount due. With the
   * whole amount, the amount due stays as it is.
   */
  freed?: bigint
  /** The payment that is freed first. Default: the newest. */
  firstPaymentId?: bigint
  /** Whether the freed money leaves now, instead of going to the balance. What was paid from the balance returns to it. */
  isPaidOut?: boolean
  /** Credits all tax that is left, and nothing else; `amount` is ignored. `findTaxCorrection` returns it. */
  correction?: TaxCorrection | undefined
}

export interface IssuedCredit {
  creditNote: Invoice
  /** The credited invoice as it is now. */
  invoice: Invoice
  /** The payments that the credit note has freed, newest first, less what pays another invoice. */
  returned: readonly PaymentPart[]
}

/**
 * Issues a credit note in the series that belongs to the invoice; for a payment statement that is the statement
 * series. By default it first reduces the amount due. What was paid beyond that goes to the balance. Call it late in a
 * transaction, under the customer's lock; then settle the open invoices.
 * @param invoice  as `lockInvoice` has read it
 */
export async function issueCreditNote(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  invoice: Invoice,
  { amount, reason, refundId, carryTo, freed: freedAmount, firstPaymentId, isPaidOut = false, correction }: CreditRequest,
): Promise<IssuedCredit> {
  const creditedBefore = invoice.creditedTotal
  const remaining = leftToCredit(invoice)
  const credited = correction ? leftOfTax(invoice) : (amount ?? remaining)
  if (credited < 1n) throw invalidInputError('input.invoiceId', 'this invoice is already fully credited')
  if (credited > remaining)
    throw invalidInputError('input.amount', `must be at most ${remaining} minor units, which is what is left to credit`)
  const snapshot = await readCurrentTerms(tx, invoice)
  const { messages } = messagesFor(snapshot.locale)
  const printedReason = printReason(reason, messages)
  const carry = carryTo && amountDue(carryTo)
  const freed = await listFreedPayments(tx, invoice, credited, { freed: freedAmount, carry, firstPaymentId })
  const request = {
    kind: 'CREDIT_NOTE',
    series: creditNoteSeries(snapshot, services.config.invoices.series),
    order: { id: invoice.orderId, userId: invoice.userId, organisationId: invoice.organisationId, currency: invoice.currency },
    providerTax: taxShare(invoice.total, invoice.providerTax, creditedBefore, creditedBefore + credited),
    creditedInvoiceId: invoice.id,
    refundId: refundId ?? null,
    correctsTax: correction !== undefined,
    buildSnapshot: (number: string, date: Date) => {
      const terms = { number, invoice: snapshot, reason: printedReason, date }
      if (!correction) return buildCreditNote({ ...terms, creditedBefore, amount: credited })
      const before = { total: creditedBefore, tax: invoice.creditedTax }
      return buildTaxCorrection({ ...terms, credited: before, correction, describeAgain: messages.withReverseCharge })
    },
  } as const
  const creditNote = await issueDocument(tx, services, request, (document) => [bindPostings([postingOf(document, freed, isPaidOut)])])
  await returnGrantedCredit(tx, freed.returned)
  const changed = await applyCredit(tx, invoice, creditNote, freed, creditNote.issuedAt)
  if (carryTo) await payInvoice(tx, carryTo, freed.carried, creditNote.issuedAt)
  return { creditNote, invoice: changed, returned: freed.returned }
}

/** Contains the money that the credit note frees. */
function postingOf(creditNote: Invoice, { returned }: FreedPayments, isPaidOut: boolean): Posting {
  const { id, userId, organisationId, currency, total, tax, subtotal, providerTax, issuedAt } = creditNote
  const toBalance = sumOfParts(isPaidOut ? returned.filter(({ kind }) => kind === 'BALANCE') : returned)
  const paidOut = sumOfParts(returned) - toBalance
  return {
    customer: { userId, organisationId },
    currency,
    kind: 'CREDIT_NOTE',
    at: issuedAt,
    invoiceId: id,
    // What is carried is freed here, and pays another invoice in the same posting.
    receivable: sumOfParts(returned) - total,
    balance: -toBalance,
    cash: -paidOut,
    revenue: subtotal - providerTax,
    tax,
    providerTax,
  }
}

/** Reads what a credit note copies from its invoice. After a tax correction, that has no tax. */
async function readCurrentTerms(tx: Transaction, { id, tax, creditedTax, snapshot }: Invoice): Promise<DocumentSnapshot> {
  const invoice = parseDocumentSnapshot(snapshot)
  // Most invoices cannot have a correction.
  if (tax === 0n || creditedTax < tax) return invoice
  const correction = await tx.invoice.findFirst({ where: { creditedInvoiceId: id, correctsTax: true }, select: { snapshot: true } })
  return correction ? withoutTax(invoice, parseDocumentSnapshot(correction.snapshot)) : invoice
}

function printReason(reason: CreditReason, messages: Messages): string | null {
  if (reason === null || typeof reason === 'string') return reason
  if ('refundedBy' in reason) return messages.refundedBy(reason.refundedBy)
  return 'isTaxCorrection' in reason ? messages.taxCorrection : messages.unusedPart
}

/** The reason of a credit note for a customer who withdraws and states none, in the language of the invoice. */
export function withdrawalReason({ snapshot }: Pick<Invoice, 'snapshot'>): string {
  return messagesFor(parseDocumentSnapshot(snapshot).locale).messages.withdrawal
}

function creditNoteSeries({ isTest, merchantOfRecord }: DocumentSnapshot, series: Config['invoices']['series']): string {
  if (isTest) return series.testCreditNote
  return merchantOfRecord ? series.statement : series.creditNote
}
