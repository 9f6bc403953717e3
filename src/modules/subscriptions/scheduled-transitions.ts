import { addDays } from '../../core/duration.js'
import { periodNumber, periodNumberAt } from '../../core/period.js'
import { runAll } from '../../core/run-all.js'
import type { Database, Transaction } from '../../platform/postgres/client.js'
import { Prisma, type Subscription } from '../../platform/postgres/generated/client.js'
import { readBatches, runForEachRow } from '../../platform/postgres/read-batches.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { accessEndsAt, graceEndsAt, refreshEntitlement } from '../entitlements/index.js'
import { lockCustomer } from '../identity/index.js'
import { notifyOfOrders } from '../orders/index.js'
import { recordMrr } from '../reports/index.js'
import type { Services } from '../services.js'
import { publishEvent, publishEvents } from '../webhooks/index.js'
import {
  DUE_BATCH_SIZE,
  type EndedPeriod,
  listEndedPeriods,
  listOverdueSubscriptions,
  type NextPeriod,
  type OverdueSubscription,
  overdueReasons,
  storePeriods,
} from './due-subscription.queries.js'
import { freeOrderPayments } from './free-order-payments.js'
import { endOfTerm } from './renewals/end-of-term.js'
import { publishAccessChange } from './renewals/overdue.js'
import type { CollectionServices } from './renewals/settle-customer.js'

const EXPIRY_BATCH_SIZE = 500

// Time-driven transitions. Every function may run in several processes at once: rows that another process has
// locked are skipped or checked again under the lock, and every step is idempotent.

/** Expires orders that were not approved in time. What was paid for them becomes free balance. */
export async function expirePendingOrders(services: CollectionServices & Pick<Services, 'db'>): Promise<void> {
  await expireUnpaidOrders(services)
  await expirePartlyPaidOrders(services)
}

async function expireUnpaidOrders({ db, clock }: Pick<Services, 'clock' | 'db'>): Promise<void> {
  for (;;) {
    const read = await runTransaction(db, async (tx) => {
      const at = clock.now()
      const locked = await tx.$queryRaw<{ id: bigint }[]>`
        SELECT id FROM orders WHERE status = 'PENDING' AND expires_at <= ${at}
          AND NOT EXISTS (SELECT FROM payments WHERE order_id = orders.id AND held > 0)
        ORDER BY expires_at, id LIMIT ${EXPIRY_BATCH_SIZE} FOR UPDATE SKIP LOCKED`
      // Money may have been recorded until the orders were locked, which only a statement that begins later sees.
      const orders = await tx.$queryRaw<{ id: bigint; userId: string; organisationId: string | null }[]>`
        UPDATE orders SET status = 'EXPIRED' WHERE id = ANY (${locked.map(({ id }) => id)}::bigint[])
          AND NOT EXISTS (SELECT FROM payments WHERE order_id = orders.id AND held > 0)
        RETURNING id, user_id AS "userId", organisation_id AS "organisationId"`
      notifyOfOrders(tx, orders)
      await publishEvents(
        tx,
        orders.map(({ id, ...customer }) => ({ type: 'order.expired', customer, payload: { orderId: id }, at })),
      )
      return locked.length
    })
    if (read < EXPIRY_BATCH_SIZE) return
  }
}

/** One transaction each, because money moves only under the lock of its customer, which is taken first. */
async function expirePartlyPaidOrders(services: CollectionServices & Pick<Services, 'db'>): Promise<void> {
  const { db, clock } = services
  const until = clock.now()
  for await (const batch of readBatches(EXPIRY_BATCH_SIZE, (last: DueOrder | undefined) => listDueOrders(db, until, last))) {
    for (const due of batch) await expireDueOrder(services, due)
  }
}

interface DueOrder {
  readonly id: bigint
  readonly userId: string
  readonly organisationId: string | null
  readonly expiresAt: Date
}

/** The status is not a parameter, so that every plan can use the index of pending orders. */
function listDueOrders(db: Database, until: Date, last: DueOrder | undefined): Promise<DueOrder[]> {
  const after = last ? Prisma.sql`AND (expires_at, id) > (${last.expiresAt}::timestamptz, ${last.id}::bigint)` : Prisma.empty
  return db.$queryRaw<DueOrder[]>`
    SELECT id, user_id AS "userId", organisation_id AS "organisationId", expires_at AS "expiresAt" FROM orders
    WHERE status = 'PENDING' AND expires_at <= ${until}::timestamptz ${after} ORDER BY expires_at, id LIMIT ${EXPIRY_BATCH_SIZE}`
}

