import { scale } from './money.js'

export type Interval = 'MONTH' | 'YEAR'

/** Half-open: holds its start and not its end; the next period starts where this one ends. */
export interface Period {
  readonly start: Date
  readonly end: Date
}

const MONTHS: Record<Interval, number> = { MONTH: 1, YEAR: 12 }

/**
 * anchor + n intervals, the day clamped to the month, the time of day kept (UTC).
 * Always counted from the anchor: 31 January + 1 month is 28 February, + 2 months is 31 March.
 */
export function addIntervals(anchor: Date, interval: Interval, n: number): Date {
  const months = anchor.getUTCFullYear() * 12 + anchor.getUTCMonth() + n * MONTHS[interval]
  const year = Math.floor(months / 12)
  const month = months - year * 12
  const lastDay = utcDate(year, month + 1, 0).getUTCDate()
  const result = utcDate(year, month, Math.min(anchor.getUTCDate(), lastDay))
  result.setUTCHours(anchor.getUTCHours(), anchor.getUTCMinutes(), anchor.getUTCSeconds(), anchor.getUTCMilliseconds())
  return result
}

/** The n-th period of an anchor; the first one is number 1. */
export function periodNumber(anchor: Date, interval: Interval, n: number): Period {
  return { start: addIntervals(anchor, interval, n - 1), end: addIntervals(anchor, interval, n) }
}

/** The number of the period that holds `at`; 0 and less lie before the anchor. */
export function periodNumberAt(anchor: Date, interval: Interval, at: Date): number {
  const months = (at.getUTCFullYear() - anchor.getUTCFullYear()) * 12 + at.getUTCMonth() - anchor.getUTCMonth()
  let n = Math.floor(months / MONTHS[interval]) + 1
  while (addIntervals(anchor, interval, n - 1) > at) n -= 1
  while (addIntervals(anchor, interval, n) <= at) n += 1
  return n
}

export function isWithin({ start, end }: Period, at: Date): boolean {
  return start <= at && at < end
}

/** The part of an amount that belongs to the rest of a period, rounded once. */
export function remainingShare(amount: bigint, { start, end }: Period, at: Date): bigint {
  const rest = wholeSeconds(at < start ? start : at, end)
  return rest <= 0n ? 0n : scale(amount, rest, wholeSeconds(start, end))
}

function wholeSeconds(from: Date, to: Date): bigint {
  return BigInt(Math.floor((to.getTime() - from.getTime()) / 1000))
}

/** Date.UTC takes the years 0 to 99 for 1900 to 1999; this does not. */
function utcDate(year: number, month: number, day: number): Date {
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  return date
}
