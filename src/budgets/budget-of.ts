import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { Config } from '../config.js'
import { type Caller, callerName, isAdministrator, isService } from '../identity/viewer.js'
import type { Budget } from './budget.rules.js'
import type { CallerBudgets, Standing } from './caller-budgets.js'

/** Administrators and services of the panel work for everybody. */
const FOR_EVERYBODY = 10
/** What one household or one machine has of addresses of the new kind. */
const NETWORK_BITS = 64

export function budgetOf(caller: Caller | undefined, { rateLimit: { points, restore } }: Config): Budget {
  const times = isService(caller) || isAdministrator(caller) ? FOR_EVERYBODY : 1
  return { capacity: points * times, restoreRate: restore * times }
}

/** Who asks, from where. */
interface Payer {
  readonly sender: Caller | undefined
  readonly address: string
  readonly services: { readonly config: Config }
}

/** Takes the points of an operation from whoever sends it. @throws RATE_LIMITED */
export function charge(budgets: CallerBudgets, { sender, address, services: { config } }: Payer, cost: number): Promise<Standing> {
  return budgets.spend(accountOf(sender, address), budgetOf(sender, config), cost)
}

/** Whose points an operation costs: those of a person or a key, of strangers those of their address. */
function accountOf(caller: Caller | undefined, address: string): string {
  return caller ? callerName(caller) : `address:${networkOf(address)}`
}

function networkOf(address: string): string {
  if (isIPv4(address) || !isIPv6(address)) return address
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${NETWORK_BITS}`).toString()
}
