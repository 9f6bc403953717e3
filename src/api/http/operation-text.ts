import type { FastifyRequest } from 'fastify'
import { hasPersistedQuery, type PersistedOperations, type RequestParameters } from '../graphql/persisted-operations.js'

export interface OperationText {
  text: string | undefined
  /** Whether the client sent a hash instead of the text. */
  byHash: boolean
}

/**
 * The parameters of a GraphQL request, from its query string or its body; undefined for anything but an
 * object.
 */
export function operationParameters(request: FastifyRequest): (RequestParameters & Record<string, unknown>) | undefined {
  const parameters = request.method === 'GET' ? request.query : request.body
  const isObject = typeof parameters === 'object' && parameters !== null && !Array.isArray(parameters)
  return isObject ? (parameters as Record<string, unknown>) : undefined
}

/**
 * Finds the operation that a request names, and replaces the parameters of the request by its text, as
 * GraphQL servers expect it.
 * @throws PERSISTED_OPERATION_NOT_FOUND, PERSISTED_QUERY_NOT_SUPPORTED
 */
export function resolveOperationText(request: FastifyRequest, persistedOperations: PersistedOperations): OperationText {
  const parameters = operationParameters(request)
  const text = parameters && persistedOperations.resolveText(parameters)
  if (!parameters || text === undefined) return { text, byHash: false }
  const byHash = text !== parameters.query
  // Apollo refuses every request with the extension of its persisted queries.
  if (byHash || hasPersistedQuery(parameters.extensions)) {
    const { documentId, extensions, ...rest } = parameters
    if (request.method === 'GET') request.raw.url = urlWithText(request, { ...rest, query: text })
    else request.body = { ...rest, query: text }
  }
  return { text, byHash }
}

/** A new URL, because Apollo and graphql-sse parse the URL of the request themselves. */
function urlWithText({ url }: FastifyRequest, parameters: Record<string, unknown>): string {
  const pairs = Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)])
  return `${url.split('?', 1)[0]}?${new URLSearchParams(pairs)}`
}
