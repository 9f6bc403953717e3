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
import type { FindUnprintable } from './core/glyph-coverage.js'
import { isEmpty, loadDemoData } from './demo/demo-data.js'
import { DEMO_TOKEN_HOURS, demoAddress, signsDemoTokens } from './demo/demo-tokens.js'
import { ReplaceableDemo } from './demo/replaceable-demo.js'
import { addressProblem } from './listen.js'
import { PlanCatalogue } from './modules/catalog/index.js'
import { createDocumentStore, Documents, loadLogo, Renderer } from './modules/invoicing/index.js'
import { LiveUpdates } from './modules/live/index.js'
import { withPayments } from './modules/payments/index.js'
import type { Services } from './modules/services.js'
import { BillingFlag } from './modules/settings/index.js'
import { EventDispatcher } from './modules/webhooks/index.js'
import { runJobs } from './platform/jobs/worker.js'
import { findUnprintableWith } from './platform/pdf/missing-glyphs.js'
import { connect } from './platform/postgres/client.js'
import { requireMigrated } from './platform/postgres/migrations.js'
import { Replica } from './platform/postgres/read-replica.js'
import { requireSuitable } from './platform/postgres/server-version.js'
import { hearDatabase } from './server-notifications.js'
import { CRONTAB, createTasks } from './tasks.js'

/** Undoes one step of the start. */
export type Close = () => Promise<void>

/** A character for which every font has to be opened. */
const BEYOND_OUR_FONTS = '中'

/** What can be made before there is a database, while it comes up. */
export function prepare(): void {
  graphQLSchema()
}

interface Place {
  /** Of a database that is up. */
  connection: pg.PoolConfig
  /** Gets what undoes each step, in the order of the steps. */
  closing: Close[]
  /** Aborted when the server has to stop before it has started. */
  signal: AbortSignal
}

/** Puts a server on a database. */
export async function serve(config: Config, { connection, closing, signal }: Place): Promise<void> {
  const log = createLogger(config.logLevel)
  warnOfMissingSeller(config, log)
  const connections = connect({ ...connection, max: config.poolSize }, log)
  closing.push(() => connections.close())
  const { db, pool } = connections
  if (config.databaseUrl) await requireSuitable(pool)
  await requireMigrated(pool)
  // In production time is the machine's; elsewhere administrators can move it.
  const clock = config.production ? systemClock : new MovableClock()
  const flag = new BillingFlag(pool, config.billing.enabled, log, clock)
  const findUnprintable = findUnprintableWith(config.invoices.fonts)
  await requireReadableIssuer(config, findUnprintable)
  const replica = await openReplica(config, log, closing)
  const live = new LiveUpdates(db, log)
  const catalogue = new PlanCatalogue(db)
  const demo = config.production ? null : new ReplaceableDemo()
  const services = withPayments({ db, rows: connections.rows, replica, clock, config, flag, findUnprintable, live, catalogue, demo })
  if (config.demoData && (await isEmpty(pool))) await loadDemoData(services)
  signal.throwIfAborted()
  await flag.start()
  closing.push(async () => flag.stop())
  const kit = { logo: await loadLogo(config.invoices.logoPath, log), fonts: config.invoices.fonts }
  const renderer = new Renderer({ kit, log })
  closing.push(() => renderer.close())
  const documents = new Documents({ db, clock, renderer, store: await createDocumentStore(config) })
  const app = await createApp({ services, pool, documents, log, tokenClock: systemClock })
  closing.push(() => app.close())
  closing.push(startEvents({ services, live, catalogue, connection, log }))
  signal.throwIfAborted()
  await listen(app, config)
  await announce(app, config)
  closing.push(runJobs({ connection, tasks: createTasks({ services, documents, log }), crontab: CRONTAB, log }))
}

function warnOfMissingSeller({ production, invoices: { missingSeller } }: Config, log: Logger): void {
  if (!production || missingSeller.length === 0) return
  log.warn({ missing: missingSeller }, 'invoices lack details of the seller and cannot be corrected later: set the missing variables')
}

async function openReplica({ replicaUrl, poolSize }: Config, log: Logger, closing: Close[]): Promise<Replica | null> {
  if (!replicaUrl) return null
  const replica = new Replica({ connectionString: replicaUrl, max: poolSize }, log)
  closing.push(() => replica.stop())
  await replica.start()
  return replica
}

interface Events {
  services: Services
  live: LiveUpdates
  catalogue: PlanCatalogue
  connection: pg.ClientConfig
  log: Logger
}

/** Events to endpoints and changes to who watches, as the database tells of them. */
function startEvents({ services, live, catalogue, connection, log }: Events): Close {
  const dispatcher = new EventDispatcher(services, connection, log)
  const notifications = hearDatabase({ connection, log, live, catalogue, demo: services.demo, onDeliveries: () => dispatcher.look() })
  dispatcher.start()
  void notifications.start()
  return async () => {
    await notifications.stop()
    await dispatcher.stop()
  }
}

/** The operator's fonts open, and the seller's own name and address can be written with them. */
async function requireReadableIssuer({ invoices: { issuer, fonts } }: Config, find: FindUnprintable): Promise<void> {
  if (fonts.length > 0) {
    await find(BEYOND_OUR_FONTS).catch((error: Error) => {
      throw new StartError(`INVOICE_FONTS: ${error.message}`)
    })
  }
  for (const [part, text] of Object.entries(issuer)) {
    const character = await find(text)
    if (character)
      throw new StartError(`${part} of the seller: "${character}" of "${text}" is in no font; name one that has it in INVOICE_FONTS`)
  }
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<void> {
  await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    throw addressProblem(error, { host, port }) ?? error
  })
}

/** What to do next, in the terminal; under production rules one line of log. */
async function announce(app: FastifyInstance, config: Config): Promise<void> {
  const { port } = app.server.address() as AddressInfo
  config.publicUrl ??= `http://localhost:${port}`
  if (config.production) return app.log.info({ url: config.publicUrl }, 'listening')
  console.log(`
Quittance is ready.

  Explorer   ${signsDemoTokens(config) ? await demoAddress(config, systemClock) : `${config.publicUrl}/graphql`}

${signIn(config)}

  Ctrl-C stops it.
`)
}

function signIn(config: Config): string {
  if (signsDemoTokens(config)) {
    return `  This address signs you in as administrator (user 1) for ${DEMO_TOKEN_HOURS} hours. A token for curl:
  npm run --silent token -- --user 55`
  }
  if (config.auth.jwksUrl) return '  Sign in with a token of your identity provider.'
  return `  Sign in with a token. An administrator's:
  npm run token -- --user 1 --role admin`
}
