import { enqueue } from '../../platform/jobs/queue.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice, Order, Subscription } from '../../platform/postgres/generated/client.js'
import { issueCreditNote, leftToCredit, lockInvoice } from '../invoicing/index.js'
import { amountDue, settleOpenInvoices } from '../ledger/index.js'
import type { Services } from '../services.js'
import { unusedShare } from './proration.rules.js'
import { cancelRenewal } from './renewals/cancel-renewal.js'
import { REFUND_UNUSED } from './subscription.jobs.js'

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
export async function findUnusedShare(
  tx: Transaction,
  { orderId, currentPeriodStart, currentPeriodEnd }: Subscription,
  at: Date,
): Promise<UnusedShare | null> {
  if (orderId === null || at >= currentPeriodEnd) return null
  const order = await tx.order.findUniqueOrThrow({ where: { id: orderId } })
  if (order.periodEnd === null || order.periodEnd < currentPeriodEnd) return null
  const invoice = await tx.invoice.findFirst({ where: { orderId, kind: { not: 'CREDIT_NOTE' } } })
  if (!invoice) return null
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
  const credited = await creditUnusedShare(tx, services, subscription, end)
  await cancelRenewal(tx, services, subscription)
  await settleOpenInvoices(tx, subscription, subscription.currency, services.clock.now())
  await writeOffInvoices(tx, services, subscription)
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
  { at, isForfeited = false }: EarlyEnd,
): Promise<bigint> {
  const share = await findUnusedShare(tx, subscription, at)
  const invoice = share && (await lockInvoice(tx, { id: share.invoice.id }))
  if (!invoice) return 0n
  const { order, unused } = share
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
