import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { createApp } from './app.js'
import type { Config } from './config.js'
import { systemClock } from './core/clock.js'
import { StartError } from './core/errors.js'
import { connect } from './database/client.js'
import { requireMigrated } from './database/migrations.js'
import { isEmpty, loadDemoData } from './demo/demo-data.js'
import { demoTokens } from './demo/demo-tokens.js'
import { graphQLSchema } from './graphql/schema.js'
import { loadLogo } from './invoices/logo.js'
import { Renderer } from './invoices/renderer.js'
import { createLogger } from './logger.js'
import { BillingFlag } from './settings/billing-flag.js'

/** Undoes one step of the start. */
export type Close = () => Promise<void>

const OLDEST_POSTGRES = 150_000

/** What can be made before there is a database, while it comes up. */
export function prepare(): void {
  graphQLSchema()
}

/** Puts a server on a database that is up. @param closing  gets what undoes each step, in the order of the steps */
export async function serve(config: Config, connection: pg.PoolConfig, closing: Close[]): Promise<void> {
  const log = createLogger(config.logLevel)
  const connections = connect({ ...connection, max: config.poolSize }, log)
  closing.push(() => connections.close())
  const { db, pool } = connections
  if (config.databaseUrl) await requireSuitable(pool)
  await requireMigrated(pool)
  const flag = new BillingFlag(pool, config.billing.enabled, log)
  const services = { db, clock: systemClock, config, flag }
  if (config.demoData && (await isEmpty(pool))) await loadDemoData(services)
  await flag.start()
  closing.push(async () => flag.stop())
  const renderer = new Renderer({ logo: await loadLogo(config.invoices.logoPath, log), log })
  closing.push(() => renderer.close())
  const app = await createApp({ services, pool, renderer, log })
  closing.push(() => app.close())
  await listen(app, config)
  await announce(app, config)
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
