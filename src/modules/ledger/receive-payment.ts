import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice, Payment } from '../../platform/postgres/generated/client.js'
import { readRow } from '../../platform/postgres/run-statement.js'
import { type BoundStatement, bind } from '../../platform/postgres/statement.js'
import type { Customer } from '../identity/index.js'
import { changeGrant, changeHeld, endHold } from './balance-parts.js'
import { amountDue, bindAllocations, payInvoice } from './invoice-payments.js'
import type { PaymentMethodKind } from './ledger.enums.js'
import { INSERT_PAYMENT } from './ledger.statements.js'
import { bindPostings, type Posting, postToLedger } from './post-to-ledger.js'

export interface ReceivedPayment {
  readonly customer: Customer
  readonly kind: Exclude<PaymentMethodKind, 'BALANCE'>
  readonly currency: string
  /** Minor units, greater than zero. */
  readonly amount: bigint
  readonly reference?: string | null
  readonly receivedAt: Date
  /** The name of the actor. */
  readonly recordedBy: string
  readonly at: Date
  readonly provider?: { readonly name: string; readonly paymentId: string }
  readonly subscriptionId?: bigint | null
}

/**
 * Records money that pays an invoice. What exceeds the amount due goes to the balance. Call it under the customer's
 * lock; then settle the open invoices.
 */
export async function receiveInvoicePayment(
  tx: Transaction,
  payment: ReceivedPayment,
  invoice: Invoice,
): Promise<{ payment: Payment; invoice: Invoice }> {
  const { amount, at } = payment
  const due = amountDue(invoice)
  const paid = amount < due ? amount : due
  const stored = await storePayment(tx, payment, { invoiceId: invoice.id, orderId: invoice.orderId })
  const posting = postingOf(payment, stored.id, invoice.id, paid)
  return { payment: stored, invoice: await payInvoice(tx, invoice, [{ paymentId: stored.id, amount: paid }], at, [posting]) }
}

function postingOf({ customer, currency, amount, at }: ReceivedPayment, paymentId: bigint, invoiceId: bigint, paid: bigint): Posting {
  return { customer, currency, kind: 'PAYMENT', at, invoiceId, paymentId, receivable: -paid, balance: paid - amount, cash: amount }
}

/** Records money for a pending order, for which it is held on the balance. Call it under the customer's lock. */
export async function receiveOrderPayment(tx: Transaction, payment: ReceivedPayment, orderId: bigint): Promise<Payment> {
  const { customer, currency, amount, at } = payment
  const stored = await storePayment(tx, payment, { orderId, held: amount })
  await postToLedger(tx, { customer, currency, kind: 'PAYMENT', at, balance: -amount, cash: amount, paymentId: stored.id })
  await changeHeld(tx, customer, currency, amount)
  return stored
}

/** Records money that pays no invoice: all of it goes to the balance. Call it under the customer's lock. */
export async function receiveSurplus(tx: Transaction, payment: ReceivedPayment, orderId: bigint | null): Promise<Payment> {
  const { customer, currency, amount, at } = payment
  const stored = await storePayment(tx, payment, { orderId })
  await postToLedger(tx, { customer, currency, kind: 'PAYMENT', at, balance: -amount, cash: amount, paymentId: stored.id })
  return stored
}

/** Pays an invoice with payments that were held for it. The part that is not needed becomes free. @returns the invoice as it is now */
export async function payWithHeld(tx: Transaction, invoice: Invoice, payments: readonly Payment[], at: Date): Promise<Invoice> {
  const parts = await takeHeld(tx, payments, amountDue(invoice))
  const posting = heldPostingOf(invoice, parts, at)
  return posting ? payInvoice(tx, invoice, parts, at, [posting]) : invoice
}

/**
 * Ends the hold on payments that pay an amount due. The part that is not needed becomes free.
 * @returns the parts that pay it
 */
export async function takeHeld(tx: Transaction, payments: readonly Payment[], amount: bigint): Promise<HeldPart[]> {
  let due = amount
  const parts: HeldPart[] = []
  for (const payment of payments) {
    const { id: paymentId, held, grantId } = payment
    const part = held < due ? held : due
    due -= part
    await endHold(tx, payment)
    if (grantId !== null) await changeGrant(tx, grantId, held - part)
    if (part > 0n) parts.push({ paymentId, amount: part })
  }
  return parts
}

interface HeldPart {
  readonly paymentId: bigint
  readonly amount: bigint
}

function heldPostingOf({ userId, organisationId, currency, id: invoiceId }: Invoice, parts: readonly HeldPart[], at: Date): Posting | null {
  const paid = parts.reduce((sum, { amount }) => sum + amount, 0n)
  if (paid === 0n) return null
  return { customer: { userId, organisationId }, currency, kind: 'BALANCE_PAYMENT', at, receivable: -paid, balance: paid, invoiceId }
}

/** What pays an invoice at its issue. */
export interface PaymentAtIssue {
  /** Parts of payments that were held, from `takeHeld`. */
  readonly held: readonly HeldPart[]
  /** A payment of the rest; null if nothing is left to pay. */
  readonly received: { readonly id: bigint; readonly payment: ReceivedPayment } | null
}

/**
 * The statements that pay a new invoice completely. They can run together with the one that inserts it.
 * @param invoice  with its paid total
 * @param posting  that of the invoice
 */
export function bindPaymentAtIssue(invoice: Invoice, posting: Posting, { held, received }: PaymentAtIssue): BoundStatement[] {
  const { id: invoiceId, orderId, issuedAt: at } = invoice
  const heldPosting = heldPostingOf(invoice, held, at)
  const postings: [Posting, ...Posting[]] = [posting, ...(heldPosting ? [heldPosting] : [])]
  if (!received) return [bindPostings(postings), bindAllocations(invoiceId, held, at)]
  const { id, payment } = received
  const parts = [...held, { paymentId: id, amount: payment.amount }]
  return [
    bind(INSERT_PAYMENT, { ...paymentRecord(payment, { invoiceId, orderId }), newId: id }),
    bindPostings([...postings, postingOf(payment, id, invoiceId, payment.amount)]),
    bindAllocations(invoiceId, parts, at),
  ]
}

type Purpose = Partial<Pick<Payment, 'held' | 'invoiceId' | 'orderId'>>

async function storePayment(tx: Transaction, payment: ReceivedPayment, purpose: Purpose): Promise<Payment> {
  const record = paymentRecord(payment, purpose)
  const stored = await readRow(tx, bind(INSERT_PAYMENT, { ...record, newId: null }))
  if (!stored) throw new Error('the payment was not inserted')
  return { id: stored.id, ...record }
}

function paymentRecord(
  { customer, kind, currency, amount, reference, receivedAt, recordedBy, at, provider, subscriptionId }: ReceivedPayment,
  { held = 0n, invoiceId = null, orderId = null }: Purpose,
): Omit<Payment, 'id'> {
  return {
    userId: customer.userId,
    organisationId: customer.organisationId,
    kind,
    currency,
    amount,
    held,
    reference: reference ?? null,
    receivedAt,
    createdAt: at,
    recordedBy,
    provider: provider?.name ?? null,
    providerPaymentId: provider?.paymentId ?? null,
    orderId,
    invoiceId,
    subscriptionId: subscriptionId ?? null,
    grantId: null,
    reversedAt: null,
    reversalReason: null,
  }
}
