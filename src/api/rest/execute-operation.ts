import type { ApolloServer } from '@apollo/server'
import type { FastifyRequest } from 'fastify'
import { DomainError, INTERNAL_SERVER_ERROR, restoredError } from '../../core/errors.js'
import { RequestContext } from '../../modules/identity/index.js'
import type { Services } from '../../modules/services.js'
import { IN_PROCESS, type SeenOperations } from '../graphql/seen-operations.js'
import type { Authenticate } from '../http/authenticate.js'
import { logOperation } from '../http/request-logging.js'

interface ExecuteDependencies {
  apollo: ApolloServer<RequestContext>
  seenOperations: SeenOperations
  services: Services
  authenticate: Authenticate
}

/**
 * Runs a GraphQL operation as the principal of the request.
 * @throws DomainError with the code of the first error
 */
export type ExecuteOperation = <T>(request: FastifyRequest, operation: string, variables?: Record<string, unknown>) => Promise<T>

/** The REST routes contain no rules and no permission checks, only operations and response formats. */
export function createExecuteOperation({ apollo, seenOperations, services, authenticate }: ExecuteDependencies): ExecuteOperation {
  return async <T>(request: FastifyRequest, query: string, variables: Record<string, unknown> = {}) => {
    const authenticated = await authenticate(request)
    const readOnly = authenticated?.isUnprovenCookie && (services.config.production || isFromBrowser(request))
    const contextValue = new RequestContext(services, authenticated?.principal, request, { readOnly })
    const operation = { query, variables, accept: IN_PROCESS }
    const seen = await seenOperations.run(operation, contextValue)
    if (seen) {
      logOperation(request, contextValue.response.operation)
      return seen.result.data as T
    }
    const { body } = await apollo.executeOperation<T>({ query, variables }, { contextValue })
    logOperation(request, contextValue.response.operation)
    if (body.kind !== 'single') throw new DomainError(INTERNAL_SERVER_ERROR, 'Something went wrong on our side')
    const { data, errors } = body.singleResult
    const [error] = errors ?? []
    if (!error) {
      seenOperations.remember(operation, contextValue)
      return data as T
    }
    const { code, ...details } = error.extensions ?? {}
    throw restoredError(String(code), error.message, details)
  }
}

/**
 * In demo mode the REST routes accept a cookie without Origin, so that the curl commands in the documentation
 * of the replaced APIs work unchanged. Browsers send Origin or Sec-Fetch headers, so this exception never
 * applies to them.
 */
function isFromBrowser({ headers }: FastifyRequest): boolean {
  return headers.origin !== undefined || Object.keys(headers).some((name) => name.startsWith('sec-fetch-'))
}

/** A page as the REST operations select it. */
export interface Connection<T> {
  nodes: T[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}

const MAX_PAGES = 100

/** Reads all pages of a list, because clients of the old APIs do not know pages. Stops after MAX_PAGES. */
export async function fetchAllPages<T>(read: (after: string | null) => Promise<Connection<T>>): Promise<T[]> {
  const all: T[] = []
  let after: string | null = null
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { nodes, pageInfo }: Connection<T> = await read(after)
    all.push(...nodes)
    if (!pageInfo.hasNextPage) break
    after = pageInfo.endCursor
  }
  return all
}
