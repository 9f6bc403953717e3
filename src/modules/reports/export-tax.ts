import { formatDecimal } from '../../core/money.js'
import { formatPercentage } from '../../core/percentage.js'
import { type Cell, type ExportedTable, exportedTable } from '../../core/table-export.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import type { Services } from '../services.js'
import { endOf, monthOf, parseReportRange, type ReportInput, startOf } from './report-range.js'

/** What the invoices of a month state for one rate, less what their credit notes state. Amounts are minor units. */
interface TaxRow {
  readonly month: string
  readonly currency: string
  /** Country of the customers; null on documents of earlier versions that have none. */
  readonly country: string | null
  /** The country to which the tax is due; null if none is charged, and on documents of earlier versions. */
  readonly taxCountry: string | null
  readonly region: string | null
  readonly category: string
  /** The name of the tax; null for the usual one of the country. */
  readonly name: string | null
  readonly millionths: number
  /** Sales of the sandbox. */
  readonly isTest: boolean
  readonly net: bigint
  readonly tax: bigint
  /** The currency of the seller's country, if the documents state their tax in it as well. */
  readonly nationalCurrency: string | null
  /** Decimal digits. */
  readonly nationalTax: string | null
  readonly documents: number
}

const CELLS: Record<string, (row: TaxRow) => Cell> = {
  month: ({ month }) => month,
  currency: ({ currency }) => currency,
  country: ({ country }) => country,
  tax_country: ({ taxCountry }) => taxCountry,
  region: ({ region }) => region,
  category: ({ category }) => category,
  tax_name: ({ name }) => name,
  percentage: ({ millionths }) => ({ decimal: formatPercentage(millionths) }),
  test: ({ isTest }) => String(isTest),
  net: ({ net, currency }) => ({ decimal: formatDecimal({ minorUnits: net, currency }) }),
  tax: ({ tax, currency }) => ({ decimal: formatDecimal({ minorUnits: tax, currency }) }),
  national_currency: ({ nationalCurrency }) => nationalCurrency,
  national_tax: ({ nationalCurrency, nationalTax }) =>
    nationalCurrency === null || nationalTax === null
      ? null
      : { decimal: formatDecimal({ minorUnits: BigInt(nationalTax), currency: nationalCurrency }) },
  documents: ({ documents }) => String(documents),
}

/**
 * The tax of our invoices and credit notes as a table, for tax returns: by month, currency, country of the customer, category
 * and rate. Sales of a merchant of record are not in it. The tax of a month and currency is that of the ledger.
 * @param path  of the input in errors
 * @throws BAD_USER_INPUT as `parseReportRange`
 */
export async function exportTax(
  services: Pick<Services, 'clock' | 'config' | 'rawQuery'>,
  path: string,
  input: ReportInput,
): Promise<ExportedTable> {
  const { from, to, currency, timeZone } = parseReportRange(services, path, input)
  const ofCurrency = currency === undefined ? Prisma.empty : Prisma.sql`AND currency = ${currency}`
  // Documents of earlier versions have rates in hundredths of a percent, and no names. Several taxes of a document share its tax in
  // the national currency; the shares are rounded cumulatively, so that they add up.
  const rows = await services.rawQuery<TaxRow>(Prisma.sql`
    WITH listed AS (
      SELECT ${monthOf('issued_at', timeZone)} AS month, currency, snapshot #>> '{buyer,country}' AS country, line ->> 'country' AS "taxCountry", line ->> 'region' AS region,
        line ->> 'category' AS category, line ->> 'name' AS name,
        coalesce((line ->> 'millionths')::int, (line ->> 'basisPoints')::int * 100) AS millionths,
        coalesce((snapshot ->> 'isTest')::boolean, false) AS "isTest", snapshot #>> '{accountingTax,currency}' AS "nationalCurrency",
        CASE kind WHEN 'CREDIT_NOTE' THEN -1 ELSE 1 END AS sign, (line ->> 'net')::bigint AS net, (line ->> 'tax')::bigint AS tax,
        (snapshot #>> '{accountingTax,tax}')::numeric AS "documentTax", invoices.tax AS whole,
        sum((line ->> 'tax')::bigint) OVER (PARTITION BY id ORDER BY position) AS "taxUpTo"
      FROM invoices CROSS JOIN jsonb_array_elements(snapshot -> 'taxes') WITH ORDINALITY AS listed (line, position)
      WHERE issued_at >= ${startOf(from, timeZone)} AND issued_at < ${endOf(to, timeZone)} ${ofCurrency}
        AND jsonb_typeof(snapshot -> 'merchantOfRecord') IS DISTINCT FROM 'object'), lines AS (
      SELECT *, CASE WHEN whole = 0 THEN "documentTax" * 0
        ELSE round("documentTax" * "taxUpTo" / whole) - round("documentTax" * ("taxUpTo" - tax) / whole) END AS "nationalTax" FROM listed)
    SELECT month, currency, country, "taxCountry", region, category, name, millionths, "isTest", "nationalCurrency", sum(sign * net)::bigint AS net,
      sum(sign * tax)::bigint AS tax, sum(sign * "nationalTax")::text AS "nationalTax", count(*)::int AS documents
    FROM lines GROUP BY month, currency, country, "taxCountry", region, category, name, millionths, "isTest", "nationalCurrency"
    ORDER BY month, currency, country, "taxCountry", region, "isTest", category, name, millionths`)
  return exportedTable(CELLS, [rows])
}
