import { addDays } from '../../core/duration.js'
import { toDay } from '../../core/local-date.js'
import { exponentOf, scale } from '../../core/money.js'

/** The currency in which all rates are stored. Its own rate is 1. */
export const EURO = 'EUR'

/** The euro exists since then. */
export const FIRST_DAY = '1999-01-01'

/** Some authorities publish the rates of a month before it begins. A later day is a mistake. */
const MAX_DAYS_AHEAD = 31

/** The last day of a rate that is accepted at a time. */
export function lastAcceptedDay(at: Date): string {
  return toDay(addDays(at, MAX_DAYS_AHEAD))
}

/** Digits of a printed rate after the decimal point, not counting zeros before its first other digit. */
const RATE_DIGITS = 6

/** Above every rate of a currency: below ten million for one euro. */
const PER_EURO = /^\d{1,7}(\.\d{1,10})?$/

/** Whether a text is a rate that can be stored: a plain decimal above zero. */
export function isPerEuro(text: string): boolean {
  return PER_EURO.test(text) && /[1-9]/.test(text)
}

/** A rate as it is printed. `convert` multiplies with exactly this number, so a reader can reproduce the amount. */
export interface ConversionRate {
  /** A decimal without trailing zeros, such as "4.3048". */
  readonly rate: string
  /** The day for which the source has published the rate: "2026-11-26". */
  readonly day: string
  /** "ECB", or what an administrator has typed; both, separated by a comma, if the two currencies have different ones. */
  readonly source: string
}

/**
 * Calculates the rate by which an amount in one currency is multiplied to get another. It is rounded once, half away from
 * zero, to six decimals; of a rate below 0.1, zeros after the decimal point are not counted. So it differs from the exact
 * quotient by at most 0.0005%.
 * Source: Directive 2006/112/EC, article 91 (2): conversions between other currencies use the euro rate of each.
 * @param from  units of the first currency for one euro
 * @param to    units of the second currency for one euro
 * @returns a decimal without trailing zeros: from "1.1534" to "4.3048" is "3.73227"; from "131.84" to "1" is "0.00758495"
 */
export function crossRate(from: string, to: string): string {
  const [divisor, dividend] = [fractionOf(from), fractionOf(to)]
  const numerator = dividend.numerator * divisor.denominator
  const denominator = dividend.denominator * divisor.numerator
  let digits = RATE_DIGITS
  for (let scaled = numerator * 10n; scaled < denominator; scaled *= 10n) digits += 1
  return formatFraction(scale(10n ** BigInt(digits), numerator, denominator), digits)
}

/**
 * Converts an amount with a printed rate, rounded once, half away from zero.
 * @param amount  minor units of `from`
 * @param rate    units of `to` for one unit of `from`, such as "4.3048"
 * @returns minor units of `to`: 10000 (100.00 EUR) at "4.3048" is 43048 (430.48 PLN)
 */
export function convert(amount: bigint, from: string, to: string, rate: string): bigint {
  const { numerator, denominator } = fractionOf(rate)
  return scale(amount, numerator * 10n ** BigInt(exponentOf(to)), denominator * 10n ** BigInt(exponentOf(from)))
}

/** @throws RangeError unless it is a plain decimal above zero */
function fractionOf(decimal: string): { numerator: bigint; denominator: bigint } {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(decimal) ?? []
  const numerator = whole === undefined ? 0n : BigInt(`${whole}${fraction}`)
  if (numerator === 0n) throw new RangeError(`the rate "${decimal}" must be a decimal above zero`)
  return { numerator, denominator: 10n ** BigInt(fraction.length) }
}

function formatFraction(scaled: bigint, digits: number): string {
  const text = scaled.toString().padStart(digits + 1, '0')
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`.replace(/\.?0+$/, '')
}
