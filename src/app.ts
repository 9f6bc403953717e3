import fastifyCookie from '@fastify/cookie'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type pg from 'pg'
import { createGraphQLServer } from './api/graphql/apollo-server.js'
import { loadPersistedOperations } from './api/graphql/persisted-operations.js'
import { graphQLSchema } from './api/graphql/schema.js'
import { allowedOrigins } from './api/http/allowed-origins.js'
import { installApiVersion } from './api/http/api-version.js'
import { createAuthenticate } from './api/http/authenticate.js'
import { chargeInvalidKeys, chargeInvalidPageCookies, chargeInvalidTokens } from './api/http/charge-invalid-credentials.js'
import { respondToClientError } from './api/http/client-error.js'
import { type ConnectionTimeouts, limitConnections, requestTimeouts } from './api/http/connection-limits.js'
import { installCors } from './api/http/cors.js'
import { installErrorHandler, sendMalformedUrl } from './api/http/error-handler.js'
import { installExplorer } from './api/http/explorer-page.js'
import { exportRoutes } from './api/http/export-routes.js'
import { closeIdleConnectionsOnShutdown } from './api/http/graceful-shutdown.js'
import { graphqlRoute } from './api/http/graphql-route.js'
import { streamRoute } from './api/http/graphql-sse-route.js'
import { webSocketEndpoint } from './api/http/graphql-ws-endpoint.js'
import { healthRoutes } from './api/http/health-routes.js'
import { invoiceExportRoute } from './api/http/invoice-export-route.js'
import { invoiceRoutes } from './api/http/invoice-routes.js'
import { LiveStreams } from './api/http/live-streams.js'
import { metricsRoute } from './api/http/metrics-route.js'
import { installProxyWarning } from './api/http/proxy-warning.js'
import { installPublicPages } from './api/http/public-pages.js'
import { installRequestLogging, requestIds } from './api/http/request-logging.js'
import { installSecurityHeaders } from './api/http/security-headers.js'
import { createExecuteOperation } from './api/rest/execute-operation.js'
import { restRoutes } from './api/rest/rest-routes.js'
import { apiDocsRoutes } from './api/rest/swagger-ui.js'
import { createMetrics } from './api/telemetry/metrics.js'
import type { Config } from './config/config.js'
import type { Clock } from './core/clock.js'
import { demoMailRoutes } from './demo/demo-mail-routes.js'
import { demoRoutes } from './demo/demo-routes.js'
import { createTokenVerifier, createUserProvisioner } from './modules/identity/index.js'
import type { DocumentService } from './modules/invoicing/index.js'
import type { LoadMailLogo } from './modules/mail/index.js'
import { MODULES } from './modules/modules.js'
import type { Services } from './modules/services.js'
import type { Connections } from './platform/postgres/client.js'
import { installationName } from './platform/postgres/database-schema.js'
import { DatabaseReadiness } from './platform/postgres/readiness.js'
import type { ShareMetrics } from './platform/processes/messages.js'
import { createPostgresStore, type RateLimitStore } from './platform/rate-limit/postgres-store.js'
import { RateLimiter } from './platform/rate-limit/rate-limiter.js'

/** Enough for a thousand users in one request. */
const MAX_BODY_BYTES = 1_048_576

interface AppDependencies {
  services: Services
  connections: Connections
  documents: DocumentService
  log: FastifyBaseLogger
  /** The real time, which governs tokens even when the billing clock has been advanced. */
  tokenClock: Clock
  /** For the mails of a demo. */
  loadMailLogo?: LoadMailLogo
  /** Undefined if this is the only process of the server. */
  shareMetrics?: ShareMetrics | undefined
  /** Other timeouts than the usual ones. */
  timeouts?: ConnectionTimeouts | undefined
}

