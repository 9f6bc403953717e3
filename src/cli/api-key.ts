import { systemClock } from '../core/clock.js'
import { createApiKey, listApiKeys, revokeApiKey } from '../modules/api-keys/index.js'
import { TERMINAL } from '../modules/audit/index.js'
import type { Database } from '../platform/postgres/client.js'
import { command, UsageError } from './command.js'
import { withDatabase } from './with-database.js'

const usage = `Keys by which services of the panel sign in; also while the server runs.
create:  npm run api-key -- --name "panel backend" --scopes claims,sync,read
list:    npm run api-key -- --list
revoke:  npm run api-key -- --revoke 3`

const options = {
  name: { type: 'string' },
  scopes: { type: 'string' },
  list: { type: 'boolean' },
  revoke: { type: 'string' },
} as const

await command({ usage, options }, async ({ name, scopes, list, revoke }) => {
  if (!list && revoke === undefined && (!name || !scopes)) throw new UsageError('--name and --scopes are needed to create a key')
  await withDatabase(async (db) => {
    const store = { db, clock: systemClock }
    if (list) return printApiKeys(db)
    if (revoke !== undefined) return console.log(`revoked ${(await revokeApiKey(store, TERMINAL, revoke)).name}`)
    const input = { name, scopes: scopes?.split(',').map((scope) => scope.trim().toUpperCase()) }
    const { key, apiKey } = await createApiKey(store, TERMINAL, input)
    console.error(`API key ${apiKey.id} (${apiKey.name}); it is shown this once:`)
    console.log(key)
  })
})

async function printApiKeys(db: Database): Promise<void> {
  const { nodes } = await listApiKeys({ db }, { first: 100 })
  const day = (at: Date | null) => at?.toISOString().slice(0, 16).replace('T', ' ') ?? 'never'
  for (const { id, name, scopes, lastUsedAt, revokedAt } of nodes) {
    const use = revokedAt ? `revoked ${day(revokedAt)}` : `last used ${day(lastUsedAt)}`
    console.log(`${String(id).padStart(4)}  ${scopes.join(',').toLowerCase().padEnd(16)}  ${use.padEnd(26)}  ${name}`)
  }
  if (nodes.length === 0) console.log('there are no API keys yet')
}
