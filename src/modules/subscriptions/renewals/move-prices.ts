import { z } from 'zod'
import { addDays } from '../../../core/duration.js'
import { invalidInputError } from '../../../core/errors.js'
import { optional, parseInput, rowId } from '../../../core/input.js'
import { enqueue } from '../../../platform/jobs/queue.js'
import type { Database, Transaction } from '../../../platform/postgres/client.js'
import type { Plan, Subscription } from '../../../platform/postgres/generated/client.js'
import { readBatches, runForEachRow } from '../../../platform/postgres/read-batches.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../../audit/index.js'
import { getPlan } from '../../catalog/index.js'
import { LIVE_SUBSCRIPTION } from '../../entitlements/index.js'
import { lockCustomer, type UserPrincipal } from '../../identity/index.js'
import type { Services } from '../../services.js'
import { publishEvent } from '../../webhooks/index.js'
import { MOVE_PRICES } from '../subscription.jobs.js'
import { findRenewal } from './cancel-renewal.js'
import type { MovePricesInput } from './collection.type.js'
import { NO_PRICE_MOVE, nextPeriod } from './renewal.rules.js'

const BATCH_SIZE = 500
/** Ten years. */
const MAX_DAYS_AHEAD = 3650
/** More periods than a renewal can be away. */
const MAX_PERIODS = 1200

const moveSchema = z.object({ planId: rowId('Plan'), from: optional(z.date()) })

/** The subscriptions of a plan that are renewed by invoice. */
const ofPlan = (planId: bigint) => ({ planId, collection: 'INVOICE' as const, ...LIVE_SUBSCRIPTION })

/**
 * Moves the subscribers of a plan to its current price, from their first renewal at or after a time, but not within
 * PRICE_NOTICE_DAYS from now. A job stores the move for every subscription.
 * @returns the plan, and how many subscriptions have another price now or next
 * @throws PLAN_NOT_FOUND, BAD_USER_INPUT for a plan without a fixed price
 */
export async function movePrices(
  { db, clock }: Pick<Services, 'clock' | 'db'>,
  principal: UserPrincipal,
  input: MovePricesInput,
): Promise<{ plan: Plan; subscriptions: number }> {
  const { planId, from } = parseInput(moveSchema, 'input', input)
  return runTransaction(db, async (tx) => {
    const plan = await getPlan(tx, planId)
    if (plan.price === null) throw invalidInputError('input.planId', 'must name a plan with a fixed price')
    const at = clock.now()
    if (from && from > addDays(at, MAX_DAYS_AHEAD)) throw invalidInputError('input.from', `must be at most ${MAX_DAYS_AHEAD} days from now`)
    const start = from && from > at ? from : at
    const isOther = [{ price: { not: plan.price } }, { nextPrice: { not: plan.price } }]
    const subscriptions = await tx.subscription.count({ where: { ...ofPlan(planId), OR: isOther } })
    const move = { planId: planId.toString(), price: plan.price.toString(), from: start.toISOString(), requestedAt: at.toISOString() }
    await enqueue(tx, MOVE_PRICES, move, `${MOVE_PRICES.name}:${planId}`)
    const details = { planId, price: plan.price.toString(), from: start.toISOString(), subscriptions }
    await recordAuditEntry(tx, { actor: principal, action: 'movePrices', subject: `plan:${planId}`, details, at })
    return { plan, subscriptions }
  })
}

interface PriceMove {
  readonly planId: bigint
  /** Minor units. */
  readonly price: bigint
  readonly from: Date
  /** When the administrator requested it. The last request for a plan applies. */
  readonly requestedAt: Date
}

type MoveServices = Pick<Services, 'clock' | 'config' | 'db'>

/** Stores a move for every subscription of the plan. One that fails does not stop the others. @throws AggregateError */
export async function storePriceMoves(services: MoveServices, move: PriceMove): Promise<void> {
  const { db } = services
  const read = (last: Subscription | undefined) =>
    db.subscription.findMany({
      where: { ...ofPlan(move.planId), id: { gt: last?.id ?? 0n } },
      orderBy: { id: 'asc' },
      take: BATCH_SIZE,
    })
  const store = ({ id, userId, organisationId }: Subscription) =>
    runTransaction(db, async (tx) => {
      await lockCustomer(tx, { userId, organisationId })
      await storePriceMove(tx, services, id, move)
    })
  await runForEachRow(readBatches(BATCH_SIZE, read), store, 'subscriptions could not be moved to the price')
}

