import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order, Subscription } from '../../../platform/postgres/generated/client.js'
import { jsonObject } from '../../../platform/postgres/json.js'
import { refreshEntitlement } from '../../entitlements/index.js'
import { notifyOfOrders } from '../../orders/index.js'
import { recordMrr } from '../../reports/index.js'
import type { Services } from '../../services.js'
import { publishEvent } from '../../webhooks/index.js'
import { findRenewal } from './cancel-renewal.js'
import { issueRenewal } from './issue-renewal.js'
import { nextPeriod, termsAfter } from './renewal.rules.js'

/**
 * Begins the next period. With collection INVOICE, its invoice is issued now if it is not yet. A scheduled plan takes effect.
 * The order of the period becomes active if its invoice is settled, or with its payment later.
 * @returns the subscription in its new period; undefined if its invoice waits for details, and the period does not begin yet
 */
export async function beginPeriod(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>,
  subscription: Subscription,
): Promise<Subscription | undefined> {
  if (subscription.collection !== 'INVOICE') return beginUnbilledPeriod(tx, services, subscription)
  const at = services.clock.now()
  const renewal = (await findRenewal(tx, subscription)) ?? (await issueRenewal(tx, services, subscription))?.order
  if (!renewal) return undefined
  await endPreviousOrder(tx, subscription)
  const { id } = subscription
  const terms = termsAfter(subscription, renewal)
  const changesPlan = 'planId' in terms
  // The limits of the same plan may have been changed since the invoice was issued.
  const plan = { planLimits: jsonObject.parse(renewal.planLimits), planFeatures: jsonObject.parse(renewal.planFeatures) }
  const begun = await tx.subscription.update({ where: { id }, data: { ...terms, updatedAt: at, ...(changesPlan && plan) } })
  if (changesPlan) await refreshEntitlement(tx, services, subscription)
  // Also for the same plan and price: the net price depends on the tax of the customer.
  await recordMrr(tx, services, subscription, begun.currentPeriodStart)
  const payload = { subscriptionId: id, status: begun.status, planId: begun.planId }
  const planBefore = changesPlan ? subscription.planName : undefined
  await publishEvent(tx, { type: 'subscription.updated', customer: subscription, payload, at, planBefore })
  return begun
}

function beginUnbilledPeriod(tx: Transaction, { clock }: Pick<Services, 'clock'>, subscription: Subscription): Promise<Subscription> {
  const { number, period } = nextPeriod(subscription, subscription.planInterval)
  const data = { periodNumber: number, currentPeriodStart: period.start, currentPeriodEnd: period.end, updatedAt: clock.now() }
  return tx.subscription.update({ where: { id: subscription.id }, data })
}

async function endPreviousOrder(tx: Transaction, { orderId }: Subscription): Promise<void> {
  if (orderId === null) return
  notifyOfOrders(tx, await tx.order.updateManyAndReturn({ where: { id: orderId, status: 'ACTIVE' }, data: { status: 'EXPIRED' } }))
}

/**
 * Activates the renewals of periods that have begun and that are settled. One whose period has ended meanwhile has
 * expired.
 * @param renewals  pending ones of the subscription, whose invoices are settled
 */
export async function activateRenewals(
  tx: Transaction,
  { orderId, currentPeriodEnd }: Subscription,
  renewals: readonly Order[],
  at: Date,
): Promise<void> {
  for (const { id, renewsFrom } of renewals) {
    if (renewsFrom === null || renewsFrom >= currentPeriodEnd) continue
    const data = id === orderId ? ({ status: 'ACTIVE', activatedAt: at } as const) : ({ status: 'EXPIRED' } as const)
    notifyOfOrders(tx, [await tx.order.update({ where: { id }, data })])
  }
}
