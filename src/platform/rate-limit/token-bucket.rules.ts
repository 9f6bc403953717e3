import { DomainError, defineError, RETRY_AFTER } from '../../core/errors.js'

export const RATE_LIMITED = defineError('RATE_LIMITED', {
  status: 429,
  description: 'Too many requests. Retry later.',
  extensions: RETRY_AFTER,
})

/** The rate limit of a principal: a token bucket that refills over time. */
export interface RateLimit {
  /** Points in a full bucket. */
  readonly capacity: number
  /** Refilled points per second. */
  readonly restoreRate: number
}

/** The state of a bucket at a moment. */
export interface BucketState {
  readonly points: number
  readonly at: Date
  /**
   * Withdrawn points that processes may still spend. The bucket refills only up to
   * the capacity minus these points.
   */
  readonly leased: number
  /** When the unspent part of them is lost. */
  readonly leasedUntil: Date
}

/**
 * Points of a principal in one process: the shared bucket, and unspent points, which
 * are lost when the lease expires.
 */
export interface SpendablePoints {
  readonly bucket: BucketState
  readonly unspent: number
}

/** The points in a bucket at `now`. A clock that is behind removes none. */
export function availablePoints({ points, at, leased, leasedUntil }: BucketState, { capacity, restoreRate }: RateLimit, now: Date): number {
  const fill = (level: number, max: number, from: number, to: number) =>
    Math.min(Math.max(0, max), level + (Math.max(0, to - from) / 1000) * restoreRate)
  const [start, expiry, end] = [at.getTime(), leasedUntil.getTime(), now.getTime()]
  const atExpiry = expiry > start ? fill(points, capacity - leased, start, Math.min(expiry, end)) : points
  return fill(atExpiry, capacity, Math.max(start, expiry), end)
}

/** The unspent points at `now`: 0 when the lease has expired. */
export function unspentPoints({ unspent, bucket: { leasedUntil } }: SpendablePoints, now: Date): number {
  return now < leasedUntil ? unspent : 0
}

export function pointsLeft(spendable: SpendablePoints, limit: RateLimit, now: Date): number {
  return Math.min(limit.capacity, unspentPoints(spendable, now) + availablePoints(spendable.bucket, limit, now))
}

/** @returns whole seconds until enough points for `cost` are available */
export function secondsUntilAvailable(cost: number, spendable: SpendablePoints, limit: RateLimit, now: Date): number {
  const { leased, leasedUntil } = spendable.bucket
  const missing = cost - unspentPoints(spendable, now) - availablePoints(spendable.bucket, limit, now)
  const leaseSeconds = Math.max(0, (leasedUntil.getTime() - now.getTime()) / 1000)
  const refill = roundUpSeconds(missing / limit.restoreRate)
  const isBeforeExpiry = refill < leaseSeconds && cost - unspentPoints(spendable, now) <= limit.capacity - leased
  if (leaseSeconds === 0 || isBeforeExpiry) return refill
  return roundUpSeconds(leaseSeconds + Math.max(0, cost - availablePoints(spendable.bucket, limit, leasedUntil)) / limit.restoreRate)
}

function roundUpSeconds(seconds: number): number {
  return Math.max(1, Math.ceil(seconds))
}

export function rateLimitedError(cost: number, spendable: SpendablePoints, limit: RateLimit, now: Date): DomainError {
  const retryAfter = secondsUntilAvailable(cost, spendable, limit, now)
  const wait = `retry in ${retryAfter} ${retryAfter === 1 ? 'second' : 'seconds'} or select fewer fields`
  const left = Math.floor(pointsLeft(spendable, limit, now))
  return new DomainError(RATE_LIMITED, `the operation costs ${formatPoints(cost)}, available: ${left}; ${wait}`, { retryAfter })
}

function formatPoints(count: number): string {
  return `${count} ${count === 1 ? 'point' : 'points'}`
}
