import type { Amount } from '../ui/locale'

export interface ExactAmount extends Amount {
  readonly minorUnits: number
}

/** The sum of amounts in one currency, as decimal text. */
export function addAmounts(amounts: readonly ExactAmount[]): ExactAmount | undefined {
  const [first] = amounts
  if (!first) return undefined
  const minorUnits = amounts.filter(({ currency }) => currency === first.currency).reduce((sum, amount) => sum + amount.minorUnits, 0)
  return { minorUnits, currency: first.currency, decimal: toDecimal(minorUnits, digitsOf(first)) }
}

function digitsOf({ decimal }: Amount): number {
  return decimal.split('.')[1]?.length ?? 0
}

function toDecimal(minorUnits: number, digits: number): string {
  const text = String(Math.abs(minorUnits)).padStart(digits + 1, '0')
  const whole = text.slice(0, text.length - digits)
  const sign = minorUnits < 0 ? '-' : ''
  return digits === 0 ? `${sign}${whole}` : `${sign}${whole}.${text.slice(-digits)}`
}

/**
 * Parses an amount as people write it, with a point or a comma before the decimals.
 * @returns minor units, or null if it is not a positive amount
 */
export function parseAmount(text: string, currency: string): number | null {
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  const match = /^\s*(\d{1,9})(?:[.,](\d+))?\s*$/.exec(text)
  const [, whole, decimals = ''] = match ?? []
  if (whole === undefined || decimals.length > digits) return null
  const minorUnits = Number(whole + decimals.padEnd(digits, '0'))
  return minorUnits > 0 ? minorUnits : null
}
