import { LRUCache } from 'lru-cache'
import { BAD_USER_INPUT, DomainError, INTERNAL_SERVER_ERROR } from './errors.js'

/** An amount in minor units (cents, yen, fils) of an ISO 4217 currency. */
export interface MoneyAmount {
  readonly minorUnits: bigint
  readonly currency: string
}

/** The maximum amount that JSON represents exactly: 2^53 - 1 minor units. */
export const MAX_MINOR_UNITS = BigInt(Number.MAX_SAFE_INTEGER)

const ZERO_DECIMAL_CURRENCIES = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '))
const THREE_DECIMAL_CURRENCIES = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '))
const ISO_CURRENCIES = new Set(Intl.supportedValuesOf('currency'))

/** Whether `code` is an ISO 4217 currency code in upper case. */
export function isCurrency(code: string): boolean {
  return ISO_CURRENCIES.has(code)
}

/** Digits after the decimal point: 0 for JPY, 3 for KWD, 2 for most currencies. Source: ISO 4217. */
export function exponentOf(currency: string): number {
  if (ZERO_DECIMAL_CURRENCIES.has(currency)) return 0
  return THREE_DECIMAL_CURRENCIES.has(currency) ? 3 : 2
}

/**
 * Parses a plain decimal without using a float.
 * @returns minor units: USD "15" and "15.00" are 1500n, KWD "1.500" is 1500n
 * @throws BAD_USER_INPUT for exponents, signs other than "-", or more digits than the currency has
 */
export function parseDecimal(text: string, currency: string): bigint {
  const exponent = exponentOf(currency)
  const match = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(text)
  const fraction = match?.[3] ?? ''
  if (!match || fraction.length > exponent) {
    const example = exponent === 0 ? '1500' : `15.${'0'.repeat(exponent)}`
    throw new DomainError(BAD_USER_INPUT, `"${text}" is not a valid amount in ${currency}; use the format ${example}`, {})
  }
  const units = BigInt(`${match[2]}${fraction.padEnd(exponent, '0')}`)
  return match[1] ? -units : units
}

/** The plain decimal with the currency's own number of digits: 1500 is "15.00" in USD and "1500" in JPY. */
export function formatDecimal({ minorUnits, currency }: MoneyAmount): string {
  const exponent = exponentOf(currency)
  const digits = absolute(minorUnits)
    .toString()
    .padStart(exponent + 1, '0')
  const whole = exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
  return minorUnits < 0n ? `-${whole}` : whole
}

/**
 * Formats an amount for a locale with Intl.NumberFormat.
 * @param locale  BCP 47, such as "de-DE"
 * @throws RangeError when the locale is malformed
 */
export function formatMoney(money: MoneyAmount, locale: string): string {
  return numberFormat(money.currency, locale, 0).format(formatDecimal(money) as Intl.StringNumericLiteral)
}

/** The number of digits that a unit price may have in addition to those of its currency. */
export const UNIT_PRICE_DIGITS = 4

/**
 * Formats a unit price, which may have fractions of a minor unit.
 * @param minorUnits  decimal, such as "333.3333"
 */
export function formatUnitPrice(minorUnits: string, currency: string, locale: string): string {
  return numberFormat(currency, locale, UNIT_PRICE_DIGITS).format(unitPriceDecimal(minorUnits, currency) as Intl.StringNumericLiteral)
}

/** Converts a unit price from minor units: "333.3333" in USD is "3.333333". */
export function unitPriceDecimal(minorUnits: string, currency: string): string {
  const [whole = '0', fraction = ''] = minorUnits.split('.')
  const negative = whole.startsWith('-') && BigInt(whole) === 0n ? '-' : ''
  const decimal = `${negative}${formatDecimal({ minorUnits: BigInt(whole), currency })}`
  return fraction && exponentOf(currency) === 0 ? `${decimal}.${fraction}` : `${decimal}${fraction}`
}

const MAX_CACHED_FORMATS = 500
const numberFormats = new LRUCache<string, Intl.NumberFormat>({ max: MAX_CACHED_FORMATS })

/** Formats are cached, because creating one takes a hundred times as long as using it. */
function numberFormat(currency: string, locale: string, extraDigits: number): Intl.NumberFormat {
  const key = `${locale} ${currency} ${extraDigits}`
  const cached = numberFormats.get(key)
  if (cached) return cached
  const digits = exponentOf(currency)
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits + extraDigits,
  })
  numberFormats.set(key, format)
  return format
}

/** @throws DomainError when the currencies differ; amounts are never converted */
export function addMoney(a: MoneyAmount, b: MoneyAmount): MoneyAmount {
  if (a.currency !== b.currency) {
    throw new DomainError(INTERNAL_SERVER_ERROR, `cannot add ${b.currency} to ${a.currency}`)
  }
  return { minorUnits: a.minorUnits + b.minorUnits, currency: a.currency }
}

/**
 * Calculates amount x numerator / denominator, rounded once, half away from zero.
 * @param denominator  greater than zero
 */
export function scale(amount: bigint, numerator: bigint, denominator: bigint): bigint {
  if (denominator <= 0n) throw new RangeError('the denominator must be greater than zero')
  const product = amount * numerator
  const rounded = (2n * absolute(product) + denominator) / (2n * denominator)
  return product < 0n ? -rounded : rounded
}

/** Calculates a share of an amount. @param millionths  190000 is 19% */
export function percentage(amount: bigint, millionths: number): bigint {
  return scale(amount, BigInt(millionths), 1_000_000n)
}

/**
 * Splits a total by weights so that the parts add up to it. The largest remainder gets the next unit, the
 * earlier part wins ties, and the parts have the sign of the total.
 * @param weights  not negative, at least one greater than zero
 */
export function allocate(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((a, b) => a + b, 0n)
  if (sum <= 0n || weights.some((weight) => weight < 0n)) {
    throw new RangeError('weights must not be negative, and at least one must be greater than zero')
  }
  const magnitude = absolute(total)
  const parts = weights.map((weight) => (magnitude * weight) / sum)
  const remainders = weights.map((weight, index) => ({ index, remainder: (magnitude * weight) % sum }))
  remainders.sort((a, b) => compareAmounts(b.remainder, a.remainder) || a.index - b.index)
  const undistributed = Number(magnitude - parts.reduce((a, b) => a + b, 0n))
  for (const { index } of remainders.slice(0, undistributed)) parts[index] = (parts[index] ?? 0n) + 1n
  return total < 0n ? parts.map((part) => -part) : parts
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value
}

function compareAmounts(a: bigint, b: bigint): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
