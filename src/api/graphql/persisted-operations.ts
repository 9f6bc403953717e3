import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Config } from '../../config/config.js'
import { DomainError, StartError } from '../../core/errors.js'
import { PROGRAM, projectFile } from '../../core/project-file.js'
import { PERSISTED_OPERATION_NOT_FOUND, PERSISTED_QUERY_NOT_SUPPORTED } from './graphql.errors.js'

/** The operations of the pages for people, which must run on a server with PERSISTED_OPERATIONS_ONLY as well. */
const PAGE_OPERATIONS = projectFile('dist/pages/persisted-operations.json')

/** The format of Apollo's tools, which `npx quittance documents` writes as well. */
const manifestSchema = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string().regex(/^[0-9a-f]{64}$/), body: z.string() })),
})

/**
 * The parameters that identify the operation of a GraphQL request, in the JSON body or in the query string.
 */
export interface RequestParameters {
  query?: unknown
  documentId?: unknown
  extensions?: unknown
}

/**
 * Operations that clients may name by the SHA-256 of their text instead of sending the text. With
 * PERSISTED_OPERATIONS_ONLY no other operation runs.
 */
export class PersistedOperations {
  readonly #bodies: ReadonlyMap<string, string>
  readonly #only: boolean

  constructor(bodies: ReadonlyMap<string, string>, only: boolean) {
    this.#bodies = bodies
    this.#only = only
  }

  /**
   * Finds the text of the operation that a request names: by `documentId` as in GraphQL over HTTP
   * ("sha256:…"), as text, or by the hash of a persisted query as Apollo's clients send it.
   * @returns undefined when the request names no operation
   * @throws PERSISTED_OPERATION_NOT_FOUND; PERSISTED_QUERY_NOT_SUPPORTED, to which Apollo's clients respond by sending
   *   the text
   */
  resolveText({ query, documentId, extensions }: RequestParameters): string | undefined {
    const id = parseDocumentId(documentId)
    if (id !== undefined) return this.#require(id)
    if (typeof query === 'string') return this.#only ? this.#require(createHash('sha256').update(query).digest('hex')) : query
    const hash = query === undefined ? parsePersistedQueryHash(extensions) : undefined
    if (hash === undefined) return undefined
    if (!this.#only && !this.#bodies.has(hash)) throw new DomainError(PERSISTED_QUERY_NOT_SUPPORTED, 'PersistedQueryNotSupported')
    return this.#require(hash)
  }

  #require(hash: string): string {
    const body = this.#bodies.get(hash)
    if (body !== undefined) return body
    const message = this.#only
      ? 'This server runs only persisted operations; add the operation to its manifest'
      : 'No persisted operation has this id; send the text'
    throw new DomainError(PERSISTED_OPERATION_NOT_FOUND, message)
  }
}

function parseDocumentId(documentId: unknown): string | undefined {
  if (typeof documentId !== 'string') return undefined
  return /^(?:sha256:)?([0-9a-f]{64})$/i.exec(documentId)?.[1]?.toLowerCase() ?? documentId
}

/** Whether the extensions of a request, as an object or as JSON text, contain a hash of Apollo's clients. */
export function hasPersistedQuery(extensions: unknown): boolean {
  return parsePersistedQueryHash(extensions) !== undefined
}

/**
 * Apollo's clients send the hash as `extensions.persistedQuery.sha256Hash`; in a query string the extensions
 * are JSON text.
 */
function parsePersistedQueryHash(extensions: unknown): string | undefined {
  if (extensions === undefined) return undefined
  const parsed = persistedQueryExtension.safeParse(extensions)
  return parsed.success ? parsed.data.persistedQuery.sha256Hash.toLowerCase() : undefined
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

/** @throws StartError when the manifest cannot be read, or an id is not the hash of its text */
export async function loadPersistedOperations(config: Config): Promise<PersistedOperations> {
  const { manifest: path, only } = config.persistedOperations
  if (!path) return new PersistedOperations(new Map(), false)
  const bodies = await readManifest(path)
  if (only && config.pages.length > 0) for (const [id, body] of await readManifest(PAGE_OPERATIONS)) bodies.set(id, body)
  return new PersistedOperations(bodies, only)
}

/** @returns the texts by their hashes @throws StartError */
async function readManifest(path: string): Promise<Map<string, string>> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new StartError(`PERSISTED_OPERATIONS: ${error.message}`)
  })
  const manifest = manifestSchema.safeParse(parseJson(text))
  if (!manifest.success)
    throw new StartError(`PERSISTED_OPERATIONS: ${path} is not a manifest of persisted operations; write it with ${PROGRAM} documents`)
  for (const { id, body } of manifest.data.operations) {
    if (createHash('sha256').update(body).digest('hex') !== id)
      throw new StartError(
        `PERSISTED_OPERATIONS: ${id} in ${path} is not the SHA-256 of its body; write the file again with ${PROGRAM} documents`,
      )
  }
  return new Map(manifest.data.operations.map(({ id, body }) => [id, body]))
}
