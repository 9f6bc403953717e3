import type pg from 'pg'
import type { Services } from '../services.js'
import type { Budget } from './budget.rules.js'

/** Points wanted from the bucket that all processes share. */
export interface Withdrawal {
  readonly caller: string
  readonly budget: Budget
  /** Less than this is of no use. */
  readonly needed: number
  /** More than this is not wanted. */
  readonly wanted: number
  readonly at: Date
}

export interface Withdrawn {
  /** 0 when less than `needed` was there. */
  readonly taken: number
  /** What the bucket holds afterwards. */
  readonly left: number
}

/** Where the buckets of all callers are: one place for all processes. */
export interface Buckets {
  withdraw(withdrawal: Withdrawal): Promise<Withdrawn>
  close(): Promise<void>
}

/** One statement, so that the row lock is all that callers of one bucket wait for. */
const WITHDRAW = `
  INSERT INTO caller_budgets AS bucket (caller, points, taken, refilled_at)
  VALUES ($1, $2::float8 - least($2::float8, $5::float8), least($2::float8, $5::float8), $6)
  ON CONFLICT (caller) DO UPDATE SET (points, taken, refilled_at) = (
    SELECT there - portion, portion, greatest(bucket.refilled_at, $6)
    FROM (SELECT least($2::float8, bucket.points + $3::float8 * greatest(0, extract(epoch FROM $6 - bucket.refilled_at))::float8) AS there) AS bucket_now,
      LATERAL (SELECT CASE WHEN there >= $4::float8 THEN least(there, $5::float8) ELSE 0 END AS portion) AS part)
  RETURNING points, taken`

/** Buckets in the table `caller_budgets`, which is not logged: after a crash of the database every bucket is full. */
export function postgresBuckets(pool: pg.Pool): Buckets {
  return {
    async withdraw({ caller, budget: { capacity, restoreRate }, needed, wanted, at }) {
      const values = [caller, capacity, restoreRate, needed, wanted, at]
      const { rows } = await pool.query<{ points: number; taken: number }>({ name: 'withdraw', text: WITHDRAW, values })
      const [row] = rows
      return { taken: row?.taken ?? 0, left: row?.points ?? 0 }
    },
    close: async () => undefined,
  }
}

/** A bucket that nobody has touched for so long is full, and as good as none. */
const KEPT_MS = 86_400_000

/** @param now  by the clock that buckets go by */
export async function forgetFullBuckets({ db }: Pick<Services, 'db'>, now: Date): Promise<void> {
  await db.callerBudget.deleteMany({ where: { refilledAt: { lt: new Date(now.getTime() - KEPT_MS) } } })
}
