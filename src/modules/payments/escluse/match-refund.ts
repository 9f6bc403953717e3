import type { Transaction } from '../../../platform/postgres/client.js'
import { type Customer, customerName, listUserIdsByEmail } from '../../identity/index.js'
import { ESCLUSE } from '../../subscriptions/index.js'
import { isUnreported, type RefundedPayment, refundableAmount, WITH_REFUNDS } from './refunded-payment.js'

/** A refund made by another system, with the references to its payment that the event contains. */
export interface ReportedRefund {
  readonly refundId: string
  /** Minor units. */
  readonly amount: bigint
  readonly currency: string | null
  readonly orderId: string | null
  readonly invoiceId: string | null
  readonly subscriptionId: string | null
  readonly email: string | null
}

/** The payment, or the reason why none was found, a text for administrators. */
export type PaymentMatch = { payment: RefundedPayment } | { missing: string }

const REFERENCE_FIELDS = 'order_id, invoice_id or subscription_id'

/**
 * Finds the refunded payment: by the references of the event, otherwise by its amount if exactly one payment
 * has it.
 */
export async function matchPayment(tx: Transaction, refund: ReportedRefund): Promise<PaymentMatch> {
  const { orderId, invoiceId, subscriptionId } = refund
  const named = [
    ...(orderId === null ? [] : [await byOrder(tx, refund, orderId)]),
    ...(invoiceId === null ? [] : [await byInvoice(tx, refund, invoiceId)]),
  ]
  const unknown = named.find((match) => 'missing' in match)
  if (unknown) return unknown
  const [first, second] = named.flatMap((match) => ('payment' in match ? [match.payment] : []))
  if (first && second && first.id !== second.id) return { missing: 'data.order_id and data.invoice_id name different payments' }
  if (subscriptionId === null) return first ? { payment: first } : byAmount(tx, refund)
  const subscription = await findSubscription(tx, subscriptionId)
  if (!first) return 'missing' in subscription ? subscription : bySubscription(tx, refund, subscriptionId, subscription)
  if (!('missing' in subscription) && customerName(subscription) !== customerName(first)) {
    return { missing: `data.subscription_id: ${subscriptionId} belongs to another customer than order ${first.orderId}` }
  }
  return { payment: first }
}

/** Accepts "ord_101" and "101". */
async function byOrder(tx: Transaction, refund: ReportedRefund, reference: string): Promise<PaymentMatch> {
  const id = parseOwnId(reference, 'ord')
  const order = id === null ? null : await tx.order.findUnique({ where: { id } })
  if (!order) return { missing: `data.order_id: order ${reference} does not exist` }
  const invoices = await tx.invoice.findMany({ where: { orderId: order.id, kind: { not: 'CREDIT_NOTE' } }, select: { id: true } })
  const payment = await findPaymentFor(tx, refund, { orderId: order.id, invoiceIds: invoices.map((invoice) => invoice.id) })
  return payment ? { payment } : { missing: `data.order_id: no payment of order ${reference} is recorded here` }
}

/** Accepts "inv_12", "12" and the invoice number, such as "INV-2026-000012". */
async function byInvoice(tx: Transaction, refund: ReportedRefund, reference: string): Promise<PaymentMatch> {
  const id = parseOwnId(reference, 'inv')
  const where = id === null ? { number: reference } : { id }
  const invoice = await tx.invoice.findUnique({ where })
  if (!invoice || invoice.kind === 'CREDIT_NOTE') return { missing: `data.invoice_id: invoice ${reference} does not exist` }
  const payment = await findPaymentFor(tx, refund, { orderId: invoice.orderId, invoiceIds: [invoice.id] })
  return payment ? { payment } : { missing: `data.invoice_id: no payment of invoice ${reference} is recorded here` }
}

/**
 * Finds the newest payment that was recorded for an order or has paid its invoice: one that the event may report, or
 * that still covers it, otherwise any. What pays from the balance is not money received.
 */
