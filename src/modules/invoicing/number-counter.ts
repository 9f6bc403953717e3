import type { Config } from '../../config/config.js'
import type { Transaction } from '../../platform/postgres/client.js'

interface AssignedNumber {
  sequence: number
  at: Date
}

/**
 * Assigns the next number of a series. The counters of all series of the year stay locked until the commit, so call it late
 * in a transaction. All of them are locked together, in the order of their names, so that transactions which issue an
 * invoice and a credit note cannot deadlock.
 */
export async function assignNumber(
  tx: Transaction,
  allSeries: Config['invoices']['series'],
  { series, year, now }: { readonly series: string; readonly year: number; readonly now: Date },
): Promise<AssignedNumber> {
  const rows = await tx.$queryRaw<AssignedNumber[]>`
    WITH locked AS (
      INSERT INTO invoice_counters AS counter (series, year, last_sequence, last_issued_at)
      SELECT name, ${year}::int, (name = ${series})::int, CASE WHEN name = ${series} THEN ${now}::timestamptz ELSE '-infinity' END
      FROM unnest(${Object.values(allSeries)}::text[]) AS name ORDER BY name
      ON CONFLICT (series, year) DO UPDATE
        SET last_sequence = counter.last_sequence + excluded.last_sequence,
            last_issued_at = GREATEST(counter.last_issued_at, excluded.last_issued_at)
      RETURNING counter.series, last_sequence, last_issued_at)
    SELECT last_sequence AS sequence, last_issued_at AS at FROM locked WHERE series = ${series}`
  const [assigned] = rows
  if (!assigned) throw new Error(`the counter of the series ${series} returned no row`)
  return assigned
}
