import { z } from 'zod'
import type { Config } from '../../config/config.js'
import { invalidInputError } from '../../core/errors.js'
import { assertPrintable } from '../../core/glyph-coverage.js'
import { line, parseId, parseInput } from '../../core/input.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice } from '../../platform/postgres/generated/client.js'
import { runOnce } from '../../platform/postgres/idempotency.js'
import { recordAuditEntry } from '../audit/index.js'
import { principalName, type UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import { buildCreditNote, type DocumentSnapshot } from './invoice.rules.js'
import type { CreditInvoiceInput } from './invoice.type.js'
import { issueDocument } from './issue-invoice.js'
import { invoiceNotFoundError } from './issued-invoice.queries.js'

/** So that what clients read of an invoice has an end. */
const MAX_CREDIT_NOTES = 100

const creditSchema = z.object({
  amount: z.bigint().min(1n, 'must be 1 or more').nullish(),
  reason: line(200).nullish(),
})

interface CreditResult {
  creditNote: Invoice
  invoice: Invoice
}

/**
 * Takes back an invoice, or a part of it, by a credit note. It moves no money.
 * @throws INVOICE_NOT_FOUND
 * @throws BAD_USER_INPUT when more would be taken back than is left
 */
export async function creditInvoice(services: Services, by: UserPrincipal, input: CreditInvoiceInput): Promise<CreditResult> {
  const { amount, reason } = parseInput(creditSchema, 'input', input)
  await assertPrintable(services.findMissingGlyph, 'input', { reason })
  const invoiceId = parseId('input.invoiceId', input.invoiceId)
  const wanted = { invoiceId, amount: amount ?? undefined, reason: reason ?? null }
  const request = { principal: principalName(by), operation: 'creditInvoice', key: input.idempotencyKey, input: wanted }
  const { creditNoteId } = await runOnce(services, request, async (tx) => {
    const invoice = await lockInvoice(tx, invoiceId)
    await assertCreditNoteAllowed(tx, invoice, wanted.amount)
    const creditNote = await issueCreditNote(tx, services, invoice, wanted)
    const details = { number: creditNote.number, amount: creditNote.total.toString(), reason: wanted.reason }
    await recordAuditEntry(tx, { by, action: 'creditInvoice', subject: `invoice:${invoice.number}`, details, at: creditNote.issuedAt })
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
  if (!invoice || invoice.kind === 'CREDIT_NOTE') throw invoiceNotFoundError(id)
  return invoice
}

interface CreditRequest {
  /** Tax included, minor units; all that is left unless given. */
  amount: bigint | undefined
  reason: string | null
}

/**
 * A credit note, or of a statement another statement: in the series of what it takes back. Call it last in a transaction,
 * with the invoice or its holder locked.
 */
export async function issueCreditNote(
  tx: Transaction,
  services: Services,
  invoice: Invoice,
  { amount, reason }: CreditRequest,
): Promise<Invoice> {
  const creditedBefore = await getCreditedAmount(tx, invoice.id)
  const left = invoice.total - creditedBefore
  const taken = amount ?? left
  if (taken < 1n) throw invalidInputError('input.invoiceId', 'nothing of this invoice is left to credit')
  if (taken > left) throw invalidInputError('input.amount', `only ${left} minor units of this invoice are left to credit`)
  const snapshot = invoice.snapshot as unknown as DocumentSnapshot
  const creditNote = await issueDocument(tx, services, {
    kind: 'CREDIT_NOTE',
    series: creditNoteSeries(snapshot, services.config.invoices.series),
    order: { id: invoice.orderId, userId: invoice.userId, organisationId: invoice.organisationId, currency: invoice.currency },
    status: 'PAID',
    creditedInvoiceId: invoice.id,
    write: (number, date) => buildCreditNote({ number, invoice: snapshot, creditedBefore, amount: taken, reason, date }),
  })
  await tx.invoice.update({ where: { id: invoice.id }, data: { status: taken === left ? 'REFUNDED' : 'PARTIALLY_REFUNDED' } })
  return creditNote
}

function creditNoteSeries({ isTest, merchantOfRecord }: DocumentSnapshot, series: Config['invoices']['series']): string {
  if (isTest) return series.testCreditNote
  return merchantOfRecord ? series.statement : series.creditNote
}

/** What credit notes have taken back of an invoice so far, minor units. */
export async function getCreditedAmount(tx: Transaction, invoiceId: number): Promise<bigint> {
  const { _sum } = await tx.invoice.aggregate({ where: { creditedInvoiceId: invoiceId }, _sum: { total: true } })
  return _sum.total ?? 0n
}

/** @throws BAD_USER_INPUT when only the last credit note is left, and it would not take all */
async function assertCreditNoteAllowed(tx: Transaction, invoice: Invoice, amount: bigint | undefined): Promise<void> {
  const count = await tx.invoice.count({ where: { creditedInvoiceId: invoice.id } })
  if (count < MAX_CREDIT_NOTES - 1 || amount === undefined || amount === invoice.total - (await getCreditedAmount(tx, invoice.id))) return
  throw invalidInputError('input.amount', `an invoice has at most ${MAX_CREDIT_NOTES} credit notes; credit all that is left`)
}
