import type { RateLimitStatus } from '../../platform/rate-limit/rate-limiter.js'
import { type RateLimitSubject, rateLimitFor } from '../rate-limit-policy.js'
import { MAX_COST } from './query-cost.js'

/** The value of `extensions.cost`. */
export interface CostExtension {
  readonly requested: number
  readonly maximum: number
  readonly budget?: RateLimitStatus
}

/** The highest cost of an operation of this principal, which could never pay for more than its full bucket. */
export function maxCostOf({ principal, services }: RateLimitSubject): number {
  return Math.min(MAX_COST, rateLimitFor(principal, services.config).capacity)
}

/**
 * @param isPublic  whether a proxy may cache the response, which then must not reveal the rate limit status of the first
 *   principal
 */
export function costExtension(subject: RateLimitSubject, requested: number, budget: RateLimitStatus, isPublic: boolean): CostExtension {
  return { requested, maximum: maxCostOf(subject), ...(!isPublic && { budget }) }
}