/** Assembles the HTTP app from all modules and routes. It does not listen yet. */
export async function createApp({
  services,
  connections,
  documents,
  log,
  tokenClock,
  loadMailLogo = async () => undefined,
  shareMetrics,
  timeouts,
}: AppDependencies): Promise<FastifyInstance> {
  const { db, config } = services
  const { pool } = connections
  const rateLimiter = new RateLimiter({ store: await createRateLimitStore(config, pool, log), clock: tokenClock, log })
  const traces = config.tracesEndpoint ? (await import('./platform/telemetry/tracing.js')).startTracing() : undefined
  const persistedOperations = await loadPersistedOperations(config)
  const { apollo, seenOperations } = createGraphQLServer({ schema: graphQLSchema(), config, rateLimiter })
  await apollo.start()
  const app = Fastify({
    loggerInstance: log,
    bodyLimit: MAX_BODY_BYTES,
    logController: new LogController({ disableRequestLogging: true }),
    // Serve requests that arrive during shutdown, with `Connection: close`.
    return503OnClosing: false,
    genReqId: requestIds(config.trustProxy),
    frameworkErrors: sendMalformedUrl,
    clientErrorHandler: respondToClientError,
    ...requestTimeouts(config, timeouts),
    ...(config.trustProxy.length > 0 && { trustProxy: [...config.trustProxy] }),
  })
  const metrics = createMetrics({ services, pool, queuedRenders: () => documents.queuedRenders, shareMetrics })
  const origins = allowedOrigins(config)
  const authenticate = createAuthenticate({
    config,
    origins,
    verifyToken: chargeInvalidTokens(
      createTokenVerifier(config, tokenClock, { onProviderFailure: metrics.identityProviderFailed }),
      rateLimiter,
      services,
    ),
    provisionUser: createUserProvisioner(db, services.demo),
    authenticateKey: chargeInvalidKeys(rateLimiter, services),
    authenticatePage: chargeInvalidPageCookies(rateLimiter, services),
  })
  services.demo?.onReplaced(() => {
    documents.invalidateCaches()
    services.planCache.invalidate()
    void services.flag.refresh().catch((error: Error) => log.warn({ reason: error.message }, 'settings could not be read'))
  })
  limitConnections(app, config)
  app.removeContentTypeParser('text/plain')
  installRequestLogging(app, traces)
  installSecurityHeaders(app, config, origins)
  installCors(app, origins)
  await app.register(fastifyCookie)
  installApiVersion(app)
  closeIdleConnectionsOnShutdown(app)
  installErrorHandler(app)
  installProxyWarning(app, config)
  installPublicPages(app, { services, rateLimiter })
  const explorer = installExplorer(app, config.explorer)
  const streams = new LiveStreams({ schema: graphQLSchema(), rateLimiter, tokenClock })
  const acceptWebSocket = webSocketEndpoint(app, { config, services, authenticate, origins, streams, persistedOperations })
  graphqlRoute(app, { apollo, seenOperations, services, authenticate, explorer, acceptWebSocket, persistedOperations, rateLimiter })
  streamRoute(app, { services, authenticate, streams, persistedOperations })
  invoiceRoutes(app, { services, authenticate, documents, rateLimiter })
  const run = createExecuteOperation({ apollo, seenOperations, services, authenticate })
  await restRoutes(app, { run, services, currency: config.billing.currency })
  if (config.explorer) apiDocsRoutes(app)
  for (const { routes } of MODULES) await routes?.(app, services)
  invoiceExportRoute(app, { services, authenticate, documents })
  exportRoutes(app, { services, authenticate, rateLimiter })
  demoRoutes(app, { config, authenticate, tokenClock })
  demoMailRoutes(app, services, loadMailLogo)
  if (config.pages.length > 0) {
    const { pageRoutes } = await import('./api/http/page-routes.js')
    await pageRoutes(app, services)
  }
  metricsRoute(app, metrics, config)
  const readiness = new DatabaseReadiness(connections)
  healthRoutes(app, () => readiness.check())
  app.addHook('onClose', async () => {
    await apollo.stop()
    await rateLimiter.close()
    metrics.stop()
    await traces?.stop()
  })
  if (config.explorer) app.get('/', (_request, reply) => reply.redirect('/graphql'))
  return app
}

/** Loads the Redis client only if it is used. */
async function createRateLimitStore(config: Config, pool: pg.Pool, log: FastifyBaseLogger): Promise<RateLimitStore> {
  const { database, rateLimit } = config
  const { redisUrl } = rateLimit
  if (!redisUrl) return createPostgresStore(pool)
  const { createRedisStore } = await import('./platform/rate-limit/redis-store.js')
  return createRedisStore(redisUrl, installationName(database.schema), log)
}
