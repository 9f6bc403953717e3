import fastifyCookie from '@fastify/cookie'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type pg from 'pg'
import { type Buckets, postgresBuckets } from './budgets/buckets.js'
import { CallerBudgets } from './budgets/caller-budgets.js'
import type { Config } from './config.js'
import type { Clock } from './core/clock.js'
import { requireMigrated } from './database/migrations.js'
import { demoTokens } from './demo/demo-tokens.js'
import { installExplorer } from './graphql/explorer.js'
import { graphQLSchema } from './graphql/schema.js'
import { createGraphQLServer } from './graphql/server.js'
import { loadTrustedDocuments } from './graphql/trusted-documents.js'
import { apiDocs } from './http/api-docs.js'
import { createAuthenticate } from './http/authenticate.js'
import { chargeWrongKeys, chargeWrongTokens } from './http/charge-credentials.js'
import { limitConnections, requestTimeouts } from './http/connection-limits.js'
import { drainOnClose } from './http/drain.js'
import { installErrorHandler } from './http/errors.js'
import { exportRoute } from './http/export-route.js'
import { graphqlRoute } from './http/graphql-route.js'
import { healthRoutes } from './http/health-routes.js'
import { invoiceRoutes } from './http/invoice-routes.js'
import { metricsRoute } from './http/metrics-route.js'
import { observeRequests, requestId } from './http/observe-requests.js'
import { restRoutes } from './http/rest/rest-routes.js'
import { createRunDocument } from './http/rest/run-document.js'
import { sandboxRoutes } from './http/sandbox-routes.js'
import { streamRoute } from './http/stream-route.js'
import { webhookRoute } from './http/webhook-route.js'
import { createFirstSight } from './identity/first-sight.js'
import { createTokenVerifier } from './identity/token.js'
import type { Documents } from './invoices/documents.js'
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
    genReqId: requestId,
    ...requestTimeouts(config),
    ...(config.trustProxy.length > 0 && { trustProxy: [...config.trustProxy] }),
  })
  const authenticate = createAuthenticate({
    config,
    verify: chargeWrongTokens(createTokenVerifier(config, tokenClock), budgets, services),
    firstSight: createFirstSight(db),
    findService: chargeWrongKeys(budgets, services),
  })
  limitConnections(app, config)
  app.removeContentTypeParser('text/plain')
  await app.register(fastifyCookie)
  observeRequests(app, traces)
  drainOnClose(app)
  installErrorHandler(app)
  const explorer = installExplorer(app, config.production || !config.auth.secret ? undefined : () => demoTokens(config, tokenClock))
  graphqlRoute(app, { apollo, services, authenticate, explorer, trusted, budgets })
  streamRoute(app, { schema: graphQLSchema(), services, authenticate, tokenClock, budgets, trusted })
  invoiceRoutes(app, { services, authenticate, documents, budgets })
  await restRoutes(app, { run: createRunDocument({ apollo, services, authenticate }), services })
  await apiDocs(app)
  await webhookRoute(app, services)
  sandboxRoutes(app, services)
  exportRoute(app, { services, authenticate, documents })
  const metrics = createMetrics({ services, pool, drawingsWaiting: () => documents.waiting })
  metricsRoute(app, metrics, config)
  healthRoutes(app, () => requireMigrated(pool))
  app.addHook('onClose', async () => {
    await apollo.stop()
    await budgets.close()
    metrics.stop()
    await traces?.stop()
  })
  app.get('/', (_request, reply) => reply.redirect('/graphql'))
  return app
}

/** The client of Redis is loaded only where it is used. */
async function openBuckets({ rateLimit: { redisUrl } }: Config, pool: pg.Pool, log: FastifyBaseLogger): Promise<Buckets> {
  if (!redisUrl) return postgresBuckets(pool)
  const { redisBuckets } = await import('./budgets/redis-buckets.js')
  return redisBuckets(redisUrl, log)
}
