import type { Transaction } from '../../platform/postgres/client.js'
import type { Services } from '../services.js'
import { sellersYear } from './invoice.rules.js'

interface AssignedNumber {
  sequence: number
  at: Date
}

/** Assigns the next number of a series. Its counter stays locked until the commit, so this comes last in a transaction. */
export async function assignNumber(tx: Transaction, series: string, year: number, now: Date): Promise<AssignedNumber> {
  const rows = await tx.$queryRaw<AssignedNumber[]>`
    INSERT INTO invoice_counters AS counter (series, year, last_sequence, last_issued_at) VALUES (${series}, ${year}, 1, ${now})
    ON CONFLICT (series, year) DO UPDATE
      SET last_sequence = counter.last_sequence + 1,
          last_issued_at = GREATEST(counter.last_issued_at, excluded.last_issued_at)
    RETURNING last_sequence AS sequence, last_issued_at AS at`
  const [assigned] = rows
  if (!assigned) throw new Error('the invoice counter returned no row')
  return assigned
}

/**
 * Locks the counters of the invoices of some sales and of their credit notes, by name of the series. For a transaction
 * that assigns numbers of several series.
 */
export async function lockCounters(
  tx: Transaction,
  { clock, config }: Pick<Services, 'clock' | 'config'>,
  sales: readonly { isTest: boolean; merchantOfRecord: object | null }[],
): Promise<void> {
  const { series, timeZone } = config.invoices
  const names = sales.flatMap(({ isTest, merchantOfRecord }) => {
    if (isTest) return [series.test, series.testCreditNote]
    return merchantOfRecord ? [series.statement] : [series.invoice, series.creditNote]
  })
  const now = clock.now()
  await tx.$executeRaw`
    INSERT INTO invoice_counters AS counter (series, year, last_sequence, last_issued_at)
    SELECT DISTINCT name, ${sellersYear(now, timeZone)}::int, 0, ${now}::timestamptz
    FROM unnest(${names}::text[]) AS name ORDER BY name
    ON CONFLICT (series, year) DO UPDATE SET last_sequence = counter.last_sequence`
}
