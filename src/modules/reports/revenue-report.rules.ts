import type { MoneyAmount } from '../../core/money.js'

/** The longest report. */
export const MAX_MONTHS = 36

/** The months from one to another, both included, as "2026-01". */
export function listMonths(from: string, to: string): string[] {
  const months: string[] = []
  for (let month = from; month <= to; month = addMonths(month, 1)) months.push(month)
  return months
}

/** A later month, or an earlier one if the count is negative. */
export function addMonths(month: string, count: number): string {
  const number = numberOf(month) + count
  return `${String(Math.floor(number / 12)).padStart(4, '0')}-${String((number % 12) + 1).padStart(2, '0')}`
}

/** The number of months from one to another, both included; 0 or less if the first is later. */
export function countMonths(from: string, to: string): number {
  return numberOf(to) - numberOf(from) + 1
}

function numberOf(month: string): number {
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1
}

/** The amounts of the changes of the MRR in a month, minor units, and the change in the number of customers who have one. */
export interface MrrMovements {
  readonly newMrr: bigint
  readonly expansion: bigint
  readonly contraction: bigint
  readonly churn: bigint
  readonly customers: number
}

/** What the postings of a month add up to, minor units. `balance` and `receivable` are the changes. */
export interface LedgerSums {
  readonly invoiced: bigint
  readonly credited: bigint
  readonly revenue: bigint
  readonly tax: bigint
  readonly providerTax: bigint
  readonly received: bigint
  readonly refunded: bigint
  readonly granted: bigint
  readonly balance: bigint
  readonly receivable: bigint
}

/** What was there before the first month, minor units. */
export interface Opening {
  readonly mrr: bigint
  readonly customers: number
  readonly balance: bigint
  readonly receivable: bigint
}

const NO_MOVEMENTS: MrrMovements = { newMrr: 0n, expansion: 0n, contraction: 0n, churn: 0n, customers: 0 }
const NO_POSTINGS: LedgerSums = {
  invoiced: 0n,
  credited: 0n,
  revenue: 0n,
  tax: 0n,
  providerTax: 0n,
  received: 0n,
  refunded: 0n,
  granted: 0n,
  balance: 0n,
  receivable: 0n,
}

type Amounts = Record<'mrrStart' | 'mrrEnd' | keyof Omit<MrrMovements, 'customers'> | keyof LedgerSums, MoneyAmount>

/** A month of a currency. */
export interface RevenueMonthRow extends Readonly<Amounts> {
  readonly month: string
  readonly currency: string
  readonly activeCustomers: number
}

interface CurrencySums {
  readonly opening: Opening
  /** By month; a month without changes or postings is missing. */
  readonly movements: ReadonlyMap<string, MrrMovements>
  readonly postings: ReadonlyMap<string, LedgerSums>
}

/** The rows of a currency: each month begins with what the month before ended with. */
export function buildMonths(
  currency: string,
  months: readonly string[],
  { opening, movements, postings }: CurrencySums,
): RevenueMonthRow[] {
  const money = (minorUnits: bigint): MoneyAmount => ({ minorUnits, currency })
  let { mrr, customers, balance, receivable } = opening
  return months.map((month) => {
    const moved = movements.get(month) ?? NO_MOVEMENTS
    const posted = postings.get(month) ?? NO_POSTINGS
    const mrrStart = mrr
    mrr += moved.newMrr + moved.expansion - moved.contraction - moved.churn
    customers += moved.customers
    balance += posted.balance
    receivable += posted.receivable
    return {
      month,
      currency,
      mrrStart: money(mrrStart),
      newMrr: money(moved.newMrr),
      expansion: money(moved.expansion),
      contraction: money(moved.contraction),
      churn: money(moved.churn),
      mrrEnd: money(mrr),
      activeCustomers: customers,
      invoiced: money(posted.invoiced),
      credited: money(posted.credited),
      revenue: money(posted.revenue),
      tax: money(posted.tax),
      providerTax: money(posted.providerTax),
      received: money(posted.received),
      refunded: money(posted.refunded),
      granted: money(posted.granted),
      balance: money(balance),
      receivable: money(receivable),
    }
  })
}
