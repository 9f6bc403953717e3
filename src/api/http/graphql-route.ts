import { createHash } from 'node:crypto'
import type { ApolloServer } from '@apollo/server'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fresh from 'fresh'
import { startMeasurement } from '../../core/instrumentation.js'
import { RequestContext } from '../../modules/identity/index.js'
import type { Services } from '../../modules/services.js'
import type { RateLimiter } from '../../platform/rate-limit/rate-limiter.js'
import type { PersistedOperations, RequestParameters } from '../graphql/persisted-operations.js'
import { consumePoints } from '../rate-limit-policy.js'
import type { Authenticate } from './authenticate.js'
import { chargeParsing } from './charge-parsing.js'
import type { Explorer } from './explorer-page.js'
import { type OperationText, resolveOperationText } from './operation-text.js'
import { logOperation } from './request-logging.js'
import { cacheKeyOf, ResponseCache } from './response-cache.js'

/** For how long anybody may keep what everybody may see, seconds. */
const PUBLIC_MAX_AGE_SECONDS = 30

interface RequestState extends OperationText {
  context: RequestContext
}

interface GraphQLRouteOptions {
  apollo: ApolloServer<RequestContext>
  services: Services
  authenticate: Authenticate
  explorer: Explorer
  trusted: PersistedOperations
  budgets: RateLimiter
}

/** POST /graphql, GET /graphql for queries, and GET /graphql in a browser, which is the explorer. */
export function graphqlRoute(
  app: FastifyInstance,
  { apollo, services, authenticate, explorer, trusted, budgets }: GraphQLRouteOptions,
): void {
  const asked = new WeakMap<FastifyRequest, RequestState>()
  const answers = new ResponseCache(services)
  const askedBy = (request: FastifyRequest) => asked.get(request) as RequestState
  const run = fastifyApolloHandler(apollo, { context: async (request) => askedBy(request as FastifyRequest).context })
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    preHandler: async (request, reply) => {
      if (acceptsHtml(request)) return explorer.send(reply)
      const authenticated = await authenticate(request)
      const context = new RequestContext(services, authenticated?.caller, request, { readOnly: authenticated?.isUnprovenCookie })
      asked.set(request, { context, ...resolveOperationText(request, trusted) })
    },
    onSend: async (request, reply, payload) => {
      const known = asked.get(request)
      if (request.method !== 'GET' || typeof payload !== 'string' || !known) return payload
      return setCacheHeaders(request, reply, payload, known.byHash && known.context.principal === undefined)
    },
    handler: async (request, reply) => {
      const { context, text } = askedBy(request)
      const { principal: sender, response: answer } = context
      const question = sender === undefined ? cacheKeyOf(request) : undefined
      const kept = answers.find(question)
      if (kept) {
        await consumePoints(budgets, context, kept.cost)
        startMeasurement('operation', { operation: 'kept answer' })('ok', { cost: kept.cost })
        return reply.type(kept.type).send(kept.payload)
      }
      await chargeParsing(budgets, context, text)
      const { version } = services.planCache
      const payload = await run.call(app, request, reply)
      logOperation(request, answer.operation)
      if (question && answer.isCatalogue && reply.statusCode === 200 && !hasErrors(String(payload))) {
        const type = String(reply.getHeader('content-type'))
        answers.store(question, { payload: String(payload), type, cost: answer.cost }, version)
      }
      return payload
    },
  })
}

function acceptsHtml({ method, query, headers }: FastifyRequest): boolean {
  const { query: document, documentId, extensions } = query as RequestParameters
  const asksNothing = !document && !documentId && !extensions
  return method === 'GET' && asksNothing && Boolean(headers.accept?.includes('text/html'))
}

/**
 * A query by GET. What strangers are answered to a trusted document may be kept for a moment by anybody; everything else only by
 * who asked, and compared before it is used again.
 */
function setCacheHeaders(request: FastifyRequest, reply: FastifyReply, payload: string, isPublic: boolean): string {
  const vary = reply.getHeader('vary')
  void reply.header('vary', vary ? `${vary}, accept, authorization, cookie` : 'accept, authorization, cookie')
  if (reply.statusCode !== 200 || hasErrors(payload)) {
    void reply.header('cache-control', 'no-store')
    return payload
  }
  const etag = `"${createHash('sha256').update(payload).digest('base64url').slice(0, 27)}"`
  void reply.header('etag', etag).header('cache-control', isPublic ? `public, max-age=${PUBLIC_MAX_AGE_SECONDS}` : 'private, no-cache')
  // Without the request's Cache-Control, which is for caches: browsers add no-cache to a condition that a page has set.
  if (!fresh({ 'if-none-match': request.headers['if-none-match'] }, { etag })) return payload
  void reply.code(304)
  return ''
}

function hasErrors(payload: string): boolean {
  return payload.includes('"errors":[')
}