/** Changes nothing if this move, or a later one, is stored already: the job may run again. */
async function storePriceMove(
  tx: Transaction,
  { clock, config }: MoveServices,
  id: bigint,
  { planId, price, from, requestedAt }: PriceMove,
): Promise<void> {
  const subscription = await tx.subscription.findFirst({ where: { id, ...ofPlan(planId) } })
  if (!subscription || (subscription.priceMovedAt !== null && subscription.priceMovedAt > requestedAt)) return
  const now = clock.now()
  const { noticeDays } = config.prices
  const notified = addDays(now, noticeDays)
  const renewal = await findRenewal(tx, subscription)
  const isInvoiced = renewal !== null && renewal.planId === subscription.planId
  const priceThen = isInvoiced ? renewal.planPrice : subscription.price
  const invoicedAt = isInvoiced && renewal.planPrice !== price ? renewal.renewsFrom : null
  const at = findFirstRenewal(subscription, { from: from > notified ? from : notified, invoicedAt })
  const data = priceThen === price ? NO_PRICE_MOVE : { nextPrice: price, nextPriceAt: at, priceNoticeAt: addDays(at, -noticeDays) }
  const isUnchanged = isStored(subscription, { price, from, until: at })
  await tx.subscription.update({ where: { id }, data: { ...(!isUnchanged && data), priceMovedAt: requestedAt, updatedAt: now } })
}

/** Whether the price is stored for a time that is not too early and not later than now possible. Its notice is not repeated. */
function isStored(
  { nextPrice, nextPriceAt }: Subscription,
  { price, from, until }: { readonly price: bigint; readonly from: Date; readonly until: Date },
): boolean {
  return nextPrice === price && nextPriceAt !== null && nextPriceAt >= from && nextPriceAt <= until
}

/** The start of the first period that begins at or after a time, and not at the time of one that is invoiced at another price. */
function findFirstRenewal(
  subscription: Subscription,
  { from, invoicedAt }: { readonly from: Date; readonly invoicedAt: Date | null },
): Date {
  let next = { ...subscription }
  for (let count = 0; count < MAX_PERIODS; count += 1) {
    const { number, period } = nextPeriod(next, next.planInterval)
    if (period.start >= from && period.start.getTime() !== invoicedAt?.getTime()) return period.start
    next = { ...next, periodNumber: number, currentPeriodEnd: period.end }
  }
  throw new Error(`subscription ${subscription.id} has no renewal after ${from.toISOString()}`)
}

/** Publishes `price.changing` for subscriptions whose price changes in PRICE_NOTICE_DAYS, once. */
export async function notifyOfPrices(services: MoveServices): Promise<void> {
  const { db, clock } = services
  const until = clock.now()
  const notify = ({ id, userId, organisationId }: DueNotice) =>
    runTransaction(db, async (tx) => {
      await lockCustomer(tx, { userId, organisationId })
      const at = clock.now()
      const where = { id, priceNoticeAt: { lte: at } }
      const [subscription] = await tx.subscription.updateManyAndReturn({ where, data: { priceNoticeAt: null, updatedAt: at } })
      if (!subscription || subscription.status === 'EXPIRED') return
      const { planId, currency, price, nextPrice, nextPriceAt } = subscription
      const change = { price: String(price), newPrice: String(nextPrice), currency, from: nextPriceAt?.toISOString() ?? '' }
      await publishEvent(tx, { type: 'price.changing', customer: subscription, payload: { subscriptionId: id, planId, ...change }, at })
    })
  const read = (last: DueNotice | undefined) => listDueNotices(db, until, last)
  await runForEachRow(readBatches(BATCH_SIZE, read), notify, 'customers could not be notified of a price')
}

interface DueNotice {
  readonly id: bigint
  readonly userId: string
  readonly organisationId: string | null
  readonly priceNoticeAt: Date
}

function listDueNotices(db: Database, until: Date, last: DueNotice | undefined): Promise<DueNotice[]> {
  return db.$queryRaw<DueNotice[]>`
    SELECT id, user_id AS "userId", organisation_id AS "organisationId", price_notice_at AS "priceNoticeAt" FROM subscriptions
    WHERE price_notice_at <= ${until} AND (price_notice_at, id) > (${last?.priceNoticeAt.toISOString() ?? '-infinity'}::timestamptz, ${last?.id ?? 0n})
    ORDER BY price_notice_at, id LIMIT ${BATCH_SIZE}`
}
