import { must } from '../../support/refunds.js'
import type { TestServer } from '../../support/server.js'

export const AMOUNTS = [
  'mrrStart',
  'newMrr',
  'expansion',
  'contraction',
  'churn',
  'mrrEnd',
  'invoiced',
  'credited',
  'revenue',
  'tax',
  'providerTax',
  'received',
  'refunded',
  'granted',
  'balance',
  'receivable',
] as const

/** A row with its amounts in minor units. */
export type ReportRow = { month: string; currency: string; activeCustomers: number } & Record<(typeof AMOUNTS)[number], number>

const FIELDS = `month currency activeCustomers ${AMOUNTS.map((name) => `${name} { minorUnits currency decimal }`).join(' ')}`
export const REPORT = `query ($from: String!, $to: String!, $currency: CurrencyCode) {
  revenueReport(from: $from, to: $to, currency: $currency) { ${FIELDS} } }`

export async function readReport(server: TestServer, from: string, to: string, currency?: string): Promise<ReportRow[]> {
  const { revenueReport } = must(await server.ask('admin', REPORT, { from, to, currency }))
  return revenueReport.map(({ __typename, ...row }: any) => {
    const amounts = AMOUNTS.map((name) => {
      if (row[name].currency !== row.currency) throw new Error(`${name} is in ${row[name].currency}`)
      return [name, row[name].minorUnits]
    })
    return { ...row, ...Object.fromEntries(amounts) }
  })
}

/** Rows whose MRR does not add up: within a month, or from one to the next. */
export function wrongMrr(rows: readonly ReportRow[]): ReportRow[] {
  return rows.filter((row, index) => {
    const before = rows[index - 1]
    const end = row.mrrStart + row.newMrr + row.expansion - row.contraction - row.churn
    return row.mrrEnd !== end || (before?.currency === row.currency && before.mrrEnd !== row.mrrStart)
  })
}
