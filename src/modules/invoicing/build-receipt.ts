import type { Transaction } from '../../platform/postgres/client.js'
import type { Customer } from '../identity/index.js'
import type { Services } from '../services.js'
import { type DocumentSnapshot, parseDocumentSnapshot, type StatedPayment } from './document-snapshot.js'
import { messagesFor } from './i18n/languages.js'
import { getBuyer } from './invoice-data.queries.js'
import { printableReference } from './printable-reference.js'
import { listCreditNotes, type ReceiptPayment } from './receipt.queries.js'
import { firstUses, paymentText, receiptLines, remainingOf, takenBack } from './receipt.rules.js'

export type ReceiptServices = Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>

interface ReceiptRequest {
  readonly customer: Customer
  readonly currency: string
  /** The order that the payments were recorded for. */
  readonly orderId: bigint | null
  /** Oldest first. */
  readonly payments: readonly ReceiptPayment[]
  /** Of a receipt without payments. */
  readonly date: Date
}

/** Builds the receipt of one payment. */
export function buildPaymentReceipt(services: ReceiptServices, payment: ReceiptPayment): Promise<DocumentSnapshot> {
  const { userId, organisationId, currency, orderId, receivedAt } = payment
  return buildReceipt(services, { customer: { userId, organisationId }, currency, orderId, payments: [payment], date: receivedAt })
}

/**
 * Builds a receipt, without a number and without tax. It states what the payments first paid, and what was refunded or
 * reversed since. It is built for every request and never stored.
 */
export async function buildReceipt(
  services: ReceiptServices,
  { customer, currency, orderId, payments, date }: ReceiptRequest,
): Promise<DocumentSnapshot> {
  const invoices = await readInvoices(services.db, payments)
  const [first] = invoices.values()
  const { issuer, buyer, timeZone, locale } = first?.snapshot ?? (await readParties(services, customer))
  const { messages } = messagesFor(locale)
  const stated = await Promise.all(payments.map((payment) => statePayment(services, payment)))
  const lines = payments.flatMap((payment, index) => {
    const text = paymentText(stated[index] as StatedPayment, messages)
    const used = receiptLines(payment, invoices, messages)
    return payments.length === 1 ? used : used.map((line) => ({ ...line, description: messages.labelled(line.description, text) }))
  })
  const total = payments.reduce((sum, { amount }) => sum + amount, 0n).toString()
  const receivedAt = (payments.at(-1)?.receivedAt ?? date).toISOString()
  return {
    kind: 'RECEIPT',
    number: null,
    orderId: orderId === null ? null : Number(orderId),
    orderStatus: 'ACTIVE',
    paid: remainingOf(stated) > 0n && payments.some(isUsed),
    date: receivedAt,
    supplyDate: receivedAt,
    dueDate: receivedAt,
    period: null,
    timeZone,
    locale,
    currency,
    issuer,
    buyer,
    lines,
    subtotal: total,
    taxes: [],
    tax: '0',
    total,
    payments: stated,
    vatIdCheck: null,
    credited: null,
    merchantOfRecord: null,
    isTest: first?.snapshot.isTest === true || payments.some((payment) => providerOf(services, payment)?.isTest),
  }
}

/** The invoices that the payments first paid, in the order of their issue. */
async function readInvoices(tx: Transaction, payments: readonly ReceiptPayment[]) {
  const ids = payments.flatMap(({ allocations }) => [...firstUses(allocations).keys()])
  const select = { id: true, kind: true, number: true, issuedAt: true, snapshot: true } as const
  const rows = ids.length === 0 ? [] : await tx.invoice.findMany({ where: { id: { in: ids } }, select, orderBy: { id: 'asc' } })
  return new Map(rows.map((row) => [row.id, { ...row, snapshot: parseDocumentSnapshot(row.snapshot) }]))
}

/** The seller and the customer as they are now, because no invoice states them. */
async function readParties(services: ReceiptServices, customer: Customer) {
  const { buyer, locale } = await getBuyer(services.db, services, customer)
  const { issuer, timeZone } = services.config.invoices
  return { issuer, buyer, timeZone, locale }
}

/** Money that was taken from the balance may return to it without paying anything. */
function isUsed({ kind, held, allocations }: ReceiptPayment): boolean {
  return kind !== 'BALANCE' || held > 0n || allocations.length > 0
}

/** The provider that has collected the money of a payment. */
function providerOf({ providers }: ReceiptServices, { kind, provider }: ReceiptPayment) {
  return kind === 'PROVIDER' ? providers.find(provider) : null
}

async function statePayment(services: ReceiptServices, payment: ReceiptPayment): Promise<StatedPayment> {
  const { id, kind, reference, amount, receivedAt, reversedAt, refundParts } = payment
  const refunds = refundParts.map((part) => ({ kind: 'REFUND' as const, amount: part.amount, at: part.doneAt ?? receivedAt }))
  const reversals = reversedAt ? [{ kind: 'REVERSAL' as const, amount, at: reversedAt }] : await listTakenBack(services.db, payment)
  const provider = providerOf(services, payment)?.title
  return {
    id: Number(id),
    kind,
    reference: await printableReference(services, reference),
    amount: amount.toString(),
    at: receivedAt.toISOString(),
    ...(provider && { provider }),
    returned: [...refunds, ...reversals].map((part) => ({ ...part, amount: part.amount.toString(), at: part.at.toISOString() })),
  }
}

/** A payment from the balance is not reversed itself, but what it pays is taken back with the payment that the balance comes from. */
async function listTakenBack(tx: Transaction, { kind, allocations }: ReceiptPayment) {
  const ids = allocations.flatMap(({ amount, invoiceId }) => (amount < 0n ? [invoiceId] : []))
  if (kind !== 'BALANCE' || ids.length === 0) return []
  const parts = takenBack(allocations, await listCreditNotes(tx, ids))
  return parts.map(({ amount, createdAt }) => ({ kind: 'REVERSAL' as const, amount: -amount, at: createdAt }))
}
