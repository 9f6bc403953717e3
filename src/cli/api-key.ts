import { systemClock } from '../core/clock.js'
import { createApiKey, listApiKeys, revokeApiKey } from '../modules/api-keys/index.js'
import { TERMINAL } from '../modules/audit/index.js'
import type { Database } from '../platform/postgres/client.js'
import { UsageError } from './command.js'
import { withDatabase } from './with-database.js'

interface ApiKeyOptions {
  name: string | undefined
  scopes: string | undefined
  list: boolean | undefined
  revoke: string | undefined
}

/** Creates a key, or lists the keys, or revokes one. */
export async function manageApiKeys({ name, scopes, list, revoke }: ApiKeyOptions): Promise<void> {
  if (!list && revoke === undefined && (!name || !scopes)) throw new UsageError('--name and --scopes are required to create a key')
  await withDatabase(async (db) => {
    const store = { db, clock: systemClock, tokenClock: systemClock }
    if (list) return printApiKeys(db)
    if (revoke !== undefined) return console.log(`revoked ${(await revokeApiKey(store, TERMINAL, { field: 'id', id: revoke })).name}`)
    const input = { name, scopes: scopes?.split(',').map((scope) => scope.trim().toUpperCase()) }
    const { key, apiKey } = await createApiKey(store, TERMINAL, input)
    console.error(`API key ${apiKey.id} (${apiKey.name}); it is shown only once:`)
    console.log(key)
  })
}

async function printApiKeys(db: Database): Promise<void> {
  const { nodes } = await listApiKeys({ db }, {}, { first: 100 })
  const formatTime = (at: Date | null) => at?.toISOString().slice(0, 16).replace('T', ' ') ?? 'never'
  for (const { id, name, scopes, lastUsedAt, revokedAt } of nodes) {
    const status = revokedAt ? `revoked ${formatTime(revokedAt)}` : `last used ${formatTime(lastUsedAt)}`
    console.log(`${String(id).padStart(4)}  ${scopes.join(',').toLowerCase().padEnd(16)}  ${status.padEnd(26)}  ${name}`)
  }
  if (nodes.length === 0) console.log('no API keys')
}
