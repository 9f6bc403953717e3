import { closeAll } from './closing.js'
import { type Config, parseConfig } from './config/config.js'
import { workerConfig } from './config/workers.js'
import { StartError } from './core/errors.js'
import { withDemo } from './demo/with-demo.js'
import { loadServer } from './load-server.js'
import { databaseAccess } from './platform/postgres/database-access.js'
import { dataDirProblem } from './platform/postgres/embedded/data-dir.js'
import type { WorkerTask } from './platform/processes/messages.js'
import { PrimaryProcess } from './platform/processes/primary-process.js'
import type { CloseStep } from './services.js'

interface RunningWorker {
  primary: PrimaryProcess
  closing: CloseStep[]
  signal: AbortSignal
}

/** Runs one of several worker processes, until the primary process or a signal stops it. */
export async function work(): Promise<void> {
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  const primary = new PrimaryProcess(stop)
  // A terminal and some supervisors signal every process. Then the primary process stops this one as well, which changes nothing.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop)
  const closing: CloseStep[] = []
  const config = workerConfig(parseConfig(process.env))
  const starting = serve(config, { primary, closing, signal: stopping.signal })
  stopping.signal.addEventListener('abort', () => void end(starting, closing))
  await starting.catch(async (error: unknown) => {
    if (stopping.signal.aborted) return
    await closeAll(closing).catch(() => undefined)
    await primary.failed(describe(dataDirProblem(error, config.dataDir) ?? error))
    process.exit(1)
  })
}

async function serve(parsed: Config, { primary, closing, signal }: RunningWorker): Promise<void> {
  const config = await withDemo(parsed)
  const startServer = await loadServer()
  const task = await untilAborted(primary.task, signal)
  const part = { ...task, shareMetrics: primary.shareMetrics }
  await startServer(config, { database: databaseAccess(config.database, task.embedded), closing, signal, part })
  primary.ready()
}

async function untilAborted(task: Promise<WorkerTask>, signal: AbortSignal): Promise<WorkerTask> {
  signal.throwIfAborted()
  const aborted = new Promise<never>((_done, fail) => signal.addEventListener('abort', () => fail(signal.reason)))
  return Promise.race([task, aborted])
}

/** Finishes the current step of the start first. */
async function end(starting: Promise<void>, closing: CloseStep[]): Promise<void> {
  await starting.catch(() => undefined)
  const failure = await closeAll(closing).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (failure) console.error(failure)
  process.exit(failure ? 1 : 0)
}

function describe(error: unknown): string {
  if (error instanceof StartError) return error.message
  return (error instanceof Error && error.stack) || String(error)
}
