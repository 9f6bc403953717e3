import type { Amount } from '../ui/locale'

export interface ExactAmount extends Amount {
  readonly minorUnits: number
}

/** The sum of the amounts in each currency. */
export function sumsByCurrency(amounts: readonly ExactAmount[]): ExactAmount[] {
  const sums = new Map<string, ExactAmount>()
  for (const amount of amounts) {
    const minorUnits = (sums.get(amount.currency)?.minorUnits ?? 0) + amount.minorUnits
    sums.set(amount.currency, { ...amount, minorUnits, decimal: toDecimal(minorUnits, digitsOf(amount)) })
  }
  return [...sums.values()]
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
