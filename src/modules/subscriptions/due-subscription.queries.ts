import type { Interval } from '../../core/period.js'
import type { Database } from '../../platform/postgres/client.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import type { Customer } from '../identity/index.js'
import type { SubscriptionStatus } from './subscription.enums.js'

// The statuses are literals, because no partial index matches a parameter. The index of each statement has the
// same condition.

export const DUE_BATCH_SIZE = 500

/** The position of a row in the order of its index: a time and an id. */
interface DueRow {
  readonly id: bigint
  readonly dueAt: Date
}

export type OverdueSubscription = DueRow & Customer

interface OverdueReason {
  readonly dueAt: Prisma.Sql
  readonly condition: Prisma.Sql
}

/** The end is reached. An unpaid or paused subscription ends when its provider reports it. */
const END_REACHED: OverdueReason = {
  dueAt: Prisma.sql`ends_at`,
  condition: Prisma.sql`status IN ('ACTIVE', 'TRIALING', 'PAST_DUE', 'CANCELLED')`,
}
/** The paid period of a cancelled subscription without another end is over. */
const LAST_PERIOD_OVER: OverdueReason = {
  dueAt: Prisma.sql`current_period_end`,
  condition: Prisma.sql`status = 'CANCELLED' AND ends_at IS NULL`,
}
/** A payment failed longer ago than the grace period. Without a provider, a subscription follows its invoices. */
const GRACE_PERIOD_OVER: OverdueReason = {
  dueAt: Prisma.sql`past_due_since`,
  condition: Prisma.sql`status = 'PAST_DUE' AND collection = 'PROVIDER'`,
}

/** Reasons for which a subscription ends without an event, with the latest time of the column. */
export function overdueReasons(at: Date, pastDueBefore: Date): readonly { reason: OverdueReason; until: Date }[] {
  return [
    { reason: END_REACHED, until: at },
    { reason: LAST_PERIOD_OVER, until: at },
    { reason: GRACE_PERIOD_OVER, until: pastDueBefore },
  ]
}

export function listOverdueSubscriptions(
  db: Database,
  { dueAt, condition }: OverdueReason,
  until: Date,
  last: DueRow | undefined,
): Promise<OverdueSubscription[]> {
  return db.$queryRaw`
    SELECT id, ${dueAt} AS "dueAt", user_id AS "userId", organisation_id AS "organisationId" FROM subscriptions
    WHERE ${condition} AND ${dueAt} <= ${until} AND (${dueAt}, id) > ${position(last)} ORDER BY ${dueAt}, id LIMIT ${DUE_BATCH_SIZE}`
}

/** A subscription whose period has ended, with the values that must not have changed when it is advanced. */
export interface EndedPeriod extends DueRow {
  readonly anchor: Date
  readonly interval: Interval
  readonly planId: bigint
  readonly status: SubscriptionStatus
  readonly periodNumber: number
}

/**
 * Lists the subscriptions whose period has ended and that neither invoices nor a payment provider renew. A cancelled subscription
 * advances until the end that its cancellation names.
 * @param subscriptionId  lists only this subscription
 */
export function listEndedPeriods(
  db: Database,
  { at, subscriptionId }: { at: Date; subscriptionId: bigint | undefined },
  last: DueRow | undefined,
): Promise<EndedPeriod[]> {
  const only = subscriptionId === undefined ? Prisma.empty : Prisma.sql`AND due.id = ${subscriptionId}`
  return db.$queryRaw`
    SELECT due.id, due.current_period_end AS "dueAt", anchor, plan_id AS "planId", due.status, period_number AS "periodNumber",
      due.plan_interval AS interval
    FROM subscriptions AS due
    WHERE due.status IN ('ACTIVE', 'TRIALING', 'CANCELLED') AND (due.provider IS NULL OR due.provider = 'escluse')
      AND due.collection <> 'INVOICE'
      AND due.current_period_end <= ${at} AND (due.ends_at > ${at} OR (due.ends_at IS NULL AND due.status <> 'CANCELLED'))
      AND (due.current_period_end, due.id) > ${position(last)} ${only}
    ORDER BY due.current_period_end, due.id LIMIT ${DUE_BATCH_SIZE}`
}

export interface NextPeriod extends EndedPeriod {
  readonly next: { readonly number: number; readonly start: Date; readonly end: Date }
}

/**
 * Stores the next periods, except of subscriptions that have changed since they were read.
 * @param waitsForLocks  Whether to wait for a subscription that another transaction changes. Only for a single
 *   one: to wait while holding the locks of others could end in a deadlock.
 */
export function storePeriods(
  db: Database,
  periods: readonly NextPeriod[],
  { at, waitsForLocks }: { at: Date; waitsForLocks: boolean },
): Promise<number> {
  const valuesOf = <T>(select: (period: NextPeriod) => T) => periods.map(select)
  return db.$executeRaw`
    WITH next AS (
      SELECT * FROM unnest(${valuesOf(({ id }) => id)}::bigint[], ${valuesOf(({ planId }) => planId)}::bigint[],
        ${valuesOf(({ status }) => status)}::text[], ${valuesOf(({ periodNumber }) => periodNumber)}::int[],
        ${valuesOf(({ next }) => next.number)}::int[], ${valuesOf(({ next }) => next.start.toISOString())}::timestamptz[],
        ${valuesOf(({ next }) => next.end.toISOString())}::timestamptz[])
        AS period (id, plan_id, status, period_number, next_number, next_start, next_end)),
    unchanged AS (
      SELECT next.* FROM next JOIN subscriptions AS subscription ON subscription.id = next.id
      WHERE subscription.plan_id = next.plan_id AND subscription.status = next.status
        AND subscription.period_number = next.period_number
      ORDER BY next.id FOR NO KEY UPDATE OF subscription ${waitsForLocks ? Prisma.empty : Prisma.sql`SKIP LOCKED`})
    UPDATE subscriptions SET period_number = next_number, current_period_start = next_start, current_period_end = next_end, updated_at = ${at}
    FROM unchanged WHERE subscriptions.id = unchanged.id`
}

/** The first batch starts before all times. */
function position(last: DueRow | undefined): Prisma.Sql {
  return Prisma.sql`(${last?.dueAt.toISOString() ?? '-infinity'}::timestamptz, ${last?.id ?? 0n})`
}
