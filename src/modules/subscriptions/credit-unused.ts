import { enqueue } from '../../platform/jobs/queue.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice, Order, Subscription } from '../../platform/postgres/generated/client.js'
import { readTogether } from '../../platform/postgres/run-statement.js'
import { bind } from '../../platform/postgres/statement.js'
import { bindForCustomer } from '../identity/index.js'
import { issueCreditNote, LOCK_INVOICE_OF_ORDER, leftToCredit, lockInvoice } from '../invoicing/index.js'
import { amountDue, settleOpenInvoices } from '../ledger/index.js'
import { FIND_ORDER } from '../orders/index.js'
import type { Services } from '../services.js'
import { unusedShare } from './proration.rules.js'
import { bindRenewal, cancelRenewalOrder } from './renewals/cancel-renewal.js'
import { REFUND_UNUSED } from './subscription.jobs.js'
import { LIST_OPEN_INVOICES } from './subscriptions.statements.js'

/** No order has this id. */
const NO_ORDER = 0n

/** The unused share of a plan that ends early, minor units. */
export interface UnusedShare {
  readonly order: Order
  readonly invoice: Invoice
  /** The share of what was paid for the rest of the period. */
  readonly unused: bigint
}

/**
 * Calculates the unused share of what was paid for the current plan. It remains valid under the customer's lock.
 * @returns null if nothing was invoiced for the current period
 */
export async function findUnusedShare(tx: Transaction, subscription: Subscription, at: Date): Promise<UnusedShare | null> {
  const { orderId, currentPeriodEnd } = subscription
  if (orderId === null || at >= currentPeriodEnd) return null
  const order = await tx.order.findUniqueOrThrow({ where: { id: orderId } })
  const invoice = await tx.invoice.findFirst({ where: { orderId, kind: { not: 'CREDIT_NOTE' } } })
  return shareOf(subscription, order, invoice, at)
}

/** @returns null if nothing was invoiced for the current period */
function shareOf(
  { currentPeriodStart, currentPeriodEnd }: Subscription,
  order: Order | undefined,
  invoice: Invoice | null | undefined,
  at: Date,
): UnusedShare | null {
  if (!order || !invoice || at >= currentPeriodEnd) return null
  if (order.periodEnd === null || order.periodEnd < currentPeriodEnd) return null
  return { order, invoice, unused: unusedShare(order, invoice, { start: currentPeriodStart, end: currentPeriodEnd }, at) }
}

interface EarlyEnd {
  readonly at: Date
  /** Keeps the unused share instead of crediting it. */
  readonly isForfeited?: boolean
}

/**
 * Settles the money of a subscription that has ended before its period. Its unused share is credited, and so is a renewal
 * that was issued; both settle open invoices. Then the amount due of its own invoices is credited. Call it late in a
 * transaction, under the customer's lock.
 * @returns the unused share that is credited or refunded, minor units
 */
export async function settleEndedSubscription(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'providers'>,
  subscription: Subscription,
  end: EarlyEnd,
): Promise<bigint> {
  const orderId = subscription.orderId ?? NO_ORDER
  const {
    orders: [order],
    invoices: [invoice],
    renewals: [renewal],
    open,
  } = await readTogether(tx, {
    orders: bind(FIND_ORDER, { orderId }),
    invoices: bind(LOCK_INVOICE_OF_ORDER, { orderId }),
    renewals: bindRenewal(subscription),
    open: bindForCustomer(LIST_OPEN_INVOICES, subscription, {}),
  })
  const share = shareOf(subscription, order, invoice, end.at)
  const credited = share ? await creditUnusedShare(tx, services, subscription, share, end) : 0n
  if (renewal) await cancelRenewalOrder(tx, services, renewal)
  if (open.length > 0) {
    await settleOpenInvoices(tx, subscription, subscription.currency, services.clock.now())
    await writeOffInvoices(tx, services, subscription)
  }
  return credited
}

/** An unpaid invoice of the current period: of the purchase or renewal, or of a plan change. Null if there is none. */
export function findOpenInvoice(
  tx: Transaction,
  { id: subscriptionId, currentPeriodEnd: periodEnd }: Subscription,
): Promise<Invoice | null> {
  return tx.invoice.findFirst({ where: { status: 'OPEN', order: { subscriptionId, periodEnd } }, orderBy: { id: 'asc' } })
}

/** Credits the amount due of the invoices of a subscription that has ended. Call it under the customer's lock. */
export async function writeOffInvoices(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  { id: subscriptionId }: Subscription,
): Promise<void> {
  const where = { status: 'OPEN', kind: 'INVOICE', order: { subscriptionId } } as const
  for (const { id } of await tx.invoice.findMany({ where, select: { id: true }, orderBy: { id: 'asc' } })) {
    const invoice = await lockInvoice(tx, { id })
    if (invoice) await issueCreditNote(tx, services, invoice, { amount: amountDue(invoice), reason: null })
  }
}

/**
 * Credits the unused share: by a credit note to the balance, or through a provider that is the merchant of record. The
 * amount due of its invoice is credited as well.
 * @returns the amount that is credited or refunded, minor units
 */
async function creditUnusedShare(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'providers'>,
  subscription: Subscription,
  { order, invoice, unused }: UnusedShare,
  { isForfeited = false }: EarlyEnd,
): Promise<bigint> {
  const due = amountDue(invoice)
  if (isForfeited && unused > due) await tx.order.update({ where: { id: order.id }, data: { forfeited: unused - due } })
  const amount = unused > due && !isForfeited ? unused : due
  if (amount === 0n) return 0n
  if (services.providers.find(subscription.provider)?.merchantOfRecord) {
    await enqueue(tx, REFUND_UNUSED, { orderId: order.id, amount: amount.toString() }, `${REFUND_UNUSED.name}:${order.id}`)
  } else await issueCreditNote(tx, services, invoice, { amount, reason: { isUnusedPart: true } })
  return amount
}

interface ReplacedPart {
  /** The order of the replaced plan. */
  readonly orderId: bigint
  /** The credit of the plan change, minor units. */
  readonly amount: bigint
  /** The invoice of the new plan, which the freed money pays; null if the new plan costs nothing. */
  readonly carryTo: Invoice | null
}

/**
 * Credits the replaced part of a plan by a credit note. The freed money pays the new plan, and the rest goes to the
 * balance. Call it under the customer's lock.
 */
export async function creditReplacedPart(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  { orderId, amount, carryTo }: ReplacedPart,
): Promise<void> {
  const invoice = amount > 0n ? await lockInvoice(tx, { orderId }) : null
  const left = invoice ? leftToCredit(invoice) : 0n
  const credited = amount < left ? amount : left
  if (!invoice || credited === 0n) return
  await issueCreditNote(tx, services, invoice, { amount: credited, reason: { isUnusedPart: true }, ...(carryTo && { carryTo }) })
}