async function findPaymentFor(
  tx: Transaction,
  { amount }: ReportedRefund,
  { orderId, invoiceIds }: { orderId: bigint; invoiceIds: readonly bigint[] },
): Promise<RefundedPayment | undefined> {
  const payments = await tx.payment.findMany({
    where: {
      kind: { not: 'BALANCE' },
      reversedAt: null,
      OR: [{ orderId }, { allocations: { some: { invoiceId: { in: [...invoiceIds] } } } }],
    },
    include: WITH_REFUNDS,
    orderBy: { id: 'desc' },
  })
  return payments.find((payment) => covers(payment, amount)) ?? payments[0]
}

function covers(payment: RefundedPayment, amount: bigint): boolean {
  return refundableAmount(payment) >= amount || isUnreported(payment, amount)
}

type FoundSubscription = Customer & { id: bigint; orderId: bigint | null }

/** Matches the id of Escluse first, then the id of the payment provider or our own, "sub_4". */
async function findSubscription(tx: Transaction, reference: string): Promise<FoundSubscription | { missing: string }> {
  const key = { provider: ESCLUSE, providerSubscriptionId: reference }
  const escluse = await tx.subscription.findUnique({ where: { provider_providerSubscriptionId: key } })
  if (escluse) return escluse
  const id = parseOwnId(reference, 'sub')
  const found = await tx.subscription.findMany({
    where: { OR: [{ providerSubscriptionId: reference }, ...(id === null ? [] : [{ id }])] },
    take: 2,
  })
  const [subscription] = found
  if (!subscription) return { missing: `data.subscription_id: subscription ${reference} does not exist` }
  return found.length === 1 ? subscription : { missing: `data.subscription_id: more than one subscription has the id ${reference}` }
}

/** Finds the newest payment of a subscription that still covers the refund. */
async function bySubscription(
  tx: Transaction,
  { amount, currency }: ReportedRefund,
  reference: string,
  subscription: FoundSubscription,
): Promise<PaymentMatch> {
  const payments = await tx.payment.findMany({
    where: {
      kind: { not: 'BALANCE' },
      amount: { gt: 0n },
      reversedAt: null,
      OR: [{ subscriptionId: subscription.id }, { order: { subscriptionId: subscription.id } }, { orderId: subscription.orderId ?? 0n }],
      ...(currency && { currency }),
    },
    include: WITH_REFUNDS,
    orderBy: [{ receivedAt: 'desc' }, { id: 'desc' }],
  })
  if (payments.length === 0) return { missing: `data.subscription_id: no payment of subscription ${reference} is recorded here` }
  const payment = payments.find((each) => covers(each, amount))
  return payment
    ? { payment }
    : { missing: `data.amount: no payment of subscription ${reference} has ${amount} minor units left to refund` }
}

/**
 * Without references, the amount must match exactly one payment. A payment with a recorded refund that no
 * event has reported matches too, because this event may report it.
 */
async function byAmount(tx: Transaction, { amount, currency, email }: ReportedRefund): Promise<PaymentMatch> {
  const matching = await tx.payment.findMany({
    where: {
      kind: { not: 'BALANCE' },
      reversedAt: null,
      ...(currency && { currency }),
      ...(email && { userId: { in: await listUserIdsByEmail(tx, email) } }),
      OR: [
        { amount, refundParts: { none: { destination: 'ORIGINAL' } } },
        { refundParts: { some: { destination: 'ORIGINAL', refund: { provider: null, amount } } } },
      ],
    },
    include: WITH_REFUNDS,
    take: 2,
  })
  const [payment] = matching
  const payer = email ? ` of ${email}` : ''
  if (!payment) return { missing: `no payment${payer} of ${amount} minor units can be refunded; send ${REFERENCE_FIELDS} in data` }
  if (matching.length === 1) return { payment }
  return {
    missing: `more than one payment${payer} of ${amount} minor units matches; send ${REFERENCE_FIELDS}${email ? '' : ', or customer_email'} in data`,
  }
}

/** Parses one of our ids, with or without its prefix. @returns null when it is not one */
export function parseOwnId(reference: string, prefix: string): bigint | null {
  const digits = /^[1-9]\d{0,14}$/.exec(reference.startsWith(`${prefix}_`) ? reference.slice(prefix.length + 1) : reference)
  return digits ? BigInt(digits[0]) : null
}
