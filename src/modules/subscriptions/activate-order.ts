import { type Period, periodNumber } from '../../core/period.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { jsonObject } from '../../platform/postgres/json.js'
import { recordAuditEntry } from '../audit/index.js'
import { refreshEntitlement } from '../entitlements/index.js'
import { type Customer, customerFilter, customerName, type UserPrincipal } from '../identity/index.js'
import { issueInvoice } from '../invoicing/index.js'
import { assertTransition, notifyOfOrders } from '../orders/index.js'
import type { Services } from '../services.js'
import { publishEvent } from '../webhooks/index.js'
import { cancelActiveOrders, endSubscription } from './end-subscription.js'

interface Activation {
  customer: Customer
  order: PlanOrder
  principal: UserPrincipal
  notes: string | undefined
  /** When the plan ends; undefined if no end was agreed. */
  expiresAt: Date | undefined
}

/** An order for a plan. A database constraint ensures that it has a plan snapshot. */
export type PlanOrder = Order & {
  planId: bigint
  planType: NonNullable<Order['planType']>
  planInterval: NonNullable<Order['planInterval']>
}

/**
 * Activates a pending order: ends the active orders, updates the subscription and the portal tier, issues the
 * invoice, records the audit entry and publishes the event. Call it under the customer's lock, in the
 * transaction of the command.
 */
export async function activateOrder(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>,
  { customer, order, principal, notes, expiresAt }: Activation,
): Promise<void> {
  assertTransition(order, 'ACTIVE')
  const at = services.clock.now()
  await cancelActiveOrders(tx, customer, at)
  const period = periodNumber(at, order.planInterval, 1)
  const activeOrder = await tx.order.update({
    where: { id: order.id },
    data: {
      status: 'ACTIVE',
      activatedAt: at,
      expiresAt: expiresAt ?? null,
      periodStart: period.start,
      periodEnd: period.end,
      ...(notes !== undefined && { notes }),
    },
  })
  notifyOfOrders(tx, [activeOrder])
  const subscriptionId = await switchSubscription(tx, customer, order, { period, endsAt: activeOrder.expiresAt })
  await refreshEntitlement(tx, services, customer)
  const orderDetails = { orderId: order.id, planId: order.planId, amount: order.amount.toString(), currency: order.currency }
  await recordAuditEntry(tx, {
    actor: principal,
    action: 'applyPlan',
    subject: customerName(customer),
    details: { ...orderDetails, notes: notes ?? null },
    at,
  })
  await publishEvent(tx, { type: 'plan.applied', customer, payload: { ...orderDetails, subscriptionId }, at })
  await issueInvoice(tx, services, activeOrder, period)
}

interface FirstPeriod {
  period: Period
  endsAt: Date | null
}

/**
 * Switches the customer's live subscription to the order, or creates one. Its first period starts now.
 * @returns the id of the subscription
 */
async function switchSubscription(tx: Transaction, customer: Customer, order: PlanOrder, { period, endsAt }: FirstPeriod): Promise<bigint> {
  const at = period.start
  const state = {
    userId: customer.userId,
    planId: order.planId,
    planLimits: jsonObject.parse(order.planLimits),
    planFeatures: jsonObject.parse(order.planFeatures),
    orderId: order.id,
    status: 'ACTIVE' as const,
    anchor: at,
    periodNumber: 1,
    currentPeriodStart: period.start,
    currentPeriodEnd: period.end,
    endsAt,
    cancelAtPeriodEnd: false,
    pendingPlanId: null,
    pastDueSince: null,
    updatedAt: at,
  }
  const live = { ...customerFilter(customer), status: { not: 'EXPIRED' as const } }
  // A subscription that a payment provider bills cannot be switched: it ends here and at the provider.
  if ((await tx.subscription.count({ where: { ...live, provider: { not: null } } })) > 0) await endSubscription(tx, customer, at)
  const [switched] = await tx.subscription.updateManyAndReturn({ where: live, data: state, select: { id: true } })
  if (switched) return switched.id
  const created = await tx.subscription.create({ data: { ...state, organisationId: customer.organisationId, createdAt: at } })
  return created.id
}
