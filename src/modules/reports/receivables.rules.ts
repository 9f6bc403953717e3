import type { MoneyAmount } from '../../core/money.js'

/** The days from which an age of invoices begins, counted from the due date. The first one has not begun. */
export const AGES = [null, 0, 30, 60, 90] as const

/** Open invoices of a currency and an age: `age` is an index of AGES. */
export interface ReceivableSum {
  readonly currency: string
  readonly age: number
  readonly count: number
  /** Minor units. */
  readonly amount: bigint
}

interface AgeRow {
  readonly overdueDays: number | null
  readonly count: number
  readonly amount: MoneyAmount
}

export interface ReceivablesRow {
  readonly currency: string
  readonly open: MoneyAmount
  readonly openCount: number
  readonly overdue: MoneyAmount
  readonly overdueCount: number
  readonly ages: readonly AgeRow[]
}

/** One row for each currency, sorted by it; an age without invoices is 0. */
export function buildReceivables(sums: readonly ReceivableSum[]): ReceivablesRow[] {
  const currencies = [...new Set(sums.map(({ currency }) => currency))].sort()
  return currencies.map((currency) => {
    const found = new Map(sums.filter((sum) => sum.currency === currency).map((sum) => [sum.age, sum]))
    const ages = AGES.map((overdueDays, age) => {
      const { count = 0, amount: minorUnits = 0n } = found.get(age) ?? {}
      return { overdueDays, count, amount: { minorUnits, currency } }
    })
    const overdue = ages.filter(({ overdueDays }) => overdueDays !== null)
    return {
      currency,
      open: total(currency, ages),
      openCount: number(ages),
      overdue: total(currency, overdue),
      overdueCount: number(overdue),
      ages,
    }
  })
}

function total(currency: string, ages: readonly AgeRow[]): MoneyAmount {
  return { minorUnits: ages.reduce((sum, { amount }) => sum + amount.minorUnits, 0n), currency }
}

function number(ages: readonly AgeRow[]): number {
  return ages.reduce((sum, { count }) => sum + count, 0)
}
