import { DAY_MS } from '../../core/duration.js'
import { periodNumber, periodNumberAt } from '../../core/period.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { graceEndsAt, hasAccess, refreshEntitlement } from '../entitlements/index.js'
import { type Customer, lockCustomer } from '../identity/index.js'
import type { Services } from '../services.js'
import { publishEvent } from '../webhooks/index.js'
import { expireActiveOrders } from './end-subscription.js'
import { ESCLUSE } from './subscription.rules.js'

const BATCH = 500

// What time does by itself. Every function here may run on any number of processes at once: rows that another one has
// in hand are left to it, and what is done already is not done again.

/** Orders that nobody approved in time. */
export async function expirePendingOrders({ db, clock }: Services): Promise<void> {
  for (;;) {
    const expired = await runTransaction(db, async (tx) => {
      const at = clock.now()
      const orders = await tx.$queryRaw<{ id: number; userId: number; organisationId: number | null }[]>`
        UPDATE orders SET status = 'EXPIRED' WHERE id IN (
          SELECT id FROM orders WHERE status = 'PENDING' AND expires_at <= ${at} ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
        RETURNING id, user_id AS "userId", organisation_id AS "organisationId"`
      for (const { id, ...holder } of orders) await publishEvent(tx, { type: 'order.expired', holder, payload: { orderId: id }, at })
      return orders.length
    })
    if (expired < BATCH) return
  }
}

/** Subscriptions whose end has come, or whose payment was waited for long enough: their holders fall back to the free plan. */
export async function endOverdueSubscriptions(services: Services): Promise<void> {
  const { db, clock, config } = services
  const at = clock.now()
  const pastDueBefore = new Date(at.getTime() - config.graceDays * DAY_MS)
  const due = await db.subscription.findMany({
    where: {
      OR: [
        { status: { not: 'EXPIRED' }, endsAt: { lte: at } },
        { status: 'CANCELLED', endsAt: null, currentPeriodEnd: { lte: at } },
        { status: 'PAST_DUE', pastDueSince: { lte: pastDueBefore } },
      ],
    },
    orderBy: { id: 'asc' },
  })
  for (const { id, userId, organisationId } of due) {
    await runTransaction(db, async (tx) => {
      const holder = { userId, organisationId }
      await lockCustomer(tx, holder)
      const subscription = await tx.subscription.findUniqueOrThrow({ where: { id } })
      if (subscription.status !== 'EXPIRED' && !hasAccess(subscription, at, config.graceDays))
        await endOverdueSubscription(tx, services, holder, subscription, at)
    })
  }
}

async function endOverdueSubscription(
  tx: Transaction,
  services: Services,
  holder: Customer,
  subscription: Subscription,
  at: Date,
): Promise<void> {
  const { graceDays } = services.config
  const { id, status, pastDueSince, endsAt, currentPeriodEnd } = subscription
  const unpaid = status === 'PAST_DUE' && pastDueSince !== null && graceEndsAt(pastDueSince, graceDays) <= at
  if (status === 'UNPAID' || status === 'PAUSED') return
  const state = unpaid ? { status: 'UNPAID' as const } : { status: 'EXPIRED' as const, endedAt: endsAt ?? currentPeriodEnd }
  await tx.subscription.update({ where: { id }, data: { ...state, updatedAt: at } })
  if (!unpaid) await expireActiveOrders(tx, holder)
  await refreshEntitlement(tx, services, holder)
  await publishEvent(tx, { type: 'plan.expired', holder, payload: { subscriptionId: id, status: state.status }, at })
}

/**
 * Granted plans, and those that only Escluse's events describe, advance from period to period, counted from the anchor. A
 * payment provider says itself when a period begins.
 * @param subscriptionId  of the only one to advance
 */
export async function advancePeriods({ db, clock }: Services, subscriptionId?: number): Promise<void> {
  const at = clock.now()
  const due = await db.subscription.findMany({
    where: {
      ...(subscriptionId !== undefined && { id: subscriptionId }),
      status: { in: ['ACTIVE', 'TRIALING'] },
      currentPeriodEnd: { lte: at },
      AND: [{ OR: [{ provider: null }, { provider: ESCLUSE }] }, { OR: [{ endsAt: null }, { endsAt: { gt: at } }] }],
    },
    include: { order: { select: { planInterval: true } }, plan: { select: { interval: true } } },
  })
  for (const { id, provider, anchor, order, plan, planId, status, periodNumber: before } of due) {
    const interval = provider === ESCLUSE ? plan.interval : (order?.planInterval ?? 'MONTH')
    const number = periodNumberAt(anchor, interval, at)
    const { start, end } = periodNumber(anchor, interval, number)
    // Another process, or an event, may have changed it in the meantime.
    await db.subscription.updateMany({
      where: { id, periodNumber: before, planId, status },
      data: { periodNumber: number, currentPeriodStart: start, currentPeriodEnd: end, updatedAt: at },
    })
  }
}
