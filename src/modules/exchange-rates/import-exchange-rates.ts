import { runTransaction } from '../../platform/postgres/transaction.js'
import { type Actor, recordAuditEntry } from '../audit/index.js'
import type { Services } from '../services.js'
import { lastAcceptedDay } from './exchange-rate.rules.js'
import { type EcbRates, readEcbFile } from './read-ecb-file.js'
import { storeExchangeRates } from './store-exchange-rates.js'

const SOURCE = 'ECB'

/** The whole history has more than 200,000 rates. */
const RATES_PER_TRANSACTION = 20_000

/** What an import has read and stored. */
export interface ImportedRates extends Omit<EcbRates, 'rates'> {
  /** The number of rates in the file, without those that were left out. */
  readonly count: number
  /** How many are new or differ from what was stored. */
  readonly changed: number
}

/**
 * Reads the rates of an XML file of the ECB and replaces those of the same days and currencies. The whole file is read
 * before anything is stored. A file of more than 20,000 rates is stored in several transactions: an import that was
 * interrupted is repeated.
 * @param file     the text of the file
 * @param problem  creates the error to throw for an invalid file
 */
export async function importExchangeRates(
  { db, clock }: Pick<Services, 'clock' | 'db'>,
  actor: Actor,
  file: string,
  problem: (message: string) => Error,
): Promise<ImportedRates> {
  const at = clock.now()
  const { rates, ...read } = readEcbFile(file, { lastDay: lastAcceptedDay(at), problem })
  const { firstDay, lastDay } = read
  let changed = 0
  for (let start = 0; start < rates.length; start += RATES_PER_TRANSACTION) {
    const batch = rates.slice(start, start + RATES_PER_TRANSACTION)
    changed += await runTransaction(db, async (tx) => {
      const count = await storeExchangeRates(tx, batch, SOURCE, at)
      const details = { firstDay, lastDay, rates: batch.length, changed: count }
      if (count > 0) await recordAuditEntry(tx, { actor, action: 'importExchangeRates', subject: `exchange-rates:${SOURCE}`, details, at })
      return count
    })
  }
  return { ...read, count: rates.length, changed }
}
