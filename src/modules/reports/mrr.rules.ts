import { scale } from '../../core/money.js'
import type { Interval } from '../../core/period.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'

const MONTHS: Record<Interval, bigint> = { MONTH: 1n, YEAR: 12n }

type Terms = Pick<Subscription, 'anchor' | 'collection' | 'price' | 'status'>

/**
 * The price of a period that counts towards the MRR, minor units, as the catalog states prices; 0 if the subscription does not
 * count. One that is cancelled counts until its end, and one that is unpaid until its termination. A trial does not count,
 * nor does a trial that was cancelled: its periods would begin later. A plan that nobody collects for is not recurring.
 */
export function recurringPrice({ status, collection, price, anchor }: Terms, at: Date): bigint {
  if (collection === 'NONE' || price === null) return 0n
  switch (status) {
    case 'ACTIVE':
    case 'PAST_DUE':
    case 'UNPAID':
      return price
    case 'CANCELLED':
      return anchor <= at ? price : 0n
    default:
      return 0n
  }
}

/** The price of a month, rounded once. @param net  the price of a period without tax, minor units */
export function monthlyPrice(net: bigint, interval: Interval): bigint {
  return scale(net, 1n, MONTHS[interval])
}
