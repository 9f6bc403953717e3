import { z } from 'zod'
import type { Config } from '../../config/config.js'
import { invalidInputError } from '../../core/errors.js'
import { type FindMissingGlyph, line, parseInputAsync, printable, rowId } from '../../core/input.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice } from '../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../platform/postgres/idempotency.js'
import { recordAuditEntry } from '../audit/index.js'
import { lockCustomer, principalName, type UserPrincipal } from '../identity/index.js'
import {
  amountDue,
  applyCredit,
  type FreedPayments,
  listFreedPayments,
  type PaymentPart,
  payInvoice,
  postToLedger,
  returnGrantedCredit,
  settleOpenInvoices,
  sumOfParts,
} from '../ledger/index.js'
import { cancelPendingChanges } from '../orders/index.js'
import type { Services } from '../services.js'
import { type DocumentSnapshot, parseDocumentSnapshot } from './document-snapshot.js'
import { messagesFor } from './i18n/languages.js'
import { buildCreditNote } from './invoice.rules.js'
import type { CreditInvoiceInput } from './invoice.type.js'
import { issueDocument } from './issue-invoice.js'
import { invoiceNotFoundError } from './issued-invoice.queries.js'
import { taxShare } from './tax/tax.rules.js'

/** Bounds the list of credit notes that clients read with an invoice. */
const MAX_CREDIT_NOTES = 100

/** On our balance the money could be paid out, although the provider has it. */
const STATEMENT_REFUSED =
  'must not be a payment statement: the payment provider is the seller and returns the money itself; use requestRefund'

function creditSchema(find: FindMissingGlyph) {
  return z.object({
    invoiceId: rowId('Invoice'),
    amount: z.bigint().min(1n, 'must be 1 or more').nullish(),
    reason: printable(find, line(200)).nullish(),
    idempotencyKey,
  })
}

interface CreditResult {
  creditNote: Invoice
  invoice: Invoice
}

/**
 * Credits an invoice fully or partially by a credit note. What was paid beyond the new amount due goes to the balance.
 * @throws INVOICE_NOT_FOUND
 * @throws BAD_USER_INPUT when the amount exceeds what is left to credit, and for a payment statement
 */
export async function creditInvoice(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph'>,
  principal: UserPrincipal,
  input: CreditInvoiceInput,
): Promise<CreditResult> {
  const { invoiceId, amount, reason, idempotencyKey: key } = await parseInputAsync(creditSchema(services.findMissingGlyph), 'input', input)
  const credit = { amount: amount ?? undefined, reason: reason ?? null }
  const request = {
    principal: principalName(principal),
    operation: 'creditInvoice',
    key,
    input: { invoiceId: Number(invoiceId), ...credit },
  }
  const { creditNoteId } = await runOnce(services, request, async (tx) => {
    const found = await tx.invoice.findUnique({ where: { id: invoiceId }, select: { userId: true, organisationId: true, currency: true } })
    if (!found) throw invoiceNotFoundError(invoiceId)
    await lockCustomer(tx, found)
    const invoice = await lockInvoice(tx, { id: invoiceId })
    if (!invoice) throw invoiceNotFoundError(invoiceId)
    if (invoice.kind === 'STATEMENT') throw invalidInputError('input.invoiceId', STATEMENT_REFUSED)
    await assertCreditNoteAllowed(tx, invoice, credit.amount)
    await cancelChangeOf(tx, invoice, services.clock.now())
    const { creditNote } = await issueCreditNote(tx, services, invoice, credit)
    await settleOpenInvoices(tx, found, found.currency, creditNote.issuedAt)
    const details = { number: creditNote.number, amount: creditNote.total.toString(), reason: credit.reason }
    await recordAuditEntry(tx, {
      actor: principal,
      action: 'creditInvoice',
      subject: `invoice:${invoice.number}`,
      details,
      at: creditNote.issuedAt,
    })
    return { creditNoteId: Number(creditNote.id) }
  })
  const findInvoiceById = (id: bigint) => services.db.invoice.findUniqueOrThrow({ where: { id } })
  const [creditNote, invoice] = await Promise.all([findInvoiceById(BigInt(creditNoteId)), findInvoiceById(invoiceId)])
  return { creditNote, invoice }
}

/** A change that waits for its payment was calculated without the credit note. */
async function cancelChangeOf(tx: Transaction, { orderId }: Invoice, at: Date): Promise<void> {
  const { subscriptionId } = await tx.order.findUniqueOrThrow({ where: { id: orderId }, select: { subscriptionId: true } })
  if (subscriptionId !== null) await cancelPendingChanges(tx, subscriptionId, at)
}

