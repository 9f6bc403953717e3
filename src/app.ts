import fastifyCookie from '@fastify/cookie'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type pg from 'pg'
import { type Buckets, postgresBuckets } from './budgets/buckets.js'
import { CallerBudgets } from './budgets/caller-budgets.js'
import type { Config } from './config.js'
import type { Clock } from './core/clock.js'
import { requireMigrated } from './database/migrations.js'
import { demoRoutes } from './demo/demo-routes.js'
import { installExplorer } from './graphql/explorer.js'
import { graphQLSchema } from './graphql/schema.js'
import { createGraphQLServer } from './graphql/server.js'
import { loadTrustedDocuments } from './graphql/trusted-documents.js'
import { apiDocs } from './http/api-docs.js'
import { createAuthenticate } from './http/authenticate.js'
import { chargeWrongKeys, chargeWrongTokens } from './http/charge-credentials.js'
import { limitConnections, requestTimeouts } from './http/connection-limits.js'
import { installCors } from './http/cors.js'
import { drainOnClose } from './http/drain.js'
import { installErrorHandler, sendMalformedUrl } from './http/errors.js'
import { exportRoute } from './http/export-route.js'
import { graphqlRoute } from './http/graphql-route.js'
import { healthRoutes } from './http/health-routes.js'
import { invoiceRoutes } from './http/invoice-routes.js'
import { metricsRoute } from './http/metrics-route.js'
import { observeRequests, requestIds } from './http/observe-requests.js'
import { allowedOrigins } from './http/origins.js'
import { restRoutes } from './http/rest/rest-routes.js'
import { createRunDocument } from './http/rest/run-document.js'
import { sandboxRoutes } from './http/sandbox-routes.js'
import { installSecurityHeaders } from './http/security-headers.js'
import { streamRoute } from './http/stream-route.js'
import { warnOfProxies } from './http/warn-of-proxies.js'
import { webhookRoute } from './http/webhook-route.js'
import { createFirstSight } from './identity/first-sight.js'
import { createTokenVerifier } from './identity/token.js'
import type { Documents } from './invoices/documents.js'
import { forgetIssued } from './invoices/find-document.js'
import type { Services } from './services.js'
import { createMetrics } from './telemetry/metrics.js'

/** A thousand users in one call fit. */
const MAX_BODY_BYTES = 1_048_576

interface Parts {
  services: Services
  pool: pg.Pool
  documents: Documents
  log: FastifyBaseLogger
  /** Tokens go by the real time, also where the clock of billing has been moved on. */
  tokenClock: Clock
}

/** Composes the edges: the one file that knows them all. The app does not listen yet. */
export async function createApp({ services, pool, documents, log, tokenClock }: Parts): Promise<FastifyInstance> {
  const { db, config } = services
  const budgets = new CallerBudgets({ buckets: await openBuckets(config, pool, log), clock: tokenClock, log })
  const traces = config.tracesEndpoint ? (await import('./telemetry/traces.js')).startTraces() : undefined
  const trusted = await loadTrustedDocuments(config)
  const apollo = createGraphQLServer({ schema: graphQLSchema(), config, budgets })
  await apollo.start()
  const app = Fastify({
    loggerInstance: log,
    bodyLimit: MAX_BODY_BYTES,
    logController: new LogController({ disableRequestLogging: true }),
    // Who still comes while it closes is served; the connection is closed with the answer.
    return503OnClosing: false,
    genReqId: requestIds(config.trustProxy),
    frameworkErrors: sendMalformedUrl,
    ...requestTimeouts(config),
    ...(config.trustProxy.length > 0 && { trustProxy: [...config.trustProxy] }),
  })
  const metrics = createMetrics({ services, pool, drawingsWaiting: () => documents.waiting })
  const origins = allowedOrigins(config)
  const authenticate = createAuthenticate({
    config,
    origins,
    verify: chargeWrongTokens(
      createTokenVerifier(config, tokenClock, { onProviderFailure: metrics.identityProviderFailed }),
      budgets,
      services,
    ),
    firstSight: createFirstSight(db, services.demo),
    findService: chargeWrongKeys(budgets, services),
  })
  services.demo?.onReplaced(() => {
    documents.forget()
    forgetIssued(db)
    void services.flag.look().catch((error: Error) => log.warn({ reason: error.message }, 'the settings could not be read'))
  })
  limitConnections(app, config)
  app.removeContentTypeParser('text/plain')
  observeRequests(app, traces)
  await installSecurityHeaders(app, config, origins)
  await installCors(app, origins)
  await app.register(fastifyCookie)
  drainOnClose(app)
  installErrorHandler(app)
  warnOfProxies(app, config)
  const explorer = installExplorer(app, config.explorer)
  graphqlRoute(app, { apollo, services, authenticate, explorer, trusted, budgets })
  streamRoute(app, { schema: graphQLSchema(), services, authenticate, tokenClock, budgets, trusted })
  invoiceRoutes(app, { services, authenticate, documents, budgets })
  const run = createRunDocument({ apollo, services, authenticate })
  await restRoutes(app, { run, services, currency: config.billing.currency })
  if (config.explorer) apiDocs(app)
  await webhookRoute(app, services)
  sandboxRoutes(app, services)
  exportRoute(app, { services, authenticate, documents })
  demoRoutes(app, { config, authenticate, tokenClock })
  metricsRoute(app, metrics, config)
  healthRoutes(app, () => requireMigrated(pool))
  app.addHook('onClose', async () => {
    await apollo.stop()
    await budgets.close()
    metrics.stop()
    await traces?.stop()
  })
  if (config.explorer) app.get('/', (_request, reply) => reply.redirect('/graphql'))
  return app
}

/** The client of Redis is loaded only where it is used. */
async function openBuckets({ rateLimit: { redisUrl } }: Config, pool: pg.Pool, log: FastifyBaseLogger): Promise<Buckets> {
  if (!redisUrl) return postgresBuckets(pool)
  const { redisBuckets } = await import('./budgets/redis-buckets.js')
  return redisBuckets(redisUrl, log)
}
