import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { Config } from '../config/config.js'
import { isAdministrator, isApiKeyPrincipal, type Principal, principalName } from '../modules/identity/index.js'
import type { RateLimiter, RateLimitStatus } from '../platform/rate-limit/rate-limiter.js'
import type { RateLimit } from '../platform/rate-limit/token-bucket.rules.js'

/** Administrators and API keys act on behalf of many customers. */
const PRIVILEGED_MULTIPLIER = 10
/** The prefix length of the network that one household or machine gets in IPv6. */
const IPV6_NETWORK_BITS = 64

export function rateLimitFor(principal: Principal | undefined, { rateLimit: { points, restoreRate } }: Config): RateLimit {
  const multiplier = isApiKeyPrincipal(principal) || isAdministrator(principal) ? PRIVILEGED_MULTIPLIER : 1
  return { capacity: points * multiplier, restoreRate: restoreRate * multiplier }
}

/** The principal and the address of a request; `services` provides the configured limits. */
export interface RateLimitSubject {
  readonly principal: Principal | undefined
  readonly address: string
  readonly services: { readonly config: Config }
}

/**
 * Consumes the points of an operation.
 * @param prepaid  the deposit that was taken for it; an excess over the cost is returned to the bucket
 * @throws RATE_LIMITED
 */
export function consumePoints(rateLimiter: RateLimiter, subject: RateLimitSubject, cost: number, prepaid = 0): Promise<RateLimitStatus> {
  const { key, limit } = rateLimitBucket(subject)
  return rateLimiter.consume(key, limit, cost, { prepaid })
}

/**
 * Consumes a fixed fee, capped at the capacity of the bucket so that every principal can pay it.
 * @throws RATE_LIMITED
 */
export async function chargeFee(rateLimiter: RateLimiter, subject: RateLimitSubject, fee: number): Promise<void> {
  const { key, limit } = rateLimitBucket(subject)
  await rateLimiter.consume(key, limit, Math.min(fee, limit.capacity))
}

/**
 * Consumes points for something whose cost is not known yet. `consumePoints` adjusts them with `prepaid`.
 * @returns the points that were consumed, and the rate limit after that
 * @throws RATE_LIMITED
 */
export async function takeDeposit(
  rateLimiter: RateLimiter,
  subject: RateLimitSubject,
  points: number,
): Promise<{ deposit: number; budget: RateLimitStatus }> {
  const { key, limit } = rateLimitBucket(subject)
  const deposit = Math.min(points, limit.capacity)
  return { deposit, budget: await rateLimiter.consume(key, limit, deposit, { isDeposit: true }) }
}

/** The bucket that pays: that of the user or API key, or that of the address for an anonymous request. */
function rateLimitBucket({ principal, address, services }: RateLimitSubject): { key: string; limit: RateLimit } {
  const key = principal ? principalName(principal) : `address:${networkAddress(address)}`
  return { key, limit: rateLimitFor(principal, services.config) }
}

/** The address of an IPv4 client, or the network of an IPv6 client. */
export function networkAddress(address: string): string {
  if (isIPv4(address) || !isIPv6(address)) return address
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${IPV6_NETWORK_BITS}`).toString()
}
