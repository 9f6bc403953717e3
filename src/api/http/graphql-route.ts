import { createHash } from 'node:crypto'
import type { ApolloServer } from '@apollo/server'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fresh from 'fresh'
import { startMeasurement } from '../../core/instrumentation.js'
import { isAdministrator, RequestContext } from '../../modules/identity/index.js'
import type { Services } from '../../modules/services.js'
import type { RateLimiter } from '../../platform/rate-limit/rate-limiter.js'
import { costExtension, maxCostOf } from '../graphql/cost-extension.js'
import type { PersistedOperations, RequestParameters } from '../graphql/persisted-operations.js'
import type { SeenOperations } from '../graphql/seen-operations.js'
import { consumePoints, type RateLimitSubject } from '../rate-limit-policy.js'
import type { Authenticate } from './authenticate.js'
import { chargeParsing } from './charge-parsing.js'
import type { ExplorerPage } from './explorer-page.js'
import type { AcceptWebSocket } from './graphql-ws-endpoint.js'
import { operationParameters, resolveOperationText } from './operation-text.js'
import { logOperation } from './request-logging.js'
import { type CachedResponse, cacheKeyOf, ResponseCache, responseFor } from './response-cache.js'

const PUBLIC_MAX_AGE_SECONDS = 30

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether shared caches may store the response. Undefined until an operation has been received. */
    cacheScope: 'shared' | 'private' | undefined
  }
}

interface GraphQLRouteOptions {
  apollo: ApolloServer<RequestContext>
  seenOperations: SeenOperations
  services: Services
  authenticate: Authenticate
  explorer: ExplorerPage
  acceptWebSocket: AcceptWebSocket
  persistedOperations: PersistedOperations
  rateLimiter: RateLimiter
}

/**
 * POST /graphql, GET /graphql for queries, GET /graphql in a browser, which is the explorer, and GET /graphql
 * with an upgrade, which is a WebSocket.
 */
export function graphqlRoute(
  app: FastifyInstance,
  { apollo, seenOperations, services, authenticate, explorer, acceptWebSocket, persistedOperations, rateLimiter }: GraphQLRouteOptions,
): void {
  const cache = new ResponseCache(services)
  const sendCached = async (request: FastifyRequest, reply: FastifyReply, cached: CachedResponse, subject: RateLimitSubject) => {
    const { cost, operation, type } = cached
    const budget = await consumePoints(rateLimiter, subject, cost)
    startMeasurement('operation', { operation: 'cached response' })('ok', { cost })
    logOperation(request, operation)
    const isPublic = request.method === 'GET' || !subject.principal
    return reply.type(type).send(responseFor(cached, costExtension(subject, cost, budget, isPublic)))
  }
  const run = async (request: FastifyRequest, reply: FastifyReply, context: RequestContext) => {
    const parameters = request.method === 'POST' ? operationParameters(request) : undefined
    const operation = parameters && { ...parameters, accept: request.headers.accept }
    const seen = operation && (await seenOperations.run(operation, context))
    if (seen) {
      void reply.type(seen.type)
      return `${JSON.stringify(seen.result)}\n`
    }
    const payload = await fastifyApolloHandler(apollo, { context: async () => context }).call(app, request, reply)
    if (operation && reply.statusCode === 200) seenOperations.remember(operation, context, String(reply.getHeader('content-type')))
    return payload
  }
  app.decorateRequest('cacheScope')
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    onSend: (request, reply, payload, done) => {
      const isCacheable = request.method === 'GET' && typeof payload === 'string' && request.cacheScope
      done(null, isCacheable ? setCacheHeaders(request, reply, payload) : payload)
    },
    handler: async (request, reply) => {
      if (acceptWebSocket(request, reply)) return reply
      if (acceptsHtml(request)) return explorer.send(reply)
      const authenticated = await authenticate(request)
      const principal = authenticated?.principal
      const { text, byHash } = resolveOperationText(request, persistedOperations)
      request.cacheScope = byHash && !principal ? 'shared' : 'private'
      const cacheKey = isAdministrator(principal) ? undefined : cacheKeyOf(request)
      const subject = { principal, address: request.ip, services }
      const cached = cache.find(cacheKey, maxCostOf(subject))
      if (cached) return sendCached(request, reply, cached, subject)
      const context = new RequestContext(services, principal, request, { readOnly: authenticated?.isUnprovenCookie })
      const { response } = context
      await chargeParsing(rateLimiter, context, text)
      const { version } = services.planCache
      const payload = await run(request, reply, context)
      logOperation(request, response.operation)
      if (cacheKey && response.isCacheable && reply.statusCode === 200 && !hasErrors(String(payload))) {
        const { cost, costExtension, operation } = response
        const type = String(reply.getHeader('content-type'))
        cache.store(cacheKey, { payload: String(payload), type, operation, cost, costExtension }, version)
      }
      return payload
    },
  })
}

function acceptsHtml({ method, query, headers }: FastifyRequest): boolean {
  const { query: text, documentId, extensions } = query as RequestParameters
  const hasOperation = text || documentId || extensions
  return method === 'GET' && !hasOperation && Boolean(headers.accept?.includes('text/html'))
}

/**
 * Sets the cache headers of a query by GET. Shared caches may store the response of an anonymous persisted
 * operation for PUBLIC_MAX_AGE_SECONDS. Any other response may be stored only by the client, which must
 * revalidate it.
 */
function setCacheHeaders({ headers, cacheScope }: FastifyRequest, reply: FastifyReply, payload: string): string {
  const vary = reply.getHeader('vary')
  void reply.header('vary', vary ? `${vary}, accept, authorization, cookie` : 'accept, authorization, cookie')
  if (reply.statusCode !== 200 || hasErrors(payload)) {
    void reply.header('cache-control', 'no-store')
    return payload
  }
  const etag = `"${createHash('sha256').update(payload).digest('base64url').slice(0, 27)}"`
  const cacheControl = cacheScope === 'shared' ? `public, max-age=${PUBLIC_MAX_AGE_SECONDS}` : 'private, no-cache'
  void reply.header('etag', etag).header('cache-control', cacheControl)
  // The Cache-Control of the request is ignored: browsers add no-cache when a page sets If-None-Match, and it
  // is meant for caches.
  if (!fresh({ 'if-none-match': headers['if-none-match'] }, { etag })) return payload
  void reply.code(304)
  return ''
}

function hasErrors(payload: string): boolean {
  return payload.includes('"errors":[')
}
