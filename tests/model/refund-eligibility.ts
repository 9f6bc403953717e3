import { smaller, sum } from './amounts.js'
import { wholeDaysBetween } from './dates.js'
import { invoicesOfPeriod, isSamePeriod, paidOf } from './invoices.js'
import { getRow } from './refusal.js'
import { type Invoice, liveSubscription, type Order, type State } from './state.js'
import { unusedShare } from './used-time.js'

export type RefundType = 'FULL' | 'PRORATED' | 'NONE'

export interface Eligibility {
  readonly days: number
  readonly type: RefundType
  readonly refundable: bigint
}

/** What the refund table gives for the period of an order. Only the current period has a refundable amount. */
export function refundEligibility(state: State, orderId: number): Eligibility {
  const order = getRow(state.orders, orderId, 'ORDER_NOT_FOUND')
  const subscription = state.subscriptions[(order.subscription ?? 0) - 1]
  if (!subscription) return { days: 0, type: 'NONE', refundable: 0n }
  const days = wholeDaysBetween(subscription.boughtAt, state.now)
  const type = isOfCurrentPeriod(state, order) ? refundType(state, days) : 'NONE'
  const paid = sum(paidInvoices(state, order).map((invoice) => paidOf(state, invoice)))
  if (type === 'NONE') return { days, type, refundable: 0n }
  return { days, type, refundable: type === 'FULL' ? paid : smaller(unusedShare(state, subscription), paid) }
}

function refundType({ settings }: State, days: number): RefundType {
  if (days <= settings.refundFullDays) return 'FULL'
  return days <= settings.refundProratedDays ? 'PRORATED' : 'NONE'
}

export function isOfCurrentPeriod(state: State, { subscription, period }: Order): boolean {
  const live = liveSubscription(state)
  // While the provider cannot charge the next period, the last one is over.
  return live?.id === subscription && isSamePeriod(live.period, period) && state.now < live.period.end
}

/**
 * The invoices of the order's period. A former period counts too: administrators may refund it. A renewal whose
 * period has not begun has none, because it is credited instead.
 */
export function paidInvoices(state: State, { subscription, period }: Order): Invoice[] {
  if (!subscription || !period || period.start > state.now) return []
  return invoicesOfPeriod(state, subscription, period)
}
