import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { Config } from '../config/config.js'
import { isAdministrator, isApiKeyPrincipal, type Principal, principalName } from '../modules/identity/index.js'
import type { RateLimiter, RateLimitStatus } from '../platform/rate-limit/rate-limiter.js'
import type { RateLimit } from '../platform/rate-limit/token-bucket.rules.js'

/** Administrators and services of the panel work for everybody. */
const PRIVILEGED_MULTIPLIER = 10
/** What one household or one machine has of addresses of the new kind. */
const IPV6_NETWORK_BITS = 64

export function rateLimitFor(caller: Principal | undefined, { rateLimit: { points, restore } }: Config): RateLimit {
  const times = isApiKeyPrincipal(caller) || isAdministrator(caller) ? PRIVILEGED_MULTIPLIER : 1
  return { capacity: points * times, restoreRate: restore * times }
}

/** Who sends a request, and from which address. */
export interface RateLimitSubject {
  readonly principal: Principal | undefined
  readonly address: string
  readonly services: { readonly config: Config }
}

/**
 * Takes the points of an operation from whoever sends it.
 * @param prepaid  the deposit that was taken for it; more than the cost is given back
 * @throws RATE_LIMITED
 */
export function consumePoints(budgets: RateLimiter, payer: RateLimitSubject, cost: number, prepaid = 0): Promise<RateLimitStatus> {
  const { account, budget } = rateLimitKey(payer)
  return budgets.consume(account, budget, cost, { prepaid })
}

/** Takes a fixed price: at most a whole budget, so that everybody can pay it. @throws RATE_LIMITED */
export async function chargeFee(budgets: RateLimiter, payer: RateLimitSubject, fee: number): Promise<void> {
  const { account, budget } = rateLimitKey(payer)
  await budgets.consume(account, budget, Math.min(fee, budget.capacity))
}

/**
 * Takes points for something whose price is not known yet: `charge` settles it.
 * @returns the points that were taken
 * @throws RATE_LIMITED
 */
export async function takeDeposit(budgets: RateLimiter, payer: RateLimitSubject, points: number): Promise<number> {
  const { account, budget } = rateLimitKey(payer)
  const deposit = Math.min(points, budget.capacity)
  await budgets.consume(account, budget, deposit, { isDeposit: true })
  return deposit
}

/** Whose points something costs: those of a person or a key, of strangers those of their address. */
function rateLimitKey({ principal, address, services }: RateLimitSubject): { account: string; budget: RateLimit } {
  const account = principal ? principalName(principal) : `address:${networkAddress(address)}`
  return { account, budget: rateLimitFor(principal, services.config) }
}

function networkAddress(address: string): string {
  if (isIPv4(address) || !isIPv6(address)) return address
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${IPV6_NETWORK_BITS}`).toString()
}
