import cors from 'cors'
import type { FastifyInstance } from 'fastify'
import type { Origins } from './allowed-origins.js'
import { API_VERSION_HEADER } from './api-version.js'

const METHODS = 'GET, HEAD, POST, PUT, DELETE'
const ALLOWED_HEADERS = [
  'accept',
  'apollo-require-preflight',
  'authorization',
  'content-type',
  'idempotency-key',
  'if-none-match',
  'range',
  'traceparent',
  'x-request-id',
]
const EXPOSED_HEADERS = ['accept-ranges', 'content-disposition', 'content-range', 'etag', 'retry-after', API_VERSION_HEADER, 'x-request-id']
const MAX_AGE_SECONDS = 7200
/** Routes for the operator, the payment provider, and this server's own pages. */
const ROUTES_WITHOUT_CORS = /^\/(metrics|livez|readyz|webhooks|sandbox|change-plan|portal|admin\/session|pages)(\/|\?|$)/

/**
 * Allows pages of other origins to use the API: GraphQL, REST, event streams, PDFs and exports, errors
 * included. A response to an origin that is not allowed has no CORS header, so the browser hides it from the
 * page.
 * Source: Fetch standard, "CORS protocol".
 */
export function installCors(app: FastifyInstance, origins: Origins): void {
  const allow = allowOriginOfRequest(false)
  const allowWithCookie = allowOriginOfRequest(true)
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers
    reply.raw.setHeader('vary', 'Origin')
    if (origin === undefined || !origins.isAllowed(origin) || ROUTES_WITHOUT_CORS.test(request.url)) done()
    else if (origins.isListed(origin)) allowWithCookie(request.raw, reply.raw, done)
    else allow(request.raw, reply.raw, done)
  })
  app.options('*', (_request, reply) => {
    if (!reply.raw.hasHeader('access-control-allow-origin')) return reply.callNotFound()
    return reply.code(204).header('content-length', '0').send()
  })
}

function allowOriginOfRequest(credentials: boolean) {
  return cors({
    origin: true,
    credentials,
    methods: METHODS,
    allowedHeaders: ALLOWED_HEADERS.join(', '),
    exposedHeaders: EXPOSED_HEADERS.join(', '),
    maxAge: MAX_AGE_SECONDS,
    preflightContinue: true,
  })
}