async function expireDueOrder(
  services: CollectionServices & Pick<Services, 'db'>,
  { id, userId, organisationId }: DueOrder,
): Promise<void> {
  const { db, clock } = services
  const customer = { userId, organisationId }
  await runTransaction(db, async (tx) => {
    await lockCustomer(tx, customer)
    const at = clock.now()
    const where = { id, status: 'PENDING' as const, expiresAt: { lte: at } }
    const [expired] = await tx.order.updateManyAndReturn({ where, data: { status: 'EXPIRED' } })
    if (!expired) return
    notifyOfOrders(tx, [expired])
    await publishEvent(tx, { type: 'order.expired', customer, payload: { orderId: id }, at })
    await freeOrderPayments(tx, services, expired)
  })
}

/**
 * Ends subscriptions that have reached their end or their grace period; the customers revert to the default
 * plan. One that cannot be ended does not stop the others.
 * @throws AggregateError with the failures
 */
export async function endOverdueSubscriptions(services: Pick<Services, 'clock' | 'config' | 'db'>): Promise<void> {
  const { db, clock, config } = services
  const at = clock.now()
  const pastDueBefore = addDays(at, -config.graceDays)
  const steps = overdueReasons(at, pastDueBefore).map(({ reason, until }) => () => {
    const read = (last: OverdueSubscription | undefined) => listOverdueSubscriptions(db, reason, until, last)
    return runForEachRow(readBatches(DUE_BATCH_SIZE, read), (due) => endIfOverdue(services, due, at), 'subscriptions could not be ended')
  })
  await runAll(steps)
}

/** Checks the subscription again under the customer's lock. */
async function endIfOverdue(
  services: Pick<Services, 'clock' | 'config' | 'db'>,
  { id, userId, organisationId }: OverdueSubscription,
  at: Date,
): Promise<void> {
  await runTransaction(services.db, async (tx) => {
    await lockCustomer(tx, { userId, organisationId })
    const subscription = await tx.subscription.findUniqueOrThrow({ where: { id } })
    const end = accessEndsAt(subscription, services.config.graceDays)
    if (subscription.status !== 'EXPIRED' && end !== null && end <= at) await endOverdueSubscription(tx, services, subscription, at)
  })
}

/** An unpaid or paused subscription ends when its provider reports it. */
async function endOverdueSubscription(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  subscription: Subscription,
  at: Date,
): Promise<unknown> {
  const { status, pastDueSince, endsAt } = subscription
  if (status === 'UNPAID' || status === 'PAUSED') return
  const isEnd = endsAt !== null && endsAt <= at
  const isUnpaid = status === 'PAST_DUE' && pastDueSince !== null && graceEndsAt(pastDueSince, services.config.graceDays) <= at
  return isUnpaid && !isEnd ? suspendUnpaid(tx, services, subscription) : endOfTerm(tx, services, subscription)
}

/** Ends the access to a plan that a provider bills, when the grace period has passed without a payment. */
async function suspendUnpaid(tx: Transaction, services: Pick<Services, 'clock' | 'config'>, subscription: Subscription): Promise<void> {
  const at = services.clock.now()
  const { id, status: before } = subscription
  const unpaid = await tx.subscription.update({ where: { id }, data: { status: 'UNPAID', updatedAt: at } })
  await refreshEntitlement(tx, services, unpaid)
  await recordMrr(tx, services, unpaid)
  await publishEvent(tx, { type: 'plan.expired', customer: unpaid, payload: { subscriptionId: id, status: 'UNPAID' }, at })
  await publishAccessChange(tx, before, unpaid, at)
}

/**
 * Moves subscriptions to their current period, counted from the anchor. Applies to granted plans and to those
 * that only Escluse's events describe; a payment provider reports the periods of its subscriptions.
 * @param subscriptionId  advances only this subscription
 */
export async function advancePeriods({ db, clock }: Pick<Services, 'clock' | 'db'>, subscriptionId?: bigint): Promise<void> {
  const at = clock.now()
  const waitsForLocks = subscriptionId !== undefined
  const read = (last: EndedPeriod | undefined) => listEndedPeriods(db, { at, subscriptionId }, last)
  for await (const batch of readBatches(DUE_BATCH_SIZE, read)) {
    const periods = batch.map((ended) => ({ ...ended, next: periodAt(ended, at) }))
    await storePeriods(db, periods, { at, waitsForLocks })
  }
}

function periodAt({ anchor, interval }: EndedPeriod, at: Date): NextPeriod['next'] {
  const number = periodNumberAt(anchor, interval, at)
  return { number, ...periodNumber(anchor, interval, number) }
}
