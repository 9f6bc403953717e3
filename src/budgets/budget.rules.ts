import { DomainError } from '../core/errors.js'

/** What a caller may spend: a bucket of points that fills up by itself. */
export interface Budget {
  /** What a full bucket holds, points. */
  readonly capacity: number
  /** What flows in, points a second. */
  readonly restoreRate: number
}

/** A bucket as it was at a moment. */
export interface Bucket {
  readonly points: number
  readonly at: Date
}

/** What is in a bucket by `now`. A clock that is behind takes nothing away. */
export function pointsIn({ points, at }: Bucket, { capacity, restoreRate }: Budget, now: Date): number {
  const seconds = Math.max(0, (now.getTime() - at.getTime()) / 1000)
  return Math.min(capacity, points + seconds * restoreRate)
}

/** @returns whole seconds until a bucket that holds `points` holds `needed` */
export function secondsUntil(needed: number, points: number, { restoreRate }: Budget): number {
  return Math.max(1, Math.ceil((needed - points) / restoreRate))
}

/** @param points  what the caller has left */
export function rateLimited(cost: number, points: number, budget: Budget): DomainError {
  const retryAfter = secondsUntil(cost, points, budget)
  const wait = `try again in ${retryAfter} ${retryAfter === 1 ? 'second' : 'seconds'}, or ask for less`
  return new DomainError('RATE_LIMITED', `This costs ${cost} points and ${Math.floor(points)} are left: ${wait}`, { retryAfter })
}
