import { readImportFile } from '../../../src/modules/import/read-file.js'
import { validateRows } from '../../../src/modules/import/validate-rows.js'
import type { ValidatedRows } from '../../../src/modules/import/validated-rows.js'
import { writeRows } from '../../../src/modules/import/write-rows.js'
import type { TestServer } from '../../support/server.js'

/** Imports EcliPanel's tables at the time of the server's clock, as the command does. */
export async function importEcliPanel({ services }: TestServer, path: string): Promise<ValidatedRows> {
  const { db, clock, config, findMissingGlyph } = services
  const { pricesIncludeTax } = config.invoices
  const rows = await readImportFile(path, undefined)
  const settings = { currency: 'USD', minorUnits: false, pricesIncludeTax, preset: 'eclipanel', at: clock.now(), findMissingGlyph } as const
  const validated = await validateRows(db, rows, settings)
  await writeRows(services, validated, () => undefined)
  return validated
}
