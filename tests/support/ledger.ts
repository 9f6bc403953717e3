import { LEDGER_LAWS } from './ledger-laws.js'
import type { TestServer } from './server.js'

/** The violations of DOMAIN's first law, and of the rule that a customer owes what the open invoices claim. */
export async function checkLedger({ services: { db } }: TestServer): Promise<string[]> {
  const found = await Promise.all(Object.values(LEDGER_LAWS).map((query) => db.$queryRawUnsafe<{ wrong: string }[]>(query)))
  return found.flat().map(({ wrong }) => wrong)
}
