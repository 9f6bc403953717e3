import type { FastifyRequest } from 'fastify'
import { hasPersistedQuery, type PersistedOperations, type RequestParameters } from '../graphql/persisted-operations.js'

export interface OperationText {
  text: string | undefined
  /** Whether the client sent a hash instead of the text. */
  byHash: boolean
}

/** What a GraphQL request says, wherever its method puts it; undefined for anything but an object. */
export function operationParameters(request: FastifyRequest): (RequestParameters & Record<string, unknown>) | undefined {
  const parameters = request.method === 'GET' ? request.query : request.body
  const isObject = typeof parameters === 'object' && parameters !== null && !Array.isArray(parameters)
  return isObject ? (parameters as Record<string, unknown>) : undefined
}

/**
 * Finds the document that a request means, and puts its text in the place where GraphQL servers look for it.
 * @throws DOCUMENT_NOT_FOUND, PERSISTED_QUERY_NOT_SUPPORTED
 */
export function resolveOperationText(request: FastifyRequest, trusted: PersistedOperations): OperationText {
  const parameters = operationParameters(request)
  const text = parameters && trusted.resolveText(parameters)
  if (!parameters || text === undefined) return { text, byHash: false }
  const byHash = text !== parameters.query
  // Apollo refuses whatever looks like one of its persisted queries.
  if (byHash || hasPersistedQuery(parameters.extensions)) {
    const { documentId, extensions, ...rest } = parameters
    if (request.method === 'GET') request.raw.url = addressWithText(request, { ...rest, query: text })
    else request.body = { ...rest, query: text }
  }
  return { text, byHash }
}

/** Apollo and graphql-sse read the address by themselves. */
function addressWithText({ url }: FastifyRequest, parameters: Record<string, unknown>): string {
  const texts = Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)])
  return `${url.split('?', 1)[0]}?${new URLSearchParams(texts)}`
}