/**
 * Locks an invoice, by its id or by its order, and reads it. Serializes its credit notes and refunds: take this lock
 * before the number counter of the credit note.
 * @returns null when there is none
 */
export async function lockInvoice(tx: Transaction, invoice: { id: bigint } | { orderId: bigint }): Promise<Invoice | null> {
  if ('id' in invoice) await tx.$queryRaw`SELECT id FROM invoices WHERE id = ${invoice.id} FOR NO KEY UPDATE`
  else await tx.$queryRaw`SELECT id FROM invoices WHERE order_id = ${invoice.orderId} AND kind <> 'CREDIT_NOTE' FOR NO KEY UPDATE`
  return tx.invoice.findFirst({ where: { ...invoice, kind: { not: 'CREDIT_NOTE' } } })
}

/** What can still be credited of an invoice, minor units, tax included. */
export function leftToCredit({ total, creditedTotal }: Pick<Invoice, 'total' | 'creditedTotal'>): bigint {
  return total - creditedTotal
}

/** A text to print, the system that has made a refund (null for the payment provider), or the unused part of a plan. */
export type CreditReason = string | { refundedBy: string | null } | { isUnusedPart: true } | null

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
  { amount, reason, refundId, carryTo, freed: freedAmount, firstPaymentId, isPaidOut = false }: CreditRequest,
): Promise<IssuedCredit> {
  const creditedBefore = invoice.creditedTotal
  const remaining = leftToCredit(invoice)
  const credited = amount ?? remaining
  if (credited < 1n) throw invalidInputError('input.invoiceId', 'this invoice is already fully credited')
  if (credited > remaining)
    throw invalidInputError('input.amount', `must be at most ${remaining} minor units, which is what is left to credit`)
  const snapshot = parseDocumentSnapshot(invoice.snapshot)
  const printedReason = printReason(reason, snapshot.locale)
  const creditNote = await issueDocument(tx, services, {
    kind: 'CREDIT_NOTE',
    series: creditNoteSeries(snapshot, services.config.invoices.series),
    order: { id: invoice.orderId, userId: invoice.userId, organisationId: invoice.organisationId, currency: invoice.currency },
    providerTax: taxShare(invoice.total, invoice.providerTax, creditedBefore, creditedBefore + credited),
    creditedInvoiceId: invoice.id,
    refundId: refundId ?? null,
    buildSnapshot: (number, date) =>
      buildCreditNote({ number, invoice: snapshot, creditedBefore, amount: credited, reason: printedReason, date }),
  })
  const carry = carryTo && amountDue(carryTo)
  const freed = await listFreedPayments(tx, invoice, credited, { freed: freedAmount, carry, firstPaymentId })
  await postCreditNote(tx, creditNote, freed, isPaidOut)
  await returnGrantedCredit(tx, freed.returned)
  const changed = await applyCredit(tx, invoice, creditNote, freed, creditNote.issuedAt)
  if (carryTo) await payInvoice(tx, carryTo, freed.carried, creditNote.issuedAt)
  return { creditNote, invoice: changed, returned: freed.returned }
}

/** Posts a credit note, together with the money that it frees. */
async function postCreditNote(tx: Transaction, creditNote: Invoice, { returned }: FreedPayments, isPaidOut: boolean): Promise<void> {
  const { id, userId, organisationId, currency, total, tax, subtotal, providerTax, issuedAt } = creditNote
  const toBalance = sumOfParts(isPaidOut ? returned.filter(({ kind }) => kind === 'BALANCE') : returned)
  const paidOut = sumOfParts(returned) - toBalance
  await postToLedger(tx, {
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
  })
}

function printReason(reason: CreditReason, locale: string): string | null {
  if (reason === null || typeof reason === 'string') return reason
  const { messages } = messagesFor(locale)
  return 'refundedBy' in reason ? messages.refundedBy(reason.refundedBy) : messages.unusedPart
}

function creditNoteSeries({ isTest, merchantOfRecord }: DocumentSnapshot, series: Config['invoices']['series']): string {
  if (isTest) return series.testCreditNote
  return merchantOfRecord ? series.statement : series.creditNote
}

/**
 * @throws BAD_USER_INPUT when only one more credit note is allowed and it would not credit everything that is
 * left
 */
async function assertCreditNoteAllowed(tx: Transaction, invoice: Invoice, amount: bigint | undefined): Promise<void> {
  const count = await tx.invoice.count({ where: { creditedInvoiceId: invoice.id } })
  if (count < MAX_CREDIT_NOTES - 1 || amount === undefined || amount === leftToCredit(invoice)) return
  throw invalidInputError(
    'input.amount',
    `an invoice can have at most ${MAX_CREDIT_NOTES} credit notes; leave the amount out to credit everything that is left`,
  )
}
