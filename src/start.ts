import { type Config, parseConfig } from './config/config.js'
import { StartError } from './core/errors.js'
import { withDemoCheckout } from './demo/demo-checkout.js'
import { withSecret } from './demo/demo-secret.js'
import { withDemoSeller } from './demo/demo-seller.js'
import { assertAddressAvailable } from './listen.js'
import { type DatabaseAccess, databaseAccess } from './platform/postgres/database-access.js'
import { dataDirProblem } from './platform/postgres/embedded/data-dir.js'
import { PostgresGuard } from './platform/postgres/embedded/postmaster.js'
import { startEmbeddedPostgres } from './platform/postgres/embedded/server.js'
import { migrate } from './platform/postgres/migrations.js'
import type { CloseStep } from './services.js'

/** Under npm, Ctrl-C arrives twice: from the terminal, and from npm, which forwards it. */
const REPEATED_SIGNAL_MS = 1000

interface RunningServer {
  closing: CloseStep[]
  guard: PostgresGuard
  signal: AbortSignal
}

/** Starts the server. On SIGTERM or Ctrl-C, reverts the completed steps in reverse order. */
export async function start(): Promise<void> {
  const stopping = new AbortController()
  const guard = new PostgresGuard()
  const closing: CloseStep[] = []
  const starting = runServer({ closing, guard, signal: stopping.signal })
  const stop = async () => {
    stopping.abort()
    // Finish the current step first, so that no statement of a migration is cut off.
    await starting.catch(() => undefined)
    await closeAll(closing)
  }
  stopOnSignals(stop, () => guard.stopImmediately())
  await starting.catch(async (error: unknown) => {
    if (stopping.signal.aborted) return
    await closeAll(closing).catch(() => undefined)
    console.error(error instanceof StartError ? error.message : error)
    process.exitCode = 1
  })
}

async function runServer({ closing, guard, signal }: RunningServer): Promise<void> {
  const parsed = parseConfig(process.env)
  try {
    await assertAddressAvailable(parsed)
    const config = withDemoCheckout(withDemoSeller(await withSecret(parsed)))
    // PostgreSQL starts in its own process while Node.js loads the server.
    const steps = [openDatabase(config, { closing, guard, signal }), loadServer()] as const
    // If one fails, wait for the other one, so that it can be stopped too.
    await Promise.allSettled(steps)
    const [database, startServer] = await Promise.all(steps)
    signal.throwIfAborted()
    await startServer(config, { database, closing, signal })
  } catch (error) {
    throw dataDirProblem(error, parsed.dataDir) ?? error
  }
}

async function loadServer() {
  const { warmUp, startServer } = await import('./server.js')
  warmUp()
  return startServer
}

/** Returns the database of DATABASE_URL, or starts and migrates the embedded PostgreSQL. */
async function openDatabase({ database, dataDir }: Config, { closing, guard, signal }: RunningServer): Promise<DatabaseAccess> {
  if (database.url) return databaseAccess(database)
  const { connection, stop } = await startEmbeddedPostgres({ dataDir, guard, signal })
  closing.push(stop)
  signal.throwIfAborted()
  const access = databaseAccess(database, connection)
  await migrate(access.migrations, { schema: access.schema, report: console.error, signal })
  return access
}

/** Runs every close step, even if another one fails. @throws the first failure */
async function closeAll(closing: CloseStep[]): Promise<void> {
  const failures: unknown[] = []
  for (const close of closing.splice(0).reverse()) await close().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}

/**
 * The first signal stops the server gracefully and exits with 0. Another one, at least a second later, stops
 * PostgreSQL immediately and exits with 1.
 */
function stopOnSignals(stop: () => Promise<void>, force: () => void): void {
  let stoppingSince: number | undefined
  const onSignal = async () => {
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince < REPEATED_SIGNAL_MS) return
      force()
      process.exit(1)
    }
    stoppingSince = performance.now()
    const failure = await stop().then(
      () => undefined,
      (error: unknown) => error,
    )
    if (failure) console.error(failure)
    process.exit(failure ? 1 : 0)
  }
  // Replaces the handlers of scripts/quittance.mjs. SIGHUP means that the terminal was closed.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.removeAllListeners(signal).on(signal, onSignal)
}
