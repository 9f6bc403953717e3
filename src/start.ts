import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'
import type { PoolConfig } from 'pg'
import { closeAll } from './closing.js'
import { type Config, parseConfig } from './config/config.js'
import { embeddedConnections } from './config/workers.js'
import { StartError } from './core/errors.js'
import type { Logger } from './core/logger.js'
import { withDemo } from './demo/with-demo.js'
import { assertAddressAvailable } from './listen.js'
import { loadServer } from './load-server.js'
import { type DatabaseAccess, databaseAccess } from './platform/postgres/database-access.js'
import { dataDirProblem } from './platform/postgres/embedded/data-dir.js'
import { PostgresGuard } from './platform/postgres/embedded/postmaster.js'
import { startEmbeddedPostgres } from './platform/postgres/embedded/server.js'
import { migrate } from './platform/postgres/migrations.js'
import { WorkerProcesses } from './platform/processes/worker-processes.js'
import type { CloseStep } from './services.js'

/** Under npm, Ctrl-C arrives twice: from the terminal, and from npm, which forwards it. */
const REPEATED_SIGNAL_MS = 1000
/** In the bundle and in dist/, main.js is next to this file. */
const MAIN = fileURLToPath(new URL('./main.js', import.meta.url))

interface RunningServer {
  closing: CloseStep[]
  guard: PostgresGuard
  signal: AbortSignal
  /** Reports that the server cannot continue. */
  fail: (error: Error) => void
  /** Receives what ends the worker processes at once. */
  onForce: (kill: () => void) => void
}

/** Starts the server. On SIGTERM or Ctrl-C, reverts the completed steps in reverse order. */
export async function start(): Promise<void> {
  const stopping = new AbortController()
  const guard = new PostgresGuard()
  const closing: CloseStep[] = []
  let killWorkers: () => void = () => undefined
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= closeAll(closing)
    return closed
  }
  const fail = async (error: unknown) => {
    if (stopping.signal.aborted) return
    stopping.abort()
    await close().catch(() => undefined)
    console.error(error instanceof StartError ? error.message : error)
    process.exitCode = 1
  }
  const onForce = (kill: () => void) => {
    killWorkers = kill
  }
  const starting = runServer({ closing, guard, signal: stopping.signal, fail: (error) => void fail(error), onForce })
  const stop = async () => {
    stopping.abort()
    // Finish the current step first, so that no statement of a migration is cut off.
    await starting.catch(() => undefined)
    await close()
  }
  const force = () => {
    killWorkers()
    guard.stopImmediately()
  }
  stopOnSignals(stop, force)
  await starting.catch(fail)
}

async function runServer(server: RunningServer): Promise<void> {
  const parsed = parseConfig(process.env)
  try {
    const port = await assertAddressAvailable(parsed)
    const config = await withDemo(parsed)
    // A process of another program's cluster, such as pm2, cannot have worker processes.
    if (config.workers > 1 && cluster.isPrimary) await startWorkers({ ...config, port }, server)
    else await startAlone(config, server)
  } catch (error) {
    throw dataDirProblem(error, parsed.dataDir) ?? error
  }
}

async function startAlone(config: Config, server: RunningServer): Promise<void> {
  const { closing, signal } = server
  // PostgreSQL starts in its own process while Node.js loads the server.
  const steps = [openDatabase(config, server), loadServer()] as const
  // If one fails, wait for the other one, so that it can be stopped too.
  await Promise.allSettled(steps)
  const [{ access: database }, startServer] = await Promise.all(steps)
  signal.throwIfAborted()
  await startServer(config, { database, closing, signal })
}

/** This process holds the database and replaces worker processes that end; the worker processes do everything else. */
async function startWorkers(config: Config, server: RunningServer): Promise<void> {
  const { closing, signal, fail, onForce } = server
  const { workers: count, port, logLevel } = config
  // The first one loads the server while PostgreSQL starts.
  const workers = new WorkerProcesses({ count, script: MAIN, port, log: () => loadLogger(logLevel), onGiveUp: fail })
  onForce(() => workers.kill())
  const { embedded } = await openDatabase(config, server).catch((error: unknown) => {
    workers.kill()
    throw error
  })
  closing.push(() => workers.stop())
  signal.throwIfAborted()
  await workers.start(embedded)
}

/** This process logs almost nothing, so it loads the logger when it needs it. */
async function loadLogger(level: string): Promise<Logger> {
  const { createLogger } = await import('./config/logger.js')
  return createLogger(level)
}

interface OpenDatabase {
  access: DatabaseAccess
  /** The connection of the embedded database, empty if DATABASE_URL is set. */
  embedded: PoolConfig
}

/** Returns the database of DATABASE_URL, or starts and migrates the embedded PostgreSQL. */
async function openDatabase(config: Config, { closing, guard, signal }: RunningServer): Promise<OpenDatabase> {
  const { database, dataDir } = config
  if (database.url) return { access: databaseAccess(database), embedded: {} }
  const settings = { max_connections: String(embeddedConnections(config)) }
  const { connection: embedded, stop } = await startEmbeddedPostgres({ dataDir, guard, signal, settings })
  closing.push(stop)
  signal.throwIfAborted()
  const access = databaseAccess(database, embedded)
  await migrate(access.migrations, { schema: access.schema, report: console.error, signal })
  return { access, embedded }
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
    process.exit(failure ? 1 : (process.exitCode ?? 0))
  }
  // Replaces the handlers of scripts/quittance.mjs. SIGHUP means that the terminal was closed.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.removeAllListeners(signal).on(signal, onSignal)
}
