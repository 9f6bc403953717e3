import { DomainError } from '../../core/errors.js'

/** What a caller may spend: a bucket of points that fills up by itself. */
export interface RateLimit {
  /** What a full bucket holds, points. */
  readonly capacity: number
  /** What flows in, points a second. */
  readonly restoreRate: number
}

/** A bucket as it was at a moment. */
export interface BucketState {
  readonly points: number
  readonly at: Date
  /** Points that processes have withdrawn and may still spend: the bucket fills up only to what they leave of the capacity. */
  readonly leased: number
  /** When what is not spent of them is lost. */
  readonly leasedUntil: Date
}

/** What a caller has in one process: a bucket that is shared, and points in hand, which are lost when the lease expires. */
export interface Funds {
  readonly bucket: BucketState
  readonly inHand: number
}

/** What a bucket holds by `now`. A clock that is behind takes nothing away. */
export function availablePoints({ points, at, leased, leasedUntil }: BucketState, { capacity, restoreRate }: RateLimit, now: Date): number {
  const fill = (level: number, brim: number, from: number, to: number) =>
    Math.min(Math.max(0, brim), level + (Math.max(0, to - from) / 1000) * restoreRate)
  const [start, expiry, end] = [at.getTime(), leasedUntil.getTime(), now.getTime()]
  const atExpiry = expiry > start ? fill(points, capacity - leased, start, Math.min(expiry, end)) : points
  return fill(atExpiry, capacity, Math.max(start, expiry), end)
}

/** What is left in hand by `now`. */
export function pointsInHand({ inHand, bucket: { leasedUntil } }: Funds, now: Date): number {
  return now < leasedUntil ? inHand : 0
}

export function pointsLeft(funds: Funds, budget: RateLimit, now: Date): number {
  return Math.min(budget.capacity, pointsInHand(funds, now) + availablePoints(funds.bucket, budget, now))
}

/** @returns whole seconds until there are points for `cost` */
export function secondsUntilAvailable(cost: number, funds: Funds, budget: RateLimit, now: Date): number {
  const { leased, leasedUntil } = funds.bucket
  const missing = cost - pointsInHand(funds, now) - availablePoints(funds.bucket, budget, now)
  const lease = Math.max(0, (leasedUntil.getTime() - now.getTime()) / 1000)
  const refill = wholeSeconds(missing / budget.restoreRate)
  const isBeforeExpiry = refill < lease && cost - pointsInHand(funds, now) <= budget.capacity - leased
  if (lease === 0 || isBeforeExpiry) return refill
  return wholeSeconds(lease + Math.max(0, cost - availablePoints(funds.bucket, budget, leasedUntil)) / budget.restoreRate)
}

function wholeSeconds(seconds: number): number {
  return Math.max(1, Math.ceil(seconds))
}

export function rateLimitedError(cost: number, funds: Funds, budget: RateLimit, now: Date): DomainError {
  const retryAfter = secondsUntilAvailable(cost, funds, budget, now)
  const wait = `try again in ${retryAfter} ${retryAfter === 1 ? 'second' : 'seconds'}, or ask for less`
  const left = Math.floor(pointsLeft(funds, budget, now))
  return new DomainError('RATE_LIMITED', `This costs ${points(cost)} and ${left} are left: ${wait}`, { retryAfter })
}

function points(count: number): string {
  return `${count} ${count === 1 ? 'point' : 'points'}`
}
