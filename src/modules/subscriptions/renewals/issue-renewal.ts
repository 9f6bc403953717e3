import type { Period } from '../../../core/period.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Invoice, Order, Plan, Subscription } from '../../../platform/postgres/generated/client.js'
import { jsonObject } from '../../../platform/postgres/json.js'
import { planSnapshot } from '../../catalog/index.js'
import { issueInvoice, OUR_SALE, quoteLines, waitsForDetails } from '../../invoicing/index.js'
import { payFromBalance, readSpendableBalance } from '../../ledger/index.js'
import { createRenewalOrder, linesForPlan } from '../../orders/index.js'
import type { Services } from '../../services.js'
import { nextPeriod } from './renewal.rules.js'

/** The plan of a subscription as it was sold; the catalog may have changed since. */
export function planAsSold(subscription: Subscription, plan: Plan) {
  const { planName, planInterval, price: planPrice, planLimits, planFeatures } = subscription
  const stored = { planLimits: jsonObject.parse(planLimits), planFeatures: jsonObject.parse(planFeatures) }
  return { ...planSnapshot(plan), planName, planInterval, planPrice, ...stored }
}

/** What the next period is sold as: the scheduled plan, or the current one at the price at which it was sold or to which it is moved. */
export async function getRenewalPlan(tx: Transaction, subscription: Subscription) {
  const { planId, pendingPlanId } = subscription
  const pending = pendingPlanId === null ? null : await tx.plan.findUniqueOrThrow({ where: { id: pendingPlanId } })
  // A plan that has no fixed price any more cannot be renewed to.
  if (pending && pending.price !== null) return planSnapshot(pending)
  const sold = planAsSold(subscription, await tx.plan.findUniqueOrThrow({ where: { id: planId } }))
  const { nextPrice, nextPriceAt, currentPeriodEnd } = subscription
  return nextPriceAt !== null && nextPriceAt <= currentPeriodEnd ? { ...sold, planPrice: nextPrice } : sold
}

/** The tax of a period that has not begun is that of its first day. Source: Directive 2006/112/EC, articles 63 and 64. */
export function atStartOf<S extends Pick<Services, 'clock'>>({ start }: Period, services: S): S {
  const { clock } = services
  return { ...services, clock: { now: () => (start > clock.now() ? start : clock.now()) } }
}

/**
 * Creates the order of the next period and its invoice, which the balance pays first. The invoice is due when the period
 * begins; one that is issued later is due at once. Call it late in a transaction, under the customer's lock.
 * @returns the order and its invoice, which is null if the amount is 0; undefined if details are missing that an invoice must
 *   state, and nothing was issued
 */
export async function issueRenewal(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>,
  subscription: Subscription,
): Promise<{ order: Order; invoice: Invoice | null } | undefined> {
  const { currency } = subscription
  const at = services.clock.now()
  const plan = await getRenewalPlan(tx, subscription)
  const { period } = nextPeriod(subscription, plan.planInterval)
  const lines = linesForPlan({ name: plan.planName, interval: plan.planInterval }, plan.planPrice ?? 0n)
  const { total, net, sale } = await quoteLines(tx, atStartOf(period, services), subscription, lines)
  if (total > 0n && (await waitsForDetails(tx, services, { subscriptionId: subscription.id }, subscription, sale))) return undefined
  const amounts = { amount: total, net, periodAmount: total }
  const order = await createRenewalOrder(tx, subscription, { plan, period, amounts, lines, currency, at })
  if (total === 0n) return { order, invoice: null }
  const dueAt = period.start > at ? period.start : at
  const balance = await readSpendableBalance(tx, subscription, currency, at)
  const invoice = await issueInvoice(tx, services, order, period, { ...OUR_SALE, dueAt, balance, quoted: sale })
  return { order, invoice: balance > 0n ? await payFromBalance(tx, invoice, at) : invoice }
}
