import { DomainError, INVALID_TRANSITION } from '../../core/errors.js'
import { scale } from '../../core/money.js'
import { periodNumber } from '../../core/period.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order, Payment } from '../../platform/postgres/generated/client.js'
import { jsonObject } from '../../platform/postgres/json.js'
import { limitsOf } from '../catalog/index.js'
import { refreshEntitlement } from '../entitlements/index.js'
import { heldParts, issueInvoice, OUR_SALE, partFromBalance, quoteLines } from '../invoicing/index.js'
import {
  freeHeldPayments,
  holdBalance,
  listHeldPayments,
  payFromBalance,
  payWithHeld,
  readSpendableBalance,
  sumOfHeld,
} from '../ledger/index.js'
import { assertTransition, createPendingOrder, linesForChange, notifyOfOrders, pendingExpiresAt } from '../orders/index.js'
import { recordMrr } from '../reports/index.js'
import type { Services } from '../services.js'
import { publishEvent } from '../webhooks/index.js'
import { calculateChange, type PlannedChange } from './calculate-change.js'
import { creditReplacedPart } from './credit-unused.js'
import { cancelActiveOrders } from './end-subscription.js'
import { cancelRenewal } from './renewals/cancel-renewal.js'
import { NO_PRICE_MOVE } from './renewals/renewal.rules.js'
import { settleCustomer } from './renewals/settle-customer.js'

type ChangeServices = Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>

/** Prices of plan changes include tax, because they are shares of what was paid. */
const CHANGE_TERMS = { ...OUR_SALE, amountsIncludeTax: true }

/**
 * Requests a change that takes effect now, of a subscription that no provider bills. Its order is pending until its amount
 * is paid. Balance is held for it, so that the amount due stays as the customer saw it. If the balance pays the whole
 * amount, the change is made at once. Settles the customer. Call it under the customer's lock.
 */
export async function requestChange(
  tx: Transaction,
  services: ChangeServices,
  planned: PlannedChange,
  notes: string | undefined,
): Promise<Order> {
  const order = await createChangeOrder(tx, services, planned, { discount: 0n, notes })
  const { minorUnits: amount, currency } = planned.preview.fromBalance
  await holdBalance(tx, { customer: planned.customer, currency, amount, at: order.placedAt }, { orderId: order.id })
  if (planned.preview.dueNow.minorUnits > 0n) {
    await settleCustomer(tx, services, planned.customer, currency)
    return order
  }
  return executeChange(tx, services, planned, order, await listHeldPayments(tx, order.id))
}

/**
 * Creates the pending order of a change. It expires with the period at the latest.
 * @param terms.discount  minor units, tax included; reduces the charge
 */
async function createChangeOrder(
  tx: Transaction,
  services: ChangeServices,
  { preview, subscription, plan, customer, isNewPeriod }: PlannedChange,
  { discount, notes }: { discount: bigint; notes: string | undefined },
): Promise<Order> {
  const at = services.clock.now()
  const [credit, charge] = [preview.credit.minorUnits, preview.charge.minorUnits]
  const lines = linesForChange({ from: subscription.planName, to: plan, charge, credit, discount, isNewPeriod })
  const owed = charge - discount + credit
  const amount = owed > 0n ? owed : 0n
  const { net } = await quoteLines(tx, services, customer, lines, CHANGE_TERMS)
  const price = preview.nextRenewal.minorUnits
  const periodAmount = discount === 0n ? price : scale(price, charge - discount, charge)
  const amounts = { amount, net: amount > 0n ? net : 0n, periodAmount }
  const expiry = pendingExpiresAt(at)
  const { currentPeriodEnd, id: subscriptionId } = subscription
  const expiresAt = expiry < currentPeriodEnd ? expiry : currentPeriodEnd
  return createPendingOrder(tx, { customer, plan, lines, amounts, reason: 'PLAN_CHANGE', notes, at, expiresAt, subscriptionId })
}

/**
 * Completes a pending change whose money has arrived. Its amounts are calculated again: if they differ, the order is
 * replaced by one with the new amounts. The amount never grows; an excess payment goes to the balance. Call it under
 * the customer's lock.
 * @returns the active order; null if the money held for the order and the balance do not cover it yet
 * @throws INVALID_TRANSITION if the subscription has ended, or if its invoice is unpaid
 */
export async function completeChange(tx: Transaction, services: ChangeServices, order: Order): Promise<Order | null> {
  const planned = await recalculateChange(tx, services, order)
  const held = await listHeldPayments(tx, order.id)
  const total = planned.preview.charge.minorUnits + planned.preview.credit.minorUnits
  const discount = total > order.amount ? total - order.amount : 0n
  const missing = total - discount - sumOfHeld(held)
  if (missing > (await readSpendableBalance(tx, planned.customer, order.currency, services.clock.now()))) return null
  const isSame = await hasAmountsOf(tx, order, planned)
  return executeChange(tx, services, planned, isSame ? order : await replaceChangeOrder(tx, services, order, planned, discount), held)
}

/** Whether the amounts of a change are still those of its order. */
async function hasAmountsOf(tx: Transaction, order: Order, { preview }: PlannedChange): Promise<boolean> {
  const items = await tx.orderItem.findMany({ where: { orderId: order.id } })
  const amountOf = (isCredit: boolean) =>
    items.filter(({ kind }) => (kind === 'UNUSED') === isCredit).reduce((sum, { amount }) => sum + amount, 0n)
  return amountOf(false) === preview.charge.minorUnits && amountOf(true) === preview.credit.minorUnits
}

