import type pg from 'pg'
import { DAY_MS } from '../../core/duration.js'
import type { Database } from '../postgres/client.js'
import { Prisma } from '../postgres/generated/client.js'
import { readBatches } from '../postgres/read-batches.js'
import type { RateLimit } from './token-bucket.rules.js'

/** The lease that a process has from its last withdrawal. */
export interface Lease {
  /** Points that the bucket counts as leased to this process. */
  readonly reserved: number
  /** The part of them that is not spent. */
  readonly unspent: number
  /** The expiry that the withdrawal returned. A lease with another expiry is no longer current. */
  readonly expiresAt: Date
}

/** A request for points from the bucket that all processes share. */
export interface WithdrawalRequest {
  readonly principal: string
  readonly limit: RateLimit
  /** The minimum, which is spent immediately together with all unspent points. */
  readonly needed: number
  /** The maximum. */
  readonly wanted: number
  /** The part of the spent points that may be returned later; it counts as leased. */
  readonly deposit: number
  readonly at: Date
  readonly lease: Lease
}

export interface WithdrawalResult {
  /** 0 when fewer points than `needed` were available. */
  readonly taken: number
  /** Points in the bucket after the withdrawal. */
  readonly left: number
  /** Points that processes, including this one, may spend in addition. */
  readonly leased: number
  readonly leasedUntil: Date
}

/** Stores the buckets of all principals for all processes. */
export interface RateLimitStore {
  withdraw(withdrawal: WithdrawalRequest): Promise<WithdrawalResult>
  close(): Promise<void>
}

/**
 * Unspent points of a lease are lost after this time. An occasional principal thereby loses no
 * more than the bucket restores.
 */
export const LEASE_TTL_MS = 10_000

const BUCKET_COLUMNS = 'points, taken, leased, leased_until'

/**
 * One statement, so that processes only wait for the row lock of the bucket. The arithmetic is that of
 * `availablePoints`: the points in the bucket and the leases never exceed the capacity. All leases of a
 * bucket expire together.
 */
const WITHDRAW_SQL = `
  UPDATE caller_budgets AS bucket SET (points, taken, refilled_at, leased, leased_until) = (
    SELECT available - granted, granted, greatest(bucket.refilled_at, $6::timestamptz),
      other_leases + CASE WHEN granted > 0 THEN granted - $4 + $11::float8 WHEN is_current THEN least(own_lease, $8::float8) ELSE 0 END,
      CASE WHEN other_leases > 0 THEN bucket.leased_until ELSE $10::timestamptz END
    FROM (SELECT CASE WHEN bucket.leased_until > bucket.refilled_at
        THEN least(greatest(0, $2::float8 - bucket.leased), bucket.points
          + $3::float8 * greatest(0, extract(epoch FROM least($6, bucket.leased_until) - bucket.refilled_at))::float8)
        ELSE bucket.points END AS at_expiry) AS before_expiry,
      LATERAL (SELECT least($2, at_expiry
        + $3 * greatest(0, extract(epoch FROM $6 - greatest(bucket.refilled_at, bucket.leased_until)))::float8) AS available) AS after_expiry,
      LATERAL (SELECT CASE WHEN $6 < bucket.leased_until THEN bucket.leased ELSE 0 END AS outstanding,
        $9::timestamptz = bucket.leased_until AND $6 < bucket.leased_until AS is_current) AS leases,
      LATERAL (SELECT CASE WHEN is_current THEN least($7::float8, outstanding) ELSE 0 END AS own_lease) AS own,
      LATERAL (SELECT CASE WHEN outstanding - own_lease > 1e-9 THEN outstanding - own_lease ELSE 0 END AS other_leases) AS others,
      LATERAL (SELECT CASE WHEN available >= $4::float8 THEN least(available, $5::float8) ELSE 0 END AS granted) AS withdrawal)
  WHERE caller = $1 RETURNING ${BUCKET_COLUMNS}`

/** Stores the bucket of a principal that has none: full, less the first withdrawal. */
const CREATE_SQL = `
  INSERT INTO caller_budgets (caller, points, taken, refilled_at, leased, leased_until) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (caller) DO NOTHING RETURNING ${BUCKET_COLUMNS}`

interface BucketRow {
  points: number
  taken: number
  leased: number
  leased_until: Date
}

/**
 * Stores buckets in the unlogged table `caller_budgets`: after a crash of the database every bucket is full.
 */
export function createPostgresStore(pool: pg.Pool): RateLimitStore {
  return {
    async withdraw({ principal, limit: { capacity, restoreRate }, needed, wanted, deposit, at, lease }) {
      const expiry = new Date(at.getTime() + LEASE_TTL_MS)
      const { reserved, unspent, expiresAt } = lease
      const update = [principal, capacity, restoreRate, needed, wanted, at, reserved, unspent, expiresAt, expiry, deposit]
      const granted = capacity >= needed ? Math.min(capacity, wanted) : 0
      const create = [principal, capacity - granted, granted, at, granted > 0 ? granted - needed + deposit : 0, expiry]
      for (;;) {
        const bucket =
          (await readBucket(pool, 'withdraw', WITHDRAW_SQL, update)) ?? (await readBucket(pool, 'createBucket', CREATE_SQL, create))
        // Without one, another process has created the bucket meanwhile.
        if (bucket) return { taken: bucket.taken, left: bucket.points, leased: bucket.leased, leasedUntil: bucket.leased_until }
      }
    },
    close: async () => undefined,
  }
}

async function readBucket(pool: pg.Pool, name: string, text: string, values: unknown[]): Promise<BucketRow | undefined> {
  const { rows } = await pool.query<BucketRow>({ name, text, values })
  return rows[0]
}

/** An idle bucket is full after this time and need not be stored. */
const IDLE_BUCKET_RETENTION_MS = DAY_MS

const BUCKET_PURGE_BATCH_SIZE = 1000
/** A literal: for a parameter, PostgreSQL plans to read a tenth of the table and joins all of it. */
const BUCKET_PURGE_LIMIT = Prisma.raw(String(BUCKET_PURGE_BATCH_SIZE))

/**
 * Deletes idle buckets. Reads the table in the order of its key, because another index would make every
 * withdrawal slower.
 * @param now  the time of the clock that the buckets use
 */
export async function purgeIdleBuckets({ db }: { readonly db: Database }, now: Date): Promise<void> {
  const before = new Date(now.getTime() - IDLE_BUCKET_RETENTION_MS)
  const read = (last: { principal: string } | undefined) => db.$queryRaw<{ principal: string }[]>`
    WITH page AS (
      SELECT ctid, caller FROM caller_budgets WHERE caller > ${last?.principal ?? ''} ORDER BY caller LIMIT ${BUCKET_PURGE_LIMIT}),
    deleted AS (
      DELETE FROM caller_budgets WHERE ctid = ANY (ARRAY(SELECT ctid FROM page)) AND refilled_at < ${before})
    SELECT caller AS principal FROM page ORDER BY caller`
  for await (const _page of readBatches(BUCKET_PURGE_BATCH_SIZE, read)) {
    // The statement that reads a page deletes its idle buckets.
  }
}
