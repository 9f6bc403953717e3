import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import type { Logger } from 'pino'
import { graphQLSchema } from './api/graphql/schema.js'
import { createApp } from './app.js'
import type { Config } from './config/config.js'
import { createLogger } from './config/logger.js'
import { MovableClock, systemClock } from './core/clock.js'
import { StartError } from './core/errors.js'
import type { FindMissingGlyph } from './core/glyph-coverage.js'
import { isDatabaseEmpty, loadDemoData } from './demo/demo-data.js'
import { DEMO_TOKEN_HOURS, demoAddress, signsDemoTokens } from './demo/demo-tokens.js'
import { ReplaceableDemo } from './demo/replaceable-demo.js'
import { addressProblem } from './listen.js'
import { CachedPlanCatalog } from './modules/catalog/index.js'
import { createDocumentStore, DocumentService, loadLogo, PdfRenderer } from './modules/invoicing/index.js'
import { DatabaseChangeFeed } from './modules/live/index.js'
import { withPayments } from './modules/payments/index.js'
import type { Services } from './modules/services.js'
import { RuntimeSettings } from './modules/settings/index.js'
import { WebhookDispatcher } from './modules/webhooks/index.js'
import { startWorker } from './platform/jobs/worker.js'
import { createMissingGlyphFinder } from './platform/pdf/missing-glyphs.js'
import { connect } from './platform/postgres/client.js'
import { assertMigrated } from './platform/postgres/migrations.js'
import { StreamingReplica } from './platform/postgres/read-replica.js'
import { assertSupportedServer } from './platform/postgres/server-version.js'
import { listenToDatabase } from './server-notifications.js'
import { CRONTAB, createTasks } from './tasks.js'

/** Reverts one step of the start. */
export type CloseStep = () => Promise<void>

/** A character that no bundled font has, so that looking it up opens every font. */
const GLYPH_OUTSIDE_BUNDLED_FONTS = '中'

/** Prepares what does not need the database while the database starts. */
export function warmUp(): void {
  graphQLSchema()
}

interface ListenOptions {
  /** Connection of a running database. */
  connection: pg.PoolConfig
  /** Receives one close step per completed step, in the same order. */
  closing: CloseStep[]
  /** Aborted when the server must stop during its start. */
  signal: AbortSignal
}

/** Starts the server on a running database. */
export async function startServer(config: Config, { connection, closing, signal }: ListenOptions): Promise<void> {
  const log = createLogger(config.logLevel)
  for (const line of config.deprecations) log.warn(line)
  warnAboutMissingSeller(config, log)
  const connections = connect({ ...connection, max: config.poolSize }, log)
  closing.push(() => connections.close())
  const { db, pool } = connections
  if (config.databaseUrl) await assertSupportedServer(pool)
  await assertMigrated(pool)
  // Outside production, administrators can advance the clock.
  const clock = config.production ? systemClock : new MovableClock()
  const flag = new RuntimeSettings(pool, config.billing.enabled, log, clock)
  const findMissingGlyph = createMissingGlyphFinder(config.invoices.fonts)
  await assertSellerIsPrintable(config, findMissingGlyph)
  const replica = await openReplica(config, log, closing)
  const live = new DatabaseChangeFeed(db, log)
  const catalogue = new CachedPlanCatalog(db)
  const demo = config.production ? null : new ReplaceableDemo()
  const services = withPayments({
    db,
    rawQuery: connections.rawQuery,
    replica,
    clock,
    config,
    flag,
    findMissingGlyph,
    changeFeed: live,
    planCache: catalogue,
    demo,
  })
  if (config.demoData && (await isDatabaseEmpty(pool))) await loadDemoData(services)
  signal.throwIfAborted()
  await flag.start()
  closing.push(async () => flag.stop())
  const assets = { logo: await loadLogo(config.invoices.logoPath, log), fonts: config.invoices.fonts }
  const renderer = new PdfRenderer({ assets, log })
  closing.push(() => renderer.close())
  const documents = new DocumentService({ db, clock, renderer, store: await createDocumentStore(config) })
  const app = await createApp({ services, pool, documents, log, tokenClock: systemClock })
  closing.push(() => app.close())
  closing.push(startDeliveries({ services, live, catalogue, connection, log }))
  signal.throwIfAborted()
  await listen(app, config)
  await printNextSteps(app, config)
  closing.push(startWorker({ connection, tasks: createTasks({ services, documents, log }), crontab: CRONTAB, log }))
}

function warnAboutMissingSeller({ production, invoices: { missingSeller } }: Config, log: Logger): void {
  if (!production || missingSeller.length === 0) return
  log.warn({ missing: missingSeller }, 'invoices lack details of the seller and cannot be corrected later; set the missing variables')
}

async function openReplica({ replicaUrl, poolSize }: Config, log: Logger, closing: CloseStep[]): Promise<StreamingReplica | null> {
  if (!replicaUrl) return null
  const replica = new StreamingReplica({ connectionString: replicaUrl, max: poolSize }, log)
  closing.push(() => replica.stop())
  await replica.start()
  return replica
}

interface DeliveryDependencies {
  services: Services
  live: DatabaseChangeFeed
  catalogue: CachedPlanCatalog
  connection: pg.ClientConfig
  log: Logger
}

/** Starts webhook delivery and GraphQL subscriptions, both driven by database notifications. */
function startDeliveries({ services, live, catalogue, connection, log }: DeliveryDependencies): CloseStep {
  const dispatcher = new WebhookDispatcher(services, connection, log)
  const notifications = listenToDatabase({ connection, log, live, catalogue, demo: services.demo, onDeliveries: () => dispatcher.poll() })
  dispatcher.start()
  void notifications.start()
  return async () => {
    await notifications.stop()
    await dispatcher.stop()
  }
}

/** Checks that the configured fonts open and can display the seller's details. @throws StartError */
async function assertSellerIsPrintable({ invoices: { issuer, fonts } }: Config, find: FindMissingGlyph): Promise<void> {
  if (fonts.length > 0) {
    await find(GLYPH_OUTSIDE_BUNDLED_FONTS).catch((error: Error) => {
      throw new StartError(`INVOICE_FONTS: ${error.message}`)
    })
  }
  for (const [part, text] of Object.entries(issuer)) {
    const character = await find(text)
    if (character)
      throw new StartError(`seller ${part}: no font can display "${character}" of "${text}"; add one that can to INVOICE_FONTS`)
  }
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<void> {
  await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    throw addressProblem(error, { host, port }) ?? error
  })
}

/** Prints the next steps to the terminal; under production rules, logs one line instead. */
async function printNextSteps(app: FastifyInstance, config: Config): Promise<void> {
  const { port } = app.server.address() as AddressInfo
  config.publicUrl ??= `http://localhost:${port}`
  if (config.production) return app.log.info({ url: config.publicUrl }, 'listening')
  console.log(`
Quittance is ready.

  Explorer   ${signsDemoTokens(config) ? await demoAddress(config, systemClock) : `${config.publicUrl}/graphql`}

${signInInstructions(config)}

  Ctrl-C stops it.
`)
}

function signInInstructions(config: Config): string {
  if (signsDemoTokens(config)) {
    return `  This address signs you in as administrator (user 1) for ${DEMO_TOKEN_HOURS} hours. To get a token for curl:
  npx quittance token --user 55`
  }
  if (config.auth.jwksUrl) return '  Sign in with a token of your identity provider.'
  return `  Sign in with a token. To get one for an administrator:
  npx quittance token --user 1 --role admin`
}
