import { parseId } from '../../../core/ids.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order, Subscription } from '../../../platform/postgres/generated/client.js'
import type { UserPrincipal } from '../../identity/index.js'
import { getOrder } from '../../orders/index.js'
import type { Services } from '../../services.js'
import { findUnusedShare } from '../../subscriptions/index.js'
import { calculateEligibility, type Eligibility, wholeDaysBetween } from './refund.rules.js'
import { type RefundPeriod, readRefundPeriod } from './refund-period.queries.js'

/** Returns the amount that can be refunded now, for any order of the current period. @throws ORDER_NOT_FOUND */
export async function refundEligibility(
  services: Pick<Services, 'clock' | 'config' | 'db'>,
  principal: UserPrincipal,
  orderId: string,
): Promise<Eligibility & { currency: string }> {
  const { db, clock } = services
  const order = await getOrder(db, principal, parseId('orderId', orderId, 'Order'))
  const at = clock.now()
  const eligibility = await getEligibility(db, services, order, await readRefundPeriod(db, order, at), at)
  return { ...eligibility, currency: order.currency }
}

/** Calculates what can be refunded of a period. */
export async function getEligibility(
  tx: Transaction,
  { config }: Pick<Services, 'config'>,
  order: Order,
  { subscription, isCurrent, isRequested, paid }: RefundPeriod,
  at: Date,
): Promise<Eligibility> {
  const purchasedAt = purchaseTime(order, subscription, at)
  const none = (reason: string): Eligibility => ({ type: 'NONE', days: wholeDaysBetween(purchasedAt, at), refundable: 0n, reason })
  if (order.activatedAt === null || order.periodEnd === null) return none('Nothing was paid')
  if (!subscription || !isCurrent) return none('Only the current period can be refunded')
  if (isRequested) return none('A refund has been requested already')
  const share = await findUnusedShare(tx, subscription, at)
  const unused = share?.invoice.currency === order.currency ? share.unused : 0n
  return calculateEligibility({ paid, unused, purchasedAt }, at, config.refunds)
}

/** The whole days since the purchase of the subscription. */
export function daysSincePurchase(order: Order | null, subscription: Subscription | null, at: Date): number {
  return wholeDaysBetween(purchaseTime(order, subscription, at), at)
}

/** A subscription may start slightly after its payment; a purchase is never in the future. */
function purchaseTime(order: Order | null, subscription: Subscription | null, at: Date): Date {
  const boughtAt = subscription?.boughtAt ?? order?.activatedAt ?? at
  return boughtAt < at ? boughtAt : at
}
