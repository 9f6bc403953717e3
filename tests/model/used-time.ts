import { scale } from '../../src/core/money.js'
import type { Period } from '../../src/core/period.js'
import { smaller } from './amounts.js'
import { earliest } from './dates.js'
import { invoiceOfOrder, isSamePeriod, leftOf } from './invoices.js'
import type { Invoice, State, Subscription, UsedTime } from './state.js'

export function secondsBetween(from: Date, to: Date): bigint {
  return to <= from ? 0n : BigInt(Math.floor((to.getTime() - from.getTime()) / 1000))
}

export function secondsOf({ start, end }: Period): bigint {
  return secondsBetween(start, end)
}

/** The invoice of the current plan in the current period; undefined for a gift or a period that is not billed. */
export function currentInvoice(state: State, { order, period }: Subscription): Invoice | undefined {
  const invoice = invoiceOfOrder(state, order)
  return invoice && isSamePeriod(invoice.period, period) ? invoice : undefined
}

/**
 * The unused share of what the current plan costs in this period, rounded once. It is a share of the whole
 * period's price as it was paid; what was credited of the invoice lowers it in proportion.
 */
export function unusedShare(state: State, subscription: Subscription): bigint {
  const invoice = currentInvoice(state, subscription)
  if (!invoice) return 0n
  const { fullAmount } = usedTimeOf(state, invoice)
  const rest = secondsBetween(state.now, invoice.period.end)
  const share = scale(fullAmount * leftOf(invoice), rest, secondsOf(invoice.period) * invoice.total)
  return smaller(share, leftOf(invoice))
}

export function usedTimeOf({ usedTime }: State, invoice: Invoice): UsedTime {
  return usedTime[invoice.id - 1] as UsedTime
}

/**
 * Ends the use of a plan. The price of the unused time and what was credited for it should be equal. A
 * difference is time that was forfeited, or used time that was credited.
 */
export function endUse(state: State, invoice: Invoice, unused: bigint, credited: bigint): void {
  const usedTime = usedTimeOf(state, invoice)
  usedTime.until = earliest(state.now, usedTime.until)
  state.forfeitedLessForgiven += unused - credited
  state.roundings += 1n
}

/** A renewal that lost its reason: none of its time is used. */
export function endUnbegun(state: State, invoice: Invoice): void {
  const usedTime = usedTimeOf(state, invoice)
  usedTime.until = usedTime.from
}

/** Credit that does not end the plan: it lowers the price of the time, or forgives time that has been used. */
export function forgive(state: State, invoice: Invoice, amount: bigint): void {
  const usedTime = usedTimeOf(state, invoice)
  if (usedTime.until > state.now) usedTime.forgiven += amount
  else state.forfeitedLessForgiven -= amount
}

/** Parts of a minor unit, so that adding up prices does not round. */
export const PRECISION = 1_000_000n

/** The price of the time of one invoice, used or still ahead, in millionths of a minor unit. */
export function priceOfTime(invoice: Invoice, { fullAmount, period, from, until, forgiven }: UsedTime): bigint {
  const left = invoice.total - forgiven
  return scale(fullAmount * left * PRECISION, secondsBetween(from, until), secondsOf(period) * invoice.total)
}
