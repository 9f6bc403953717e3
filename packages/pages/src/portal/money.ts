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
