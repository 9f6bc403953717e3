import { scale } from './money.js'

export type Interval = 'MONTH' | 'YEAR'

/** A half-open range: contains its start and not its end. The next period starts at the end of this one. */
export interface Period {
  readonly start: Date
  readonly end: Date
}

const MONTHS: Record<Interval, number> = { MONTH: 1, YEAR: 12 }

/**
 * Adds n intervals to the anchor. The day is clamped to the length of the month; the time of day (UTC) is
 * unchanged. Always add to the anchor, not to a previous result: 31 January + 1 month is 28 February, + 2
 * months is 31 March.
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

/** The n-th period from an anchor. The first period has number 1. */
export function periodNumber(anchor: Date, interval: Interval, n: number): Period {
  return { start: addIntervals(anchor, interval, n - 1), end: addIntervals(anchor, interval, n) }
}

/** The number of the period that contains `at`; it is 0 or less before the anchor. */
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

/** A part of a whole, such as what is left of an invoice after its credit notes. */
export interface Fraction {
  readonly part: bigint
  /** Greater than zero. */
  readonly whole: bigint
}

const WHOLE: Fraction = { part: 1n, whole: 1n }

/**
 * The share of an amount for the rest of a period, rounded once.
 * @param fraction  the part of the amount to share. Default: all of it
 */
export function remainingShare(amount: bigint, { start, end }: Period, at: Date, { part, whole }: Fraction = WHOLE): bigint {
  const rest = wholeSecondsBetween(at < start ? start : at, end)
  return rest <= 0n ? 0n : scale(amount * part, rest, whole * wholeSecondsBetween(start, end))
}

function wholeSecondsBetween(from: Date, to: Date): bigint {
  return BigInt(Math.floor((to.getTime() - from.getTime()) / 1000))
}

/** Unlike Date.UTC, does not map the years 0 to 99 to 1900 to 1999. */
function utcDate(year: number, month: number, day: number): Date {
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  return date
}
