import { z } from 'zod'
import type { Config } from '../../config/config.js'
import { invalidInput } from '../../core/errors.js'
import { requirePrintable } from '../../core/glyph-coverage.js'
import { line, parseId, parseInput } from '../../core/input.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice } from '../../platform/postgres/generated/client.js'
import { once } from '../../platform/postgres/idempotency.js'
import { appendAuditEntry } from '../audit/index.js'
import { callerName, type Viewer } from '../identity/index.js'
import type { Services } from '../services.js'
import { creditOf, type DocumentSnapshot } from './invoice.rules.js'
import type { CreditInvoiceInput } from './invoice.type.js'
import { issue } from './issue-invoice.js'
import { invoiceNotFound } from './issued-invoice.queries.js'

/** So that what clients read of an invoice has an end. */
const MOST_CREDIT_NOTES = 100

const credit = z.object({
  amount: z.bigint().min(1n, 'must be 1 or more').nullish(),
  reason: line(200).nullish(),
})

interface Credited {
  creditNote: Invoice
  invoice: Invoice
}

/**
 * Takes back an invoice, or a part of it, by a credit note. It moves no money.
 * @throws INVOICE_NOT_FOUND
 * @throws BAD_USER_INPUT when more would be taken back than is left
 */
export async function creditInvoice(services: Services, by: Viewer, input: CreditInvoiceInput): Promise<Credited> {
  const { amount, reason } = parseInput(credit, 'input', input)
  await requirePrintable(services.findUnprintable, 'input', { reason })
  const invoiceId = parseId('input.invoiceId', input.invoiceId)
  const wanted = { invoiceId, amount: amount ?? undefined, reason: reason ?? null }
  const request = { caller: callerName(by), operation: 'creditInvoice', key: input.idempotencyKey, input: wanted }
  const { creditNoteId } = await once(services, request, async (tx) => {
    const invoice = await lockInvoice(tx, invoiceId)
    await requireRoomForMore(tx, invoice, wanted.amount)
    const creditNote = await issueCreditNote(tx, services, invoice, wanted)
    const details = { number: creditNote.number, amount: creditNote.total.toString(), reason: wanted.reason }
    await appendAuditEntry(tx, { by, action: 'creditInvoice', subject: `invoice:${invoice.number}`, details, at: creditNote.issuedAt })
    return { creditNoteId: creditNote.id }
  })
  const find = (id: number) => services.db.invoice.findUniqueOrThrow({ where: { id } })
  const [creditNote, invoice] = await Promise.all([find(creditNoteId), find(invoiceId)])
  return { creditNote, invoice }
}

/** Two that credit one invoice queue here. */
async function lockInvoice(tx: Transaction, id: number): Promise<Invoice> {
  await tx.$queryRaw`SELECT id FROM invoices WHERE id = ${id} FOR NO KEY UPDATE`
  const invoice = await tx.invoice.findUnique({ where: { id } })
  if (!invoice || invoice.kind === 'CREDIT_NOTE') throw invoiceNotFound(id)
  return invoice
}

interface Wanted {
  /** Tax included, minor units; all that is left unless given. */
  amount: bigint | undefined
  reason: string | null
}

/**
 * A credit note, or of a statement another statement: in the series of what it takes back. Call it last in a transaction,
 * with the invoice or its holder locked.
 */
export async function issueCreditNote(tx: Transaction, services: Services, invoice: Invoice, { amount, reason }: Wanted): Promise<Invoice> {
  const creditedBefore = await creditedOf(tx, invoice.id)
  const left = invoice.total - creditedBefore
  const taken = amount ?? left
  if (taken < 1n) throw invalidInput('input.invoiceId', 'nothing of this invoice is left to credit')
  if (taken > left) throw invalidInput('input.amount', `only ${left} minor units of this invoice are left to credit`)
  const snapshot = invoice.snapshot as unknown as DocumentSnapshot
  const creditNote = await issue(tx, services, {
    kind: 'CREDIT_NOTE',
    series: creditNoteSeries(snapshot, services.config.invoices.series),
    order: { id: invoice.orderId, userId: invoice.userId, organisationId: invoice.organisationId, currency: invoice.currency },
    status: 'PAID',
    creditedInvoiceId: invoice.id,
    write: (number, date) => creditOf({ number, invoice: snapshot, creditedBefore, amount: taken, reason, date }),
  })
  await tx.invoice.update({ where: { id: invoice.id }, data: { status: taken === left ? 'REFUNDED' : 'PARTIALLY_REFUNDED' } })
  return creditNote
}

function creditNoteSeries({ isTest, merchantOfRecord }: DocumentSnapshot, series: Config['invoices']['series']): string {
  if (isTest) return series.testCreditNote
  return merchantOfRecord ? series.statement : series.creditNote
}

/** What credit notes have taken back of an invoice so far, minor units. */
export async function creditedOf(tx: Transaction, invoiceId: number): Promise<bigint> {
  const { _sum } = await tx.invoice.aggregate({ where: { creditedInvoiceId: invoiceId }, _sum: { total: true } })
  return _sum.total ?? 0n
}

/** @throws BAD_USER_INPUT when only the last credit note is left, and it would not take all */
async function requireRoomForMore(tx: Transaction, invoice: Invoice, amount: bigint | undefined): Promise<void> {
  const count = await tx.invoice.count({ where: { creditedInvoiceId: invoice.id } })
  if (count < MOST_CREDIT_NOTES - 1 || amount === undefined || amount === invoice.total - (await creditedOf(tx, invoice.id))) return
  throw invalidInput('input.amount', `an invoice has at most ${MOST_CREDIT_NOTES} credit notes; credit all that is left`)
}
