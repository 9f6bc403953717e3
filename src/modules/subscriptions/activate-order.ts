import { type Period, periodNumber } from '../../core/period.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { recordAuditEntry } from '../audit/index.js'
import { refreshEntitlement } from '../entitlements/index.js'
import { type Customer, customerFilter, customerName, type UserPrincipal } from '../identity/index.js'
import { issueInvoice } from '../invoicing/index.js'
import { assertTransition } from '../orders/index.js'
import type { Services } from '../services.js'
import { publishEvent } from '../webhooks/index.js'
import { cancelActiveOrders, endSubscription } from './end-subscription.js'

interface Activation {
  holder: Customer
  order: PlanOrder
  by: UserPrincipal
  notes: string | undefined
  /** When the plan ends by itself. */
  expiresAt: Date | undefined
}

/** An order that is for a plan; the database sees to it that such an order remembers its plan. */
export type PlanOrder = Order & {
  planId: number
  planType: NonNullable<Order['planType']>
  planInterval: NonNullable<Order['planInterval']>
}

/**
 * Makes a pending order the holder's plan: ends what was active, moves the subscription, sets the tier, issues the
 * invoice, writes the audit entry and the event. Call it under the holder's lock, in one transaction with the rest.
 */
export async function activateOrder(
  tx: Transaction,
  services: Services,
  { holder, order, by, notes, expiresAt }: Activation,
): Promise<void> {
  assertTransition(order, 'ACTIVE')
  const at = services.clock.now()
  await cancelActiveOrders(tx, holder, at)
  const period = periodNumber(at, order.planInterval, 1)
  const active = await tx.order.update({
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
  await moveSubscription(tx, holder, order, { period, endsAt: active.expiresAt })
  await refreshEntitlement(tx, services, holder)
  const facts = { orderId: order.id, planId: order.planId, amount: order.amount.toString(), currency: order.currency }
  await recordAuditEntry(tx, { by, action: 'applyPlan', subject: customerName(holder), details: { ...facts, notes: notes ?? null }, at })
  await publishEvent(tx, { type: 'plan.applied', customer: holder, payload: facts, at })
  await issueInvoice(tx, services, active, period)
}

interface FirstPeriod {
  period: Period
  endsAt: Date | null
}

/** The holder's one live subscription goes over to the order, with a first period that starts now. */
async function moveSubscription(tx: Transaction, holder: Customer, order: PlanOrder, { period, endsAt }: FirstPeriod): Promise<void> {
  const at = period.start
  const state = {
    userId: holder.userId,
    planId: order.planId,
    planLimits: order.planLimits as object,
    planFeatures: order.planFeatures as object,
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
  const live = { ...customerFilter(holder), status: { not: 'EXPIRED' as const } }
  // One that a payment provider bills is not ours to move: it ends here and there.
  if ((await tx.subscription.count({ where: { ...live, provider: { not: null } } })) > 0) await endSubscription(tx, holder, at)
  const { count } = await tx.subscription.updateMany({ where: live, data: state })
  if (count === 0) await tx.subscription.create({ data: { ...state, organisationId: holder.organisationId, createdAt: at } })
}
