import type { Config } from '../../config/config.js'
import type { Transaction } from '../../platform/postgres/client.js'
import { type RowsOf, readTogether } from '../../platform/postgres/run-statement.js'
import { type BoundStatement, bind, type RowOf } from '../../platform/postgres/statement.js'
import { ASSIGN_NUMBER } from './invoicing.statements.js'

type AssignedNumber = RowOf<typeof ASSIGN_NUMBER>

interface NumberRequest {
  readonly series: string
  readonly year: number
  readonly now: Date
  /** Whether a payment is stored together with the document. */
  readonly needsPayment?: boolean | undefined
}

/**
 * Assigns the next number of a series. The counters of all series of the year stay locked until the commit, so call it late
 * in a transaction. All of them are locked together, in the order of their names, so that transactions which issue an
 * invoice and a credit note cannot deadlock.
 * @param reads  other statements, which run in the same round trip
 */
export async function assignNumber<B extends Record<string, BoundStatement>>(
  tx: Transaction,
  allSeries: Config['invoices']['series'],
  { series, year, now, needsPayment = false }: NumberRequest,
  reads: B,
): Promise<{ assigned: AssignedNumber; read: RowsOf<B> }> {
  const assign = bind(ASSIGN_NUMBER, { series, allSeries: Object.values(allSeries), year, now, needsPayment })
  const read = await readTogether(tx, { ...reads, assign })
  const [assigned] = read.assign as AssignedNumber[]
  if (!assigned) throw new Error(`the counter of the series ${series} returned no row`)
  return { assigned, read }
}
