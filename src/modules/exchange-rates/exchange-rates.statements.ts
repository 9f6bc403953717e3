import { arrayOf, char, defineStatement, int, nullable, text } from '../../platform/postgres/statement.js'

/** The latest day with a rate of all `currencies`. A rate is null for the euro, which is not stored. */
export const FIND_DAY_OF_RATES = defineStatement({
  parameters: { from: char, to: char, currencies: arrayOf(char), day: text, maxAgeDays: int },
  columns: { day: text, fromPerEuro: nullable(text), toPerEuro: nullable(text), source: text },
  sql: `
    SELECT day::text AS day,
      max(per_euro) FILTER (WHERE currency = $from)::text AS "fromPerEuro",
      max(per_euro) FILTER (WHERE currency = $to)::text AS "toPerEuro",
      string_agg(DISTINCT source, ', ' ORDER BY source) AS source
    FROM exchange_rates
    WHERE currency = ANY ($currencies) AND day BETWEEN $day::date - $maxAgeDays AND $day::date
    GROUP BY exchange_rates.day HAVING count(*) = cardinality($currencies)
    ORDER BY exchange_rates.day DESC LIMIT 1`,
})
