import { LEDGER_LAWS } from './ledger-laws.js'
import { MRR_LAW } from './mrr-law.js'
import type { TestServer } from './server.js'

/**
 * The violations of DOMAIN's first law, of the rule that a customer owes what the open invoices claim, and of the rule that
 * the MRR is recorded with every change.
 */
export async function checkLedger({ services: { db, config } }: TestServer): Promise<string[]> {
  const laws = [...Object.values(LEDGER_LAWS), ...(config.invoices.pricesIncludeTax ? [] : [MRR_LAW])]
  const found = await Promise.all(laws.map((query) => db.$queryRawUnsafe<{ wrong: string }[]>(query)))
  return found.flat().map(({ wrong }) => wrong)
}
