import { z } from 'zod'
import { MINUTE_MS } from '../../core/duration.js'
import { DomainError, invalidInputError, UNAUTHENTICATED } from '../../core/errors.js'
import { parseId } from '../../core/ids.js'
import { line, parseInput } from '../../core/input.js'
import { type ConnectionArguments, readPageById } from '../../core/pagination.js'
import type { TimeSort } from '../../core/sort.type.js'
import { createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import type { ApiKey } from '../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../platform/postgres/idempotency.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { type Actor, actorName, recordAuditEntry } from '../audit/index.js'
import type { ApiKeyPrincipal } from '../identity/index.js'
import { ApiKeyScope } from '../identity/index.js'
import { endSessionsOfKey } from '../page-sessions/index.js'
import type { Services } from '../services.js'
import { hashApiKey, newApiKey } from './api-key.rules.js'
import { apiKeyCacheFor } from './api-key-cache.js'

/** `lastUsedAt` is written at most once in this time, not with every request. */
const LAST_USED_PRECISION_MS = MINUTE_MS
/** How long a rejected key is rejected without a query. Creating a key in this process clears the cache. */
const REJECTED_KEY_TTL_MS = 30_000
const MAX_KEYS = 200

type ApiKeyStore = Pick<Services, 'db' | 'clock'>

const newApiKeyInput = z.object({
  name: line(100),
  scopes: z
    .array(z.enum(ApiKeyScope, { error: `must be among ${Object.values(ApiKeyScope).join(', ')}` }))
    .min(1, 'must name at least one scope')
    .transform((scopes) => [...new Set(scopes)]),
  idempotencyKey,
})

export interface CreatedApiKey {
  apiKey: ApiKey
  /** The key itself. It cannot be read again, because only its hash is stored: null for a repeated request. */
  key: string | null
}

/** @param actor  an administrator, or the command-line tool */
export async function createApiKey({ db, clock }: ApiKeyStore, actor: Actor, input: unknown): Promise<CreatedApiKey> {
  const parsed = parseInput(newApiKeyInput, 'input', input)
  const { name, scopes } = parsed
  const key = newApiKey()
  const hash = hashApiKey(key)
  const at = clock.now()
  const request = { principal: actorName(actor), operation: 'createApiKey', key: parsed.idempotencyKey, input: { name, scopes } }
  const { apiKeyId } = await runOnce({ db, clock }, request, async (tx) => {
    if ((await tx.apiKey.count({ where: { revokedAt: null } })) >= MAX_KEYS) {
      throw invalidInputError('input', `the maximum of ${MAX_KEYS} active keys is reached; revoke unused keys first`)
    }
    const apiKey = await tx.apiKey.create({ data: { name, scopes, hash, createdBy: actorName(actor), createdAt: at } })
    const details = { name, scopes: scopes.join(',') }
    await recordAuditEntry(tx, { actor, action: 'createApiKey', subject: `key:${apiKey.id}`, details, at })
    return { apiKeyId: Number(apiKey.id) }
  })
  // The hash of the new key may be among them.
  apiKeyCacheFor(db).rejected.clear()
  const apiKey = await db.apiKey.findUniqueOrThrow({ where: { id: BigInt(apiKeyId) } })
  return { apiKey, key: hashToText(apiKey.hash) === hashToText(hash) ? key : null }
}

/** Revokes a key, and ends the portal sessions that it has created. Idempotent. @throws BAD_USER_INPUT if the key does not exist */
export async function revokeApiKey(
  { db, clock, tokenClock }: ApiKeyStore & Pick<Services, 'tokenClock'>,
  actor: Actor,
  { field, id: keyId }: { field: string; id: string },
): Promise<ApiKey> {
  const id = parseId(field, keyId, 'ApiKey')
  return runTransaction(db, async (tx) => {
    const apiKey = await tx.apiKey.findUnique({ where: { id } })
    if (!apiKey) throw invalidInputError(field, `API key ${id} does not exist`)
    if (apiKey.revokedAt) return apiKey
    const at = clock.now()
    const endedSessions = await endSessionsOfKey(tx, `key:${id}`, tokenClock.now())
    const details = { name: apiKey.name, ...(endedSessions > 0 && { endedSessions }) }
    await recordAuditEntry(tx, { actor, action: 'revokeApiKey', subject: `key:${id}`, details, at })
    return tx.apiKey.update({ where: { id }, data: { revokedAt: at } })
  })
}

interface ApiKeyFilter {
  revoked?: boolean | null | undefined
  scope?: ApiKeyScope | null | undefined
}

/** Newest first by default. */
export async function listApiKeys(
  { db }: Pick<ApiKeyStore, 'db'>,
  { revoked, scope }: ApiKeyFilter,
  page: ConnectionArguments,
  orderBy?: TimeSort | null,
) {
  const matching = {
    ...(revoked != null && { revokedAt: revoked ? { not: null } : null }),
    ...(scope != null && { scopes: { has: scope } }),
  }
  const result = await readPageById(page, {
    read: ({ where, ...query }) => db.apiKey.findMany({ where: { ...where, ...matching }, ...query }),
    timeOf: ({ createdAt }) => createdAt,
    isOldestFirst: orderBy === 'OLDEST_FIRST',
  })
  return { ...result, count: () => db.apiKey.count({ where: matching }) }
}

export const apiKeyLoader = ({ db }: Pick<ApiKeyStore, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.apiKey.findMany({ where: { id: { in: ids } } }),
    (key) => key.id,
  )

/**
 * Returns the principal of a key. A key that was rejected recently is rejected without a query.
 * @throws UNAUTHENTICATED for an invalid or revoked key
 */
export async function authenticateApiKey({ db, clock }: ApiKeyStore, key: string): Promise<ApiKeyPrincipal> {
  const hash = hashApiKey(key)
  const hashText = hashToText(hash)
  const { rejected, accepted } = apiKeyCacheFor(db)
  const at = clock.now()
  if ((rejected.get(hashText) ?? 0) > at.getTime()) throw invalidKeyError()
  const found = await db.apiKey.findUnique({ where: { hash } })
  if (!found || found.revokedAt) {
    accepted.delete(hashText)
    rejected.set(hashText, at.getTime() + REJECTED_KEY_TTL_MS)
    throw invalidKeyError()
  }
  accepted.set(hashText, true)
  const { id, scopes, lastUsedAt } = found
  if (!lastUsedAt || at.getTime() - lastUsedAt.getTime() >= LAST_USED_PRECISION_MS) {
    await db.apiKey.updateMany({ where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: at } }] }, data: { lastUsedAt: at } })
  }
  return { keyId: id, scopes }
}

/** Whether the last check of the key in this process succeeded. */
export function wasAccepted({ db }: Pick<ApiKeyStore, 'db'>, key: string): boolean {
  return apiKeyCacheFor(db).accepted.has(hashToText(hashApiKey(key)))
}

function invalidKeyError(): DomainError {
  return new DomainError(UNAUTHENTICATED, 'The API key is invalid or was revoked')
}

function hashToText(hash: Uint8Array): string {
  return Buffer.from(hash).toString('base64')
}
