import type pg from 'pg'
import { type Config, parseConfig } from './config.js'
import { StartError } from './core/errors.js'
import { startEmbeddedPostgres } from './database/embedded-postgres.js'
import { migrate } from './database/migrations.js'
import { withDemoCheckout } from './demo/demo-checkout.js'
import { withSecret } from './demo/demo-secret.js'
import { withDemoSeller } from './demo/demo-seller.js'
import type { Close } from './serve.js'

/** Configuration, database, app, listen; and on SIGTERM or Ctrl-C the same way back. */
async function main(): Promise<void> {
  const closing: Close[] = []
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step()
  }
  const stop = stopOnSignals(close)
  try {
    const config = withDemoCheckout(withDemoSeller(await withSecret(parseConfig(process.env))))
    // PostgreSQL comes up in its own process while Node is busy loading the server.
    const [connection, serve] = await Promise.all([openDatabase(config, closing), loadServer()])
    await serve(config, connection, closing)
  } catch (error) {
    await close().catch(() => undefined)
    if (stop.requested) return
    console.error(error instanceof StartError ? error.message : error)
    process.exitCode = 1
  }
}

async function loadServer() {
  const { prepare, serve } = await import('./serve.js')
  prepare()
  return serve
}

/** DATABASE_URL, or the embedded PostgreSQL: started and with every migration applied. */
async function openDatabase(config: Config, closing: Close[]): Promise<pg.PoolConfig> {
  if (config.databaseUrl) return { connectionString: config.databaseUrl }
  const { connection, stop } = await startEmbeddedPostgres({ dataDir: config.dataDir })
  closing.push(stop)
  await migrate(connection)
  return connection
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
