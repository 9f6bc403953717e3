import fastifyCors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import type { Origins } from './allowed-origins.js'
import { API_VERSION_HEADER } from './api-version.js'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE']
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
export async function installCors(app: FastifyInstance, origins: Origins): Promise<void> {
  await app.register(fastifyCors, {
    delegator: (request, done) => {
      const { origin } = request.headers
      if (origin === undefined || !origins.isAllowed(origin) || ROUTES_WITHOUT_CORS.test(request.url)) return done(null, { origin: false })
      done(null, {
        origin,
        methods: METHODS,
        allowedHeaders: ALLOWED_HEADERS,
        exposedHeaders: EXPOSED_HEADERS,
        maxAge: MAX_AGE_SECONDS,
        credentials: origins.isListed(origin),
      })
    },
  })
}
