import { createHash } from 'node:crypto'
import type { ApolloServer } from '@apollo/server'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fresh from 'fresh'
import { begin } from '../../core/instrumentation.js'
import { Context } from '../../modules/identity/index.js'
import type { Services } from '../../modules/services.js'
import type { CallerBudgets } from '../../platform/rate-limit/rate-limiter.js'
import type { Parameters, TrustedDocuments } from '../graphql/persisted-operations.js'
import { charge } from '../rate-limit-policy.js'
import type { Authenticate } from './authenticate.js'
import { admitDocument } from './charge-parsing.js'
import type { Explorer } from './explorer-page.js'
import { type TakenDocument, takeDocument } from './operation-text.js'
import { noteOperation } from './request-logging.js'
import { KeptAnswers, questionOf } from './response-cache.js'

/** For how long anybody may keep what everybody may see, seconds. */
const PUBLIC_SECONDS = 30

interface Asked extends TakenDocument {
  context: Context
}

interface GraphQLRoute {
  apollo: ApolloServer<Context>
  services: Services
  authenticate: Authenticate
  explorer: Explorer
  trusted: TrustedDocuments
  budgets: CallerBudgets
}

/** POST /graphql, GET /graphql for queries, and GET /graphql in a browser, which is the explorer. */
export function graphqlRoute(app: FastifyInstance, { apollo, services, authenticate, explorer, trusted, budgets }: GraphQLRoute): void {
  const asked = new WeakMap<FastifyRequest, Asked>()
  const answers = new KeptAnswers(services)
  const askedBy = (request: FastifyRequest) => asked.get(request) as Asked
  const run = fastifyApolloHandler(apollo, { context: async (request) => askedBy(request as FastifyRequest).context })
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    preHandler: async (request, reply) => {
      if (wantsPage(request)) return explorer.send(reply)
      const authenticated = await authenticate(request)
      const context = new Context(services, authenticated?.caller, request, { readOnly: authenticated?.isUnprovenCookie })
      asked.set(request, { context, ...takeDocument(request, trusted) })
    },
    onSend: async (request, reply, payload) => {
      const known = asked.get(request)
      if (request.method !== 'GET' || typeof payload !== 'string' || !known) return payload
      return cacheable(request, reply, payload, known.byHash && known.context.sender === undefined)
    },
    handler: async (request, reply) => {
      const { context, text } = askedBy(request)
      const { sender, answer } = context
      const question = sender === undefined ? questionOf(request) : undefined
      const kept = answers.find(question)
      if (kept) {
        await charge(budgets, context, kept.cost)
        begin('operation', { operation: 'kept answer' })('ok', { cost: kept.cost })
        return reply.type(kept.type).send(kept.payload)
      }
      await admitDocument(budgets, context, text)
      const { version } = services.catalogue
      const payload = await run.call(app, request, reply)
      noteOperation(request, answer.operation)
      if (question && answer.isCatalogue && reply.statusCode === 200 && !hasErrors(String(payload))) {
        const type = String(reply.getHeader('content-type'))
        answers.keep(question, { payload: String(payload), type, cost: answer.cost }, version)
      }
      return payload
    },
  })
}

function wantsPage({ method, query, headers }: FastifyRequest): boolean {
  const { query: document, documentId, extensions } = query as Parameters
  const asksNothing = !document && !documentId && !extensions
  return method === 'GET' && asksNothing && Boolean(headers.accept?.includes('text/html'))
}

/**
 * A query by GET. What strangers are answered to a trusted document may be kept for a moment by anybody; everything else only by
 * who asked, and compared before it is used again.
 */
function cacheable(request: FastifyRequest, reply: FastifyReply, payload: string, isPublic: boolean): string {
  const vary = reply.getHeader('vary')
  void reply.header('vary', vary ? `${vary}, accept, authorization, cookie` : 'accept, authorization, cookie')
  if (reply.statusCode !== 200 || hasErrors(payload)) {
    void reply.header('cache-control', 'no-store')
    return payload
  }
  const etag = `"${createHash('sha256').update(payload).digest('base64url').slice(0, 27)}"`
  void reply.header('etag', etag).header('cache-control', isPublic ? `public, max-age=${PUBLIC_SECONDS}` : 'private, no-cache')
  // Without the request's Cache-Control, which is for caches: browsers add no-cache to a condition that a page has set.
  if (!fresh({ 'if-none-match': request.headers['if-none-match'] }, { etag })) return payload
  void reply.code(304)
  return ''
}

function hasErrors(payload: string): boolean {
  return payload.includes('"errors":[')
}
