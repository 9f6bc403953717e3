import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Config } from '../../config/config.js'
import { DomainError, StartError } from '../../core/errors.js'

/** As Apollo's tools write it, and as `npm run documents` does. */
const manifestSchema = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string().regex(/^[0-9a-f]{64}$/), body: z.string() })),
})

/** What a GraphQL request says of its document, in JSON or in the address. */
export interface RequestParameters {
  query?: unknown
  documentId?: unknown
  extensions?: unknown
}

/**
 * Documents that clients may name by the SHA-256 of their text instead of sending them, and with TRUSTED_DOCUMENTS_ONLY the only
 * ones that run.
 */
export class PersistedOperations {
  readonly #bodies: ReadonlyMap<string, string>
  readonly #only: boolean

  constructor(bodies: ReadonlyMap<string, string>, only: boolean) {
    this.#bodies = bodies
    this.#only = only
  }

  /**
   * The document that a request means: by `documentId` as in GraphQL over HTTP ("sha256:…"), as text, or by the hash of a persisted
   * query as Apollo's clients send it.
   * @returns undefined when the request has none
   * @throws DOCUMENT_NOT_FOUND; PERSISTED_QUERY_NOT_SUPPORTED, upon which Apollo's clients send the text
   */
  resolveText({ query, documentId, extensions }: RequestParameters): string | undefined {
    const id = parseDocumentId(documentId)
    if (id !== undefined) return this.#require(id)
    if (typeof query === 'string') return this.#only ? this.#require(createHash('sha256').update(query).digest('hex')) : query
    const hash = query === undefined ? parsePersistedQueryHash(extensions) : undefined
    if (hash === undefined) return undefined
    if (!this.#only && !this.#bodies.has(hash)) throw new DomainError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported')
    return this.#require(hash)
  }

  #require(hash: string): string {
    const body = this.#bodies.get(hash)
    if (body !== undefined) return body
    const message = this.#only ? 'Only documents that are known beforehand run here' : 'No document with this id is known; send its text'
    throw new DomainError('DOCUMENT_NOT_FOUND', message)
  }
}

function parseDocumentId(documentId: unknown): string | undefined {
  if (typeof documentId !== 'string') return undefined
  return /^(?:sha256:)?([0-9a-f]{64})$/i.exec(documentId)?.[1]?.toLowerCase() ?? documentId
}

/** Whether the extensions of a request, or their text in an address, have a hash of Apollo's clients. */
export function hasPersistedQuery(extensions: unknown): boolean {
  return parsePersistedQueryHash(extensions) !== undefined
}

/** Apollo's clients send it as `extensions.persistedQuery.sha256Hash`; in an address the extensions are text. */
function parsePersistedQueryHash(extensions: unknown): string | undefined {
  if (extensions === undefined) return undefined
  const found = persistedQueryExtension.safeParse(extensions)
  return found.success ? found.data.persistedQuery.sha256Hash.toLowerCase() : undefined
}

const persistedQueryExtension = z.preprocess(
  (value) => (typeof value === 'string' ? parseJson(value) : value),
  z.object({ persistedQuery: z.object({ sha256Hash: z.string() }) }),
)

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** @throws StartError when the manifest cannot be read, or holds a text under another one's hash */
export async function loadPersistedOperations({ persistedOperations: { manifest: path, only } }: Config): Promise<PersistedOperations> {
  if (!path) return new PersistedOperations(new Map(), false)
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new StartError(`TRUSTED_DOCUMENTS: ${error.message}`)
  })
  const read = manifestSchema.safeParse(parseJson(text))
  if (!read.success) throw new StartError(`TRUSTED_DOCUMENTS: ${path} is no manifest as npm run documents writes it`)
  for (const { id, body } of read.data.operations) {
    if (createHash('sha256').update(body).digest('hex') !== id)
      throw new StartError(`TRUSTED_DOCUMENTS: ${id} is not the hash of its document`)
  }
  return new PersistedOperations(new Map(read.data.operations.map(({ id, body }) => [id, body])), only)
}
