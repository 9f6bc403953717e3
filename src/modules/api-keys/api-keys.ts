import { z } from 'zod'
import { MINUTE_MS } from '../../core/duration.js'
import { DomainError, invalidInputError } from '../../core/errors.js'
import { line, parseId, parseInput } from '../../core/input.js'
import { type ConnectionArguments, readPageById } from '../../core/pagination.js'
import type { ApiKey } from '../../platform/postgres/generated/client.js'
import { ApiKeyScope } from '../../platform/postgres/generated/enums.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { type Actor, actorName, recordAuditEntry } from '../audit/index.js'
import type { ApiKeyPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import { hashApiKey, newApiKey } from './api-key.rules.js'
import { apiKeyCacheFor } from './api-key-cache.js'

/** The last use is worth a write once in a while, not with every request. */
const LAST_USED_PRECISION_MS = MINUTE_MS
const MAX_KEYS = 200

type ApiKeyStore = Pick<Services, 'db' | 'clock'>

const newApiKeyInput = z.object({
  name: line(100),
  scopes: z
    .array(z.enum(ApiKeyScope, { error: `must be among ${Object.values(ApiKeyScope).join(', ')}` }))
    .min(1, 'must name at least one scope')
    .transform((scopes) => [...new Set(scopes)]),
})

export interface CreatedApiKey {
  apiKey: ApiKey
  /** Shown this once: only its hash is kept. */
  key: string
}

/** @param by  an administrator, or who has the machine */
export async function createApiKey({ db, clock }: ApiKeyStore, by: Actor, input: unknown): Promise<CreatedApiKey> {
  const { name, scopes } = parseInput(newApiKeyInput, 'input', input)
  const key = newApiKey()
  const at = clock.now()
  const created = await runTransaction(db, async (tx) => {
    if ((await tx.apiKey.count({ where: { revokedAt: null } })) >= MAX_KEYS) {
      throw invalidInputError('input', `there are ${MAX_KEYS} keys already; revoke those that nobody uses`)
    }
    const apiKey = await tx.apiKey.create({ data: { name, scopes, hash: hashApiKey(key), createdBy: actorName(by), createdAt: at } })
    const details = { name, scopes: scopes.join(',') }
    await recordAuditEntry(tx, { by, action: 'createApiKey', subject: `key:${apiKey.id}`, details, at })
    return { apiKey, key }
  })
  apiKeyCacheFor(db).forgetRefused()
  return created
}

/** From now on nobody can use it. Revoking it again changes nothing. @throws BAD_USER_INPUT when there is no such key */
export async function revokeApiKey({ db, clock }: ApiKeyStore, by: Actor, id: string): Promise<ApiKey> {
  const where = { id: parseId('id', id) }
  return runTransaction(db, async (tx) => {
    const apiKey = await tx.apiKey.findUnique({ where })
    if (!apiKey) throw invalidInputError('id', `there is no API key ${id}`)
    if (apiKey.revokedAt) return apiKey
    const at = clock.now()
    await recordAuditEntry(tx, { by, action: 'revokeApiKey', subject: `key:${id}`, details: { name: apiKey.name }, at })
    return tx.apiKey.update({ where, data: { revokedAt: at } })
  })
}

/** Newest first. */
export async function listApiKeys({ db }: Pick<ApiKeyStore, 'db'>, asked: ConnectionArguments) {
  const page = await readPageById(asked, { read: (query) => db.apiKey.findMany(query), timeOf: ({ createdAt }) => createdAt })
  return { ...page, count: () => db.apiKey.count() }
}

/**
 * The service that a key belongs to. A key that was refused a moment ago is refused without a statement.
 * @throws UNAUTHENTICATED for a key that is wrong or revoked
 */
export async function authenticateApiKey({ db, clock }: ApiKeyStore, key: string): Promise<ApiKeyPrincipal> {
  const hash = hashApiKey(key)
  const text = textOf(hash)
  const keys = apiKeyCacheFor(db)
  const at = clock.now()
  if (keys.isRefused(text, at)) throw wrongKey()
  const found = await db.apiKey.findUnique({ where: { hash } })
  if (!found || found.revokedAt) {
    keys.refuse(text, at)
    throw wrongKey()
  }
  keys.accept(text)
  const { id, scopes, lastUsedAt } = found
  if (!lastUsedAt || at.getTime() - lastUsedAt.getTime() >= LAST_USED_PRECISION_MS) {
    await db.apiKey.updateMany({ where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: at } }] }, data: { lastUsedAt: at } })
  }
  return { keyId: id, scopes }
}

/** Whether this process has found the service of a key before. */
export function wasAccepted({ db }: Pick<ApiKeyStore, 'db'>, key: string): boolean {
  return apiKeyCacheFor(db).isAccepted(textOf(hashApiKey(key)))
}

function wrongKey(): DomainError {
  return new DomainError('UNAUTHENTICATED', 'The API key is wrong or was revoked')
}

function textOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString('base64')
}
