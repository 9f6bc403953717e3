import { readFile } from 'node:fs/promises'
import { systemClock } from '../core/clock.js'
import { StartError } from '../core/errors.js'
import { TERMINAL } from '../modules/audit/index.js'
import { importExchangeRates } from '../modules/exchange-rates/index.js'
import { UsageError } from './command.js'
import { withDatabase } from './with-database.js'

/** Imports the exchange rates of an XML file of the European Central Bank. */
export async function importRateFile(_options: object, files: string[]): Promise<void> {
  const [file] = files
  if (file === undefined || files.length > 1)
    throw new UsageError('pass one file: eurofxref-daily.xml, eurofxref-hist-90d.xml or eurofxref-hist.xml')
  const text = await readText(file)
  await withDatabase(async (db) => {
    const problem = (message: string) => new StartError(`${file}: ${message}`)
    const { count, changed, firstDay, lastDay, skipped } = await importExchangeRates({ db, clock: systemClock }, TERMINAL, text, problem)
    console.log(`${count} rates from ${firstDay} to ${lastDay}: ${changed} are new or have changed.`)
    if (skipped.length > 0) console.log(`Left out, because the currencies no longer exist: ${skipped.join(', ')}.`)
  })
}

async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: Error) => {
    throw new StartError(`${file}: cannot be read: ${error.message}`)
  })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new StartError(`${file}: is not text in UTF-8; unpack it if it is a ZIP file, or download the XML file again from the ECB`)
  }
}
