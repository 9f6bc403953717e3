import type { ApolloServer } from '@apollo/server'
import type { FastifyRequest } from 'fastify'
import { DomainError, type ErrorCode } from '../../core/errors.js'
import { RequestContext } from '../../modules/identity/index.js'
import type { Services } from '../../modules/services.js'
import type { Authenticate } from '../http/authenticate.js'
import { logOperation } from '../http/request-logging.js'

interface ExecuteDependencies {
  apollo: ApolloServer<RequestContext>
  services: Services
  authenticate: Authenticate
}

/** Runs a stored GraphQL document for whoever sends the request. @throws DomainError with the code of the first error */
export type ExecuteOperation = <T>(request: FastifyRequest, document: string, variables?: Record<string, unknown>) => Promise<T>

/** What the REST routes are made of: they know neither rules nor rights, only documents and the shapes of answers. */
export function createExecuteOperation({ apollo, services, authenticate }: ExecuteDependencies): ExecuteOperation {
  return async (request, query, variables = {}) => {
    const authenticated = await authenticate(request)
    const readOnly = authenticated?.isUnprovenCookie && (services.config.production || isFromBrowser(request))
    const contextValue = new RequestContext(services, authenticated?.caller, request, { readOnly })
    const { body } = await apollo.executeOperation({ query, variables }, { contextValue })
    logOperation(request, contextValue.response.operation)
    if (body.kind !== 'single') throw new DomainError('INTERNAL_SERVER_ERROR', 'Something went wrong on our side')
    const { data, errors } = body.singleResult
    const [error] = errors ?? []
    if (!error) return data as never
    const { code, ...details } = error.extensions ?? {}
    throw new DomainError(code as ErrorCode, error.message, details)
  }
}

/**
 * In demo mode the REST routes accept a cookie without Origin: the documentation of the APIs that they replace shows curl with a
 * cookie, and those commands work as they stand. A browser sends Origin or Sec-Fetch headers, and is never excepted.
 */
function isFromBrowser({ headers }: FastifyRequest): boolean {
  return headers.origin !== undefined || Object.keys(headers).some((name) => name.startsWith('sec-fetch-'))
}

/** A page of the API, as a stored document asks for it. */
export interface Connection<T> {
  nodes: T[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}

const MAX_PAGES = 100

/** A whole list, of which the API knows pages: clients of the old API know none. */
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
