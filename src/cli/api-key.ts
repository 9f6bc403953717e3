import { parseArgs } from 'node:util'
import { systemClock } from '../core/clock.js'
import { DomainError } from '../core/errors.js'
import type { Database } from '../database/client.js'
import { TERMINAL } from '../events/append-audit-entry.js'
import { createApiKey, listApiKeys, revokeApiKey } from '../panel/api-keys.js'
import { command } from './command.js'
import { withDatabase } from './with-database.js'

const USAGE = `make a key:    npm run api-key -- --name "panel backend" --scopes claims,sync,read
list them:     npm run api-key -- --list
take one back: npm run api-key -- --revoke 3`

/** npm run api-key: makes, lists and revokes the keys by which services of the panel sign in; beside a running server, too. */
await command(async () => {
  const { values } = parseArgs({
    options: { name: { type: 'string' }, scopes: { type: 'string' }, list: { type: 'boolean' }, revoke: { type: 'string' } },
  })
  const { name, scopes, list, revoke } = values
  if (!list && revoke === undefined && (!name || !scopes)) throw new TypeError(USAGE)
  await withDatabase(async (db) => {
    const store = { db, clock: systemClock }
    if (list) return show(db)
    try {
      if (revoke !== undefined) return console.log(`revoked ${(await revokeApiKey(store, TERMINAL, revoke)).name}`)
      const input = { name, scopes: scopes?.split(',').map((scope) => scope.trim().toUpperCase()) }
      const { key, apiKey } = await createApiKey(store, TERMINAL, input)
      console.error(`API key ${apiKey.id} (${apiKey.name}); it is shown this once:`)
      console.log(key)
    } catch (error) {
      throw error instanceof DomainError ? new TypeError(`${error.message}\n\n${USAGE}`) : error
    }
  })
})

async function show(db: Database): Promise<void> {
  const { nodes } = await listApiKeys({ db }, { first: 100 })
  const day = (at: Date | null) => at?.toISOString().slice(0, 16).replace('T', ' ') ?? 'never'
  for (const { id, name, scopes, lastUsedAt, revokedAt } of nodes) {
    const use = revokedAt ? `revoked ${day(revokedAt)}` : `last used ${day(lastUsedAt)}`
    console.log(`${String(id).padStart(4)}  ${scopes.join(',').toLowerCase().padEnd(16)}  ${use.padEnd(26)}  ${name}`)
  }
  if (nodes.length === 0) console.log('there are no API keys yet')
}
