import { exponentOf, scale } from '../../../core/money.js'

/** Digits after the decimal point that are read. Further ones are far below what a float distinguishes. */
const DIGITS = 18
/** A float of four bytes, which MariaDB uses, deviates by less than this share of the value. */
const RELATIVE_NOISE = 2n ** 23n
/** A deviation below this, in units of the last read digit, is noise of any value: 0.000000001. */
const ABSOLUTE_NOISE = 10n ** 9n

/**
 * Parses an amount that a database has stored as a float. Noise of the float is removed: 99.00000000000001 is 99.00.
 * @param text  a decimal as JSON or a database writes it, also with an exponent
 * @returns minor units, or undefined if the text is not a number or has more digits than the currency: 15.005
 */
export function parseFloatAmount(text: string, currency: string): bigint | undefined {
  const match = /^(-?)(\d{1,15})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text)
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const shift = DIGITS - fraction.length + Number(exponent)
  const digits = BigInt(whole + fraction)
  const magnitude = shift >= 0 ? digits * 10n ** BigInt(shift) : scale(digits, 1n, 10n ** BigInt(-shift))
  const unit = 10n ** BigInt(DIGITS - exponentOf(currency))
  const minorUnits = scale(magnitude, 1n, unit)
  const difference = magnitude - minorUnits * unit
  const deviation = difference < 0n ? -difference : difference
  if (deviation >= ABSOLUTE_NOISE && deviation * RELATIVE_NOISE > magnitude) return undefined
  return sign ? -minorUnits : minorUnits
}
