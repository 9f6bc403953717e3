import { scale } from '../../src/core/money.js'
import { larger, sum } from './amounts.js'
import { grantedBalance, heldBalance } from './balance.js'
import { dueOf } from './invoices.js'
import type { State } from './state.js'
import { PRECISION, priceOfTime, usedTimeOf } from './used-time.js'

interface Law {
  readonly left: bigint
  readonly right: bigint
  /** The largest difference that rounding explains. */
  readonly tolerance: bigint
}

/** Both sides of the two laws. */
export function lawsOf(state: State): { first: Law; second: Law } {
  return { first: firstLaw(state), second: secondLaw(state) }
}

/** received + granted - refunded = invoiced - credited + balance - owed */
function firstLaw(state: State): Law {
  const { payments, grants, refunds, payouts, invoices } = state
  const received = payments.filter(({ kind, reversedAt }) => kind !== 'BALANCE' && reversedAt === null)
  const parts = refunds.flatMap((refund) => refund.parts)
  const paidOut = parts.filter(({ destination, status }) => destination === 'ORIGINAL' && status === 'DONE')
  const granted = sum(grants.map(({ amount, expired }) => amount - expired))
  const balance = state.freeBalance + grantedBalance(state) + heldBalance(state)
  const owed = sum(invoices.map((invoice) => dueOf(state, invoice)))
  return {
    left: sumOf(received) + granted - sumOf(paidOut) - sumOf(payouts),
    right: net(state) + balance - owed,
    tolerance: 0n,
  }
}

/**
 * invoiced - credited = the price of the time of the invoices, used and ahead, plus what was forfeited, minus
 * what was credited of used time.
 */
function secondLaw(state: State): Law {
  const prices = state.invoices.map((invoice) => priceOfTime(invoice, usedTimeOf(state, invoice)))
  const price = scale(sum(prices), 1n, PRECISION)
  return { left: net(state), right: price + state.forfeitedLessForgiven, tolerance: state.roundings + 1n }
}

function net({ invoices, creditNotes }: State): bigint {
  return sum(invoices.map(({ total }) => total)) - sumOf(creditNotes)
}

function sumOf(rows: readonly { readonly amount: bigint }[]): bigint {
  return sum(rows.map(({ amount }) => amount))
}

export function holds({ left, right, tolerance }: Law): boolean {
  return larger(left - right, right - left) <= tolerance
}
