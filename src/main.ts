import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { createApp } from './app.js'
import { type Config, parseConfig } from './config.js'
import { systemClock } from './core/clock.js'
import { StartError } from './core/errors.js'
import { type Connections, connect } from './database/client.js'
import { startEmbeddedPostgres } from './database/embedded-postgres.js'
import { migrate, requireMigrated } from './database/migrations.js'
import { loadDemoData } from './demo/demo-data.js'
import { demoTokens } from './demo/demo-tokens.js'
import { withSecret } from './demo/demo-secret.js'
import { loadLogo } from './invoices/logo.js'
import { Renderer } from './invoices/renderer.js'
import { createLogger } from './logger.js'

const OLDEST_POSTGRES = 150_000

type Close = () => Promise<void>

/** Configuration, database, app, listen; and on SIGTERM or Ctrl-C the same way back. */
async function main(): Promise<void> {
  const closing: Close[] = []
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step()
  }
  const stop = stopOnSignals(close)
  try {
    const config = await withSecret(parseConfig(process.env))
    await start(config, closing)
  } catch (error) {
    await close().catch(() => undefined)
    if (stop.requested) return
    console.error(error instanceof StartError ? error.message : error)
    process.exitCode = 1
  }
}

async function start(config: Config, closing: Close[]): Promise<void> {
  const log = createLogger(config.logLevel)
  const connections = await openDatabase(config, closing, log)
  const renderer = new Renderer({
    logo: await loadLogo(config.invoices.logoPath, log),
    log,
    worker: new URL('./invoices/render.worker.js', import.meta.url),
  })
  closing.push(() => renderer.close())
  if (config.demoData) await loadDemoData({ db: connections.db, clock: systemClock, config })
  const app = await createApp({ config, clock: systemClock, connections, renderer, log })
  closing.push(() => app.close())
  await listen(app, config)
  await announce(app, config)
}

async function openDatabase(config: Config, closing: Close[], log: ReturnType<typeof createLogger>): Promise<Connections> {
  const connection = config.databaseUrl ? { connectionString: config.databaseUrl } : await openEmbedded(config, closing)
  const connections = connect({ ...connection, max: config.poolSize }, log)
  closing.push(() => connections.close())
  if (config.databaseUrl) await requireSuitable(connections.pool)
  await requireMigrated(connections.pool)
  return connections
}

async function openEmbedded(config: Config, closing: Close[]): Promise<pg.PoolConfig> {
  const { connection, stop } = await startEmbeddedPostgres({ dataDir: config.dataDir })
  closing.push(stop)
  await migrate(connection)
  return connection
}

async function requireSuitable(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query("SELECT current_setting('server_version_num')::int AS version").catch((error: Error) => {
    throw new StartError(`DATABASE_URL: the database cannot be reached: ${error.message}`)
  })
  if (rows[0].version < OLDEST_POSTGRES) throw new StartError('DATABASE_URL: PostgreSQL 15 or newer is needed')
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<void> {
  await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') throw new StartError(`PORT: ${port} is in use; choose another one, or 0 for any free one`)
    if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') throw new StartError(`HOST: ${host} is no address of this machine`)
    throw error
  })
}

/** What to do next, in the terminal; in production one line of log. */
async function announce(app: FastifyInstance, config: Config): Promise<void> {
  const { port } = app.server.address() as AddressInfo
  config.publicUrl ??= `http://localhost:${port}`
  if (config.production || !config.auth.secret) return app.log.info({ url: config.publicUrl }, 'listening')
  const { customer, administrator } = await demoTokens(config, systemClock)
  console.log(`
Quittance is ready.

  Explorer   ${config.publicUrl}/graphql

  Tokens for "Authorization: Bearer …", good for 30 days:
  customer (user 55)       ${customer}
  administrator (user 1)   ${administrator}

  Ctrl-C stops it.
`)
}

/** The first signal drains requests and stops what was started; a second one does not wait. */
function stopOnSignals(close: Close): { requested: boolean } {
  const stop = { requested: false }
  const onSignal = async () => {
    if (stop.requested) process.exit(1)
    stop.requested = true
    await close()
    process.exit(0)
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  return stop
}

await main()
