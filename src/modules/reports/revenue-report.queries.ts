import { Prisma } from '../../platform/postgres/generated/client.js'
import type { RawQuery } from '../../platform/postgres/raw-query.js'
import type { Services } from '../services.js'
import { endOf, monthOf, parseReportRange, type ReportInput, type ReportRange, startOf } from './report-range.js'
import { buildMonths, type LedgerSums, listMonths, type MrrMovements, type Opening, type RevenueMonthRow } from './revenue-report.rules.js'

/**
 * The revenue report: one row for each currency and month, by currency, then by month.
 * @param path  of the input in errors; empty for the arguments of a query
 * @throws BAD_USER_INPUT also for more than 36 months, and for months that have not begun
 */
export async function readRevenueReport(
  services: Pick<Services, 'clock' | 'config' | 'rawQuery'>,
  path: string,
  input: ReportInput,
): Promise<RevenueMonthRow[]> {
  const { rawQuery } = services
  const range = parseReportRange(services, path, input)
  return readRows(rawQuery, { ...range, currencies: range.currency === undefined ? await listCurrencies(rawQuery) : [range.currency] })
}

interface Range extends ReportRange {
  readonly currencies: readonly string[]
}

async function readRows(rawQuery: RawQuery, range: Range): Promise<RevenueMonthRow[]> {
  const [before, movements, postings] = await Promise.all([
    readMrrBefore(rawQuery, range),
    readMovements(rawQuery, range),
    readPostings(rawQuery, range),
  ])
  const months = listMonths(range.from, range.to)
  return range.currencies.flatMap((currency) => {
    const isOfCurrency = (row: { currency: string }) => row.currency === currency
    const inMonths = <R extends CurrencyMonth>(rows: readonly R[]) =>
      new Map(rows.filter(isOfCurrency).map((row) => [row.month ?? BEFORE, row] as const))
    const posted = inMonths(postings)
    const { balance = 0n, receivable = 0n } = posted.get(BEFORE) ?? {}
    const opening = { ...(before.find(isOfCurrency) ?? { mrr: 0n, customers: 0 }), balance, receivable }
    return buildMonths(currency, months, { opening, movements: inMonths(movements), postings: posted })
  })
}

/** The key of what was there before the first month. */
const BEFORE = ''

interface CurrencyMonth {
  readonly currency: string
  /** Null for all time before the first month. */
  readonly month: string | null
}

/** The currencies in which something was posted or sold. Skips from one to the next in the index. */
async function listCurrencies(rawQuery: RawQuery): Promise<string[]> {
  const found = await Promise.all(
    [Prisma.sql`ledger_postings`, Prisma.sql`mrr_changes`].map((table) =>
      rawQuery<{ currency: string }>(Prisma.sql`
        WITH RECURSIVE found (currency) AS (
          (SELECT currency FROM ${table} ORDER BY currency LIMIT 1)
          UNION ALL
          SELECT (SELECT later.currency FROM ${table} AS later WHERE later.currency > found.currency ORDER BY later.currency LIMIT 1)
          FROM found WHERE found.currency IS NOT NULL)
        SELECT currency FROM found WHERE currency IS NOT NULL`),
    ),
  )
  return [...new Set(found.flat().map(({ currency }) => currency))].sort()
}

function ofCurrencies(currencies: readonly string[]): Prisma.Sql {
  return Prisma.sql`currency = ANY (${[...currencies]}::text[]::bpchar[])`
}

/** The MRR before the first month, and how many customers had one. Read from the index alone. */
function readMrrBefore(
  rawQuery: RawQuery,
  { from, currencies, timeZone }: Range,
): Promise<(Pick<Opening, 'mrr' | 'customers'> & { currency: string })[]> {
  return rawQuery(Prisma.sql`
    SELECT currency, sum(delta)::bigint AS mrr, sum(CASE WHEN amount = delta THEN 1 WHEN amount = 0 THEN -1 ELSE 0 END)::int AS customers
    FROM mrr_changes WHERE ${ofCurrencies(currencies)} AND at < ${startOf(from, timeZone)} GROUP BY currency`)
}

/** Compares each customer's MRR at the start and at the end of a month; only those with changes differ. */
function readMovements(rawQuery: RawQuery, { from, to, currencies, timeZone }: Range): Promise<(MrrMovements & CurrencyMonth)[]> {
  return rawQuery(Prisma.sql`
    WITH changed AS (
      SELECT currency, ${monthOf('at', timeZone)} AS month, (array_agg(amount - delta ORDER BY id))[1] AS before, sum(delta) AS delta
      FROM mrr_changes
      WHERE ${ofCurrencies(currencies)} AND at >= ${startOf(from, timeZone)} AND at < ${endOf(to, timeZone)}
      GROUP BY currency, month, user_id, organisation_id)
    SELECT currency, month,
      coalesce(sum(delta) FILTER (WHERE before = 0), 0)::bigint AS "newMrr",
      coalesce(sum(delta) FILTER (WHERE before > 0 AND delta > 0), 0)::bigint AS expansion,
      coalesce(- sum(delta) FILTER (WHERE before + delta > 0 AND before > 0 AND delta < 0), 0)::bigint AS contraction,
      coalesce(sum(before) FILTER (WHERE before + delta = 0), 0)::bigint AS churn,
      (count(*) FILTER (WHERE before = 0 AND delta > 0) - count(*) FILTER (WHERE before > 0 AND before + delta = 0))::int AS customers
    FROM changed GROUP BY currency, month`)
}

/** The sums of the postings by month. One statement, so that they are of one moment. */
function readPostings(rawQuery: RawQuery, { from, to, currencies, timeZone }: Range): Promise<(LedgerSums & CurrencyMonth)[]> {
  return rawQuery(Prisma.sql`
    SELECT currency, CASE WHEN at >= ${startOf(from, timeZone)} THEN ${monthOf('at', timeZone)} END AS month,
      coalesce(sum(receivable) FILTER (WHERE kind = 'INVOICE'), 0)::bigint AS invoiced,
      coalesce(sum(revenue + tax + provider_tax) FILTER (WHERE kind = 'CREDIT_NOTE'), 0)::bigint AS credited,
      (- sum(revenue))::bigint AS revenue, (- sum(tax))::bigint AS tax, (- sum(provider_tax))::bigint AS "providerTax",
      coalesce(sum(cash) FILTER (WHERE kind NOT IN ('CREDIT_NOTE', 'REFUND')), 0)::bigint AS received,
      coalesce(- sum(cash) FILTER (WHERE kind IN ('CREDIT_NOTE', 'REFUND')), 0)::bigint AS refunded,
      coalesce(- sum(balance) FILTER (WHERE kind IN ('GRANT', 'GRANT_EXPIRY')), 0)::bigint AS granted,
      (- sum(balance))::bigint AS balance, sum(receivable)::bigint AS receivable
    FROM ledger_postings WHERE ${ofCurrencies(currencies)} AND at < ${endOf(to, timeZone)} GROUP BY 1, 2`)
}
