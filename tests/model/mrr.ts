import { scale } from '../../src/core/money.js'
import { sum } from './amounts.js'
import type { Plan, Settings } from './settings.js'
import type { State } from './state.js'

/**
 * The net price per month of the live paid subscription. A subscription counts until it has ended, also while it is unpaid. A
 * plan that nobody collects for is not recurring.
 */
export function mrrOf({ subscriptions, settings }: State): bigint {
  const counted = subscriptions.filter(({ status, collection }) => status !== 'EXPIRED' && collection !== 'NONE')
  return sum(counted.map(({ plan }) => scale(netPrice(settings, plan), 1n, plan.interval === 'YEAR' ? 12n : 1n)))
}

function netPrice({ pricesIncludeTax, taxBasisPoints }: Settings, { price }: Plan): bigint {
  return pricesIncludeTax ? price - scale(price, BigInt(taxBasisPoints), BigInt(10_000 + taxBasisPoints)) : price
}
