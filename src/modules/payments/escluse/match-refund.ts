import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order } from '../../../platform/postgres/generated/client.js'
import { type Customer, customerName, listUserIdsByEmail } from '../../identity/index.js'
import { ESCLUSE } from '../../subscriptions/index.js'

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

/** The paid order, or the reason why none was found, a text for administrators. */
export type PaymentMatch = { order: Order } | { missing: string }

const REFERENCE_FIELDS = 'order_id, invoice_id or subscription_id'

/**
 * Finds the refunded payment: by the references of the event, otherwise by its amount if exactly one payment
 * has it.
 */
export async function matchPayment(tx: Transaction, refund: ReportedRefund): Promise<PaymentMatch> {
  const { orderId, invoiceId, subscriptionId } = refund
  const named = [...(orderId === null ? [] : [await byOrder(tx, orderId)]), ...(invoiceId === null ? [] : [await byInvoice(tx, invoiceId)])]
  const unknown = named.find((match) => 'missing' in match)
  if (unknown) return unknown
  const [first, second] = named.flatMap((match) => ('order' in match ? [match.order] : []))
  if (first && second && first.id !== second.id) return { missing: 'data.order_id and data.invoice_id name different payments' }
  if (subscriptionId === null) return first ? { order: first } : byAmount(tx, refund)
  const subscription = await findSubscription(tx, subscriptionId)
  if (!first) return 'missing' in subscription ? subscription : byPayments(tx, refund, subscriptionId, subscription)
  if (!('missing' in subscription) && customerName(subscription) !== customerName(first)) {
    return { missing: `data.subscription_id: ${subscriptionId} belongs to another customer than order ${first.id}` }
  }
  return { order: first }
}

/** Accepts "ord_101" and "101". */
async function byOrder(tx: Transaction, reference: string): Promise<PaymentMatch> {
  const id = parseOwnId(reference, 'ord')
  const order = id === null ? null : await tx.order.findUnique({ where: { id } })
  return order ? { order } : { missing: `data.order_id: order ${reference} does not exist` }
}

/** Accepts "inv_12", "12" and the invoice number, such as "INV-2026-000012". */
async function byInvoice(tx: Transaction, reference: string): Promise<PaymentMatch> {
  const id = parseOwnId(reference, 'inv')
  const where = id === null ? { number: reference } : { id }
  const invoice = await tx.invoice.findUnique({ where, include: { order: true } })
  if (!invoice || invoice.kind === 'CREDIT_NOTE') return { missing: `data.invoice_id: invoice ${reference} does not exist` }
  return { order: invoice.order }
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
async function byPayments(
  tx: Transaction,
  { amount, currency }: ReportedRefund,
  reference: string,
  subscription: FoundSubscription,
): Promise<PaymentMatch> {
  const payments = await tx.order.findMany({
    where: {
      OR: [{ subscriptionId: subscription.id }, { id: subscription.orderId ?? 0 }],
      invoices: { some: { kind: { not: 'CREDIT_NOTE' }, total: { gt: 0n } } },
      ...(currency && { currency }),
    },
    include: { refunds: true, invoices: { where: { kind: { not: 'CREDIT_NOTE' } } } },
    orderBy: [{ placedAt: 'desc' }, { id: 'desc' }],
  })
  if (payments.length === 0) return { missing: `data.subscription_id: no payment of subscription ${reference} is recorded here` }
  const order = payments.find(({ refunds, invoices }) => {
    const paid = invoices.reduce((sum, { total }) => sum + total, 0n)
    const refundable = refunds.reduce((remaining, refund) => remaining - refund.amount, paid)
    return refundable >= amount || refunds.some((refund) => isUnreported(refund, amount))
  })
  return order ? { order } : { missing: `data.amount: no payment of subscription ${reference} has ${amount} minor units left to refund` }
}

/**
 * Without references, the amount must match exactly one payment. A payment with a recorded refund that no
 * event has reported matches too, because this event may report it.
 */
async function byAmount(tx: Transaction, { amount, currency, email }: ReportedRefund): Promise<PaymentMatch> {
  const matching = await tx.invoice.findMany({
    where: {
      kind: { not: 'CREDIT_NOTE' },
      total: amount,
      ...(currency && { currency }),
      ...(email && { userId: { in: await listUserIdsByEmail(tx, email) } }),
      OR: [{ status: 'PAID', order: { refunds: { none: {} } } }, { order: { refunds: { some: { amount, provider: null } } } }],
    },
    include: { order: true },
    take: 2,
  })
  const [invoice] = matching
  const payer = email ? ` of ${email}` : ''
  if (!invoice) return { missing: `no payment${payer} of ${amount} minor units can be refunded; send ${REFERENCE_FIELDS} in data` }
  if (matching.length === 1) return { order: invoice.order }
  return {
    missing: `more than one payment${payer} of ${amount} minor units matches; send ${REFERENCE_FIELDS}${email ? '' : ', or customer_email'} in data`,
  }
}

/** Checks whether a recorded refund has this amount and no event has reported it yet. */
export function isUnreported(refund: { amount: bigint; provider: string | null }, amount: bigint): boolean {
  return refund.amount === amount && refund.provider === null
}

/** Parses one of our ids, with or without its prefix. @returns null when it is not one */
export function parseOwnId(reference: string, prefix: string): bigint | null {
  const digits = /^[1-9]\d{0,14}$/.exec(reference.startsWith(`${prefix}_`) ? reference.slice(prefix.length + 1) : reference)
  return digits ? BigInt(digits[0]) : null
}
