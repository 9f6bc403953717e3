import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { Config } from '../config/config.js'
import { type Caller, callerName, isAdministrator, isService } from '../modules/identity/index.js'
import type { CallerBudgets, Standing } from '../platform/rate-limit/rate-limiter.js'
import type { Budget } from '../platform/rate-limit/token-bucket.rules.js'

/** Administrators and services of the panel work for everybody. */
const FOR_EVERYBODY = 10
/** What one household or one machine has of addresses of the new kind. */
const NETWORK_BITS = 64

export function budgetOf(caller: Caller | undefined, { rateLimit: { points, restore } }: Config): Budget {
  const times = isService(caller) || isAdministrator(caller) ? FOR_EVERYBODY : 1
  return { capacity: points * times, restoreRate: restore * times }
}

/** Who sends a request, and from which address. */
export interface Payer {
  readonly sender: Caller | undefined
  readonly address: string
  readonly services: { readonly config: Config }
}

/**
 * Takes the points of an operation from whoever sends it.
 * @param prepaid  the deposit that was taken for it; more than the cost is given back
 * @throws RATE_LIMITED
 */
export function charge(budgets: CallerBudgets, payer: Payer, cost: number, prepaid = 0): Promise<Standing> {
  const { account, budget } = accountOf(payer)
  return budgets.spend(account, budget, cost, { prepaid })
}

/** Takes a fixed price: at most a whole budget, so that everybody can pay it. @throws RATE_LIMITED */
export async function chargeFee(budgets: CallerBudgets, payer: Payer, fee: number): Promise<void> {
  const { account, budget } = accountOf(payer)
  await budgets.spend(account, budget, Math.min(fee, budget.capacity))
}

/**
 * Takes points for something whose price is not known yet: `charge` settles it.
 * @returns the points that were taken
 * @throws RATE_LIMITED
 */
export async function takeDeposit(budgets: CallerBudgets, payer: Payer, points: number): Promise<number> {
  const { account, budget } = accountOf(payer)
  const deposit = Math.min(points, budget.capacity)
  await budgets.spend(account, budget, deposit, { isDeposit: true })
  return deposit
}

/** Whose points something costs: those of a person or a key, of strangers those of their address. */
function accountOf({ sender, address, services }: Payer): { account: string; budget: Budget } {
  const account = sender ? callerName(sender) : `address:${networkOf(address)}`
  return { account, budget: budgetOf(sender, services.config) }
}

function networkOf(address: string): string {
  if (isIPv4(address) || !isIPv6(address)) return address
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${NETWORK_BITS}`).toString()
}
