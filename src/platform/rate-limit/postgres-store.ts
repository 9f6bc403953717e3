import type pg from 'pg'
import { DAY_MS } from '../../core/duration.js'
import type { Services } from '../../modules/services.js'
import type { RateLimit } from './token-bucket.rules.js'

/** What a process has not spent of its last withdrawal. */
export interface Lease {
  /** What the bucket counts as leased to this process. */
  readonly declared: number
  /** What is left of that. */
  readonly inHand: number
  /** As the withdrawal returned it: a lease of another time is not one of the bucket's any more. */
  readonly until: Date
}

/** Points wanted from the bucket that all processes share. */
export interface WithdrawalRequest {
  readonly caller: string
  readonly budget: RateLimit
  /** Spent at once, together with everything that is in hand. Less than this is of no use. */
  readonly needed: number
  /** More than this is not wanted. */
  readonly wanted: number
  /** What of the points that are spent may still be given back: it counts as leased. */
  readonly deposit: number
  readonly at: Date
  readonly lease: Lease
}

export interface WithdrawalResult {
  /** 0 when less than `needed` was there. */
  readonly taken: number
  /** What the bucket holds afterwards. */
  readonly left: number
  /** What processes may still spend beside that, this one included. */
  readonly leased: number
  /** Until when. */
  readonly leasedUntil: Date
}

/** Where the buckets of all callers are: one place for all processes. */
export interface RateLimitStore {
  withdraw(withdrawal: WithdrawalRequest): Promise<WithdrawalResult>
  close(): Promise<void>
}

/** What was taken and not spent by then is lost: a caller who comes rarely pays no more for it than the bucket restores. */
export const LEASE_MS = 10_000

/**
 * One statement, so that the row lock is all that callers of one bucket wait for. The arithmetic is that of `pointsIn`: points in
 * the bucket and leases together never exceed the capacity. All leases of a bucket expire together.
 */
const WITHDRAW_SQL = `
  INSERT INTO caller_budgets AS bucket (caller, points, taken, refilled_at, leased, leased_until)
  SELECT $1, $2::float8 - portion, portion, $6::timestamptz, CASE WHEN portion > 0 THEN portion - $4::float8 + $11::float8 ELSE 0 END, $10::timestamptz
  FROM (SELECT CASE WHEN $2::float8 >= $4::float8 THEN least($2::float8, $5::float8) ELSE 0 END AS portion) AS first
  ON CONFLICT (caller) DO UPDATE SET (points, taken, refilled_at, leased, leased_until) = (
    SELECT there - portion, portion, greatest(bucket.refilled_at, $6),
      others + CASE WHEN portion > 0 THEN portion - $4 + $11 WHEN isCurrent THEN least(own, $8::float8) ELSE 0 END,
      CASE WHEN others > 0 THEN bucket.leased_until ELSE $10 END
    FROM (SELECT CASE WHEN bucket.leased_until > bucket.refilled_at
        THEN least(greatest(0, $2 - bucket.leased), bucket.points
          + $3::float8 * greatest(0, extract(epoch FROM least($6, bucket.leased_until) - bucket.refilled_at))::float8)
        ELSE bucket.points END AS at_expiry) AS early,
      LATERAL (SELECT least($2, at_expiry
        + $3 * greatest(0, extract(epoch FROM $6 - greatest(bucket.refilled_at, bucket.leased_until)))::float8) AS there) AS late,
      LATERAL (SELECT CASE WHEN $6 < bucket.leased_until THEN bucket.leased ELSE 0 END AS outstanding,
        $9::timestamptz = bucket.leased_until AND $6 < bucket.leased_until AS isCurrent) AS leases,
      LATERAL (SELECT CASE WHEN isCurrent THEN least($7::float8, outstanding) ELSE 0 END AS own) AS mine,
      LATERAL (SELECT CASE WHEN outstanding - own > 1e-9 THEN outstanding - own ELSE 0 END AS others) AS theirs,
      LATERAL (SELECT CASE WHEN there >= $4 THEN least(there, $5) ELSE 0 END AS portion) AS part)
  RETURNING points, taken, leased, leased_until`

interface Row {
  points: number
  taken: number
  leased: number
  leased_until: Date
}

/** Buckets in the table `caller_budgets`, which is not logged: after a crash of the database every bucket is full. */
export function createPostgresStore(pool: pg.Pool): RateLimitStore {
  return {
    async withdraw({ caller, budget: { capacity, restoreRate }, needed, wanted, deposit, at, lease: { declared, inHand, until } }) {
      const expiry = new Date(at.getTime() + LEASE_MS)
      const values = [caller, capacity, restoreRate, needed, wanted, at, declared, inHand, until, expiry, deposit]
      const { rows } = await pool.query<Row>({ name: 'withdraw', text: WITHDRAW_SQL, values })
      const { points = 0, taken = 0, leased = 0, leased_until: leasedUntil = at } = rows[0] ?? {}
      return { taken, left: points, leased, leasedUntil }
    },
    close: async () => undefined,
  }
}

/** A bucket that nobody has touched for so long is full, and as good as none. */
const IDLE_BUCKET_RETENTION_MS = DAY_MS

/** @param now  by the clock that buckets go by */
export async function purgeIdleBuckets({ db }: Pick<Services, 'db'>, now: Date): Promise<void> {
  await db.callerBudget.deleteMany({ where: { refilledAt: { lt: new Date(now.getTime() - IDLE_BUCKET_RETENTION_MS) } } })
}