async function recalculateChange(tx: Transaction, services: ChangeServices, { subscriptionId, planId }: Order): Promise<PlannedChange> {
  if (subscriptionId === null || planId === null) throw new Error('the order of a plan change has no subscription or no plan')
  const subscription = await tx.subscription.findUniqueOrThrow({ where: { id: subscriptionId } })
  const { status, userId, organisationId } = subscription
  if (status === 'EXPIRED') throw new DomainError(INVALID_TRANSITION, 'The subscription has ended', { from: status })
  const { price, ...plan } = await tx.plan.findUniqueOrThrow({ where: { id: planId } })
  if (price === null) throw new DomainError(INVALID_TRANSITION, `Plan ${plan.slug} has no fixed price any more`, {})
  const customer = { userId, organisationId }
  return calculateChange(tx, services, { customer, subscription, plan: { ...plan, price }, when: 'NOW', isEstimate: false })
}

async function replaceChangeOrder(
  tx: Transaction,
  services: ChangeServices,
  order: Order,
  planned: PlannedChange,
  discount: bigint,
): Promise<Order> {
  const at = services.clock.now()
  const cancelled = await tx.order.update({ where: { id: order.id }, data: { status: 'CANCELLED', cancelledAt: at } })
  notifyOfOrders(tx, [cancelled])
  return createChangeOrder(tx, services, planned, { discount, notes: order.notes ?? undefined })
}

/**
 * Makes a change now: activates its order, moves the subscription to the new plan, credits the unused part of the
 * previous one and invoices the new one. The credit pays first, then the money held for the order, then the balance.
 * Call it under the customer's lock.
 */
async function executeChange(
  tx: Transaction,
  services: ChangeServices,
  planned: PlannedChange,
  order: Order,
  held: readonly Payment[],
): Promise<Order> {
  const { customer, preview, order: replaced } = planned
  assertTransition(order, 'ACTIVE')
  const at = services.clock.now()
  await cancelActiveOrders(tx, customer, at)
  const period = await movePeriod(tx, planned, order, at)
  const active = await tx.order.update({
    where: { id: order.id },
    data: { status: 'ACTIVE', activatedAt: at, expiresAt: null, periodStart: at, periodEnd: period.end },
  })
  notifyOfOrders(tx, [active])
  await refreshEntitlement(tx, services, customer)
  await recordMrr(tx, services, customer)
  const payload = { subscriptionId: planned.subscription.id, status: 'ACTIVE', planId: planned.plan.id }
  await publishEvent(tx, { type: 'subscription.updated', customer, payload, at, planBefore: planned.subscription.planName })
  const isFree = preview.charge.minorUnits === 0n
  const payments = [...heldParts(held), partFromBalance(active.amount, at)]
  const charged = { start: at, end: period.end }
  const issued = isFree ? null : await issueInvoice(tx, services, active, charged, { ...CHANGE_TERMS, payments })
  if (replaced) await creditReplacedPart(tx, services, { orderId: replaced.id, amount: -preview.credit.minorUnits, carryTo: issued })
  if (issued) await payChange(tx, issued.id, held, at)
  else await freeHeldPayments(tx, held)
  // A renewal that was issued is for the replaced plan.
  await cancelRenewal(tx, services, planned.subscription)
  await settleCustomer(tx, services, customer, order.currency)
  return active
}

/** Pays the amount of a change's invoice that the credit has not paid. */
async function payChange(tx: Transaction, invoiceId: bigint, held: readonly Payment[], at: Date): Promise<void> {
  const invoice = await tx.invoice.findUniqueOrThrow({ where: { id: invoiceId } })
  const paid = await payFromBalance(tx, await payWithHeld(tx, invoice, held, at), at)
  if (paid.status === 'OPEN') throw new Error(`the plan change of order ${invoice.orderId} is not paid completely`)
}

/** Moves the subscription to the new plan, in the current period or in a new one. @returns the period */
async function movePeriod(tx: Transaction, { subscription, plan, isNewPeriod }: PlannedChange, order: Order, at: Date) {
  const current = { start: subscription.currentPeriodStart, end: subscription.currentPeriodEnd }
  const period = isNewPeriod ? periodNumber(at, plan.interval, 1) : current
  await tx.subscription.update({
    where: { id: subscription.id },
    data: {
      planId: plan.id,
      planName: plan.name,
      planInterval: plan.interval,
      planLimits: limitsOf(plan),
      planFeatures: jsonObject.parse(plan.features),
      price: plan.price,
      currency: plan.currency,
      collection: 'INVOICE',
      orderId: order.id,
      pendingPlanId: null,
      ...NO_PRICE_MOVE,
      status: 'ACTIVE',
      cancelAtPeriodEnd: false,
      endsAt: null,
      // A change of a granted plan is a purchase.
      ...(subscription.collection === 'NONE' && { boughtAt: at }),
      ...(isNewPeriod && { anchor: at, periodNumber: 1 }),
      currentPeriodStart: period.start,
      currentPeriodEnd: period.end,
      updatedAt: at,
    },
  })
  return period
}
