import cluster, { type Worker } from 'node:cluster'
import type { PoolConfig } from 'pg'
import { SECOND_MS } from '../../core/duration.js'
import { StartError } from '../../core/errors.js'
import type { Logger } from '../../core/logger.js'
import { Heartbeat } from './heartbeat.js'
import { closeLostConnection } from './lost-connections.js'
import type { MessageToPrimary, MessageToWorker } from './messages.js'
import { MetricsCollector } from './metrics-collector.js'
import { countFailures, mustGiveUp, restartDelay } from './restart.rules.js'

/** The parameter with which the primary process starts the others: `main.js worker 1`. */
export const WORKER_PARAMETER = 'worker'
/** The number of the one that runs the jobs. */
const JOBS_NUMBER = 1
/** A process that has not ended after this time is killed. It is longer than all steps of a shutdown together. */
const STOP_TIMEOUT_MS = 40 * SECOND_MS

/** They also reach the worker processes, and end one that has just started. */
const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP']

interface WorkerProcessesOptions {
  count: number
  /** The script to run, with the parameters "worker" and a number. */
  script: string
  port: number
  log: () => Promise<Logger>
  /** Called when no process starts any more. */
  onGiveUp: (error: Error) => void
}

/** One of the processes. It has the same number as the process that it replaces. */
interface Slot {
  readonly number: number
  worker: Worker | undefined
  heartbeat: Heartbeat | undefined
  isConnected: boolean
  readyAt: number | undefined
  /** How often in a row it has ended before it was stable. */
  failures: number
  /** Why it does not start. */
  reason: string | undefined
  replacement: NodeJS.Timeout | undefined
}

/**
 * The worker processes of a server, seen from the primary process. They share the port: the primary process accepts
 * connections and passes them to the workers in turn. A worker that ends or does not respond is replaced.
 */
export class WorkerProcesses {
  readonly #options: WorkerProcessesOptions
  readonly #slots: Slot[]
  readonly #metrics = new MetricsCollector()
  #embedded: PoolConfig | undefined
  #isStopping = false
  /** Settles the start of the first process. */
  #first: { ready: () => void; failed: (error: Error) => void } | undefined

  constructor(options: WorkerProcessesOptions) {
    this.#options = options
    this.#slots = Array.from({ length: options.count }, (_, index) => ({
      number: index + 1,
      worker: undefined,
      heartbeat: undefined,
      isConnected: false,
      readyAt: undefined,
      failures: 0,
      reason: undefined,
      replacement: undefined,
    }))
    this.#fork(this.#slots[0] as Slot)
  }

  /**
   * Lets the first process, which has loaded its modules in the meantime, serve requests, and starts the others when it is
   * ready: it checks the configuration and the database for all of them.
   * @throws StartError when the first process cannot start
   */
  async start(embedded: PoolConfig): Promise<void> {
    this.#embedded = embedded
    const [first, ...others] = this.#slots as [Slot, ...Slot[]]
    const ready = new Promise<void>((done, fail) => {
      this.#first = { ready: done, failed: fail }
    })
    if (!first.worker) throw startError(first, 'ended')
    this.#giveTask(first)
    await ready
    this.#first = undefined
    for (const slot of others) this.#fork(slot)
  }

  /** Lets all processes finish their requests and jobs. @throws an error that names a process which did not end well */
  async stop(): Promise<void> {
    this.#isStopping = true
    const failures = await Promise.all(this.#slots.map((slot) => stopSlot(slot)))
    const failure = failures.find((each) => each !== undefined)
    if (failure !== undefined) throw new Error(failure)
  }

  /** Ends all processes at once. */
  kill(): void {
    this.#isStopping = true
    for (const { worker } of this.#slots) worker?.process.kill('SIGKILL')
  }

  #fork(slot: Slot): void {
    const { script, port } = this.#options
    cluster.setupPrimary({ exec: script, args: [WORKER_PARAMETER, String(slot.number)] })
    const worker = cluster.fork({ PORT: String(port) })
    closeLostConnection(worker)
    slot.worker = worker
    slot.isConnected = false
    slot.readyAt = undefined
    slot.reason = undefined
    worker.on('message', (message: MessageToPrimary) => this.#receive(slot, worker, message))
    worker.on('error', () => undefined)
    worker.once('exit', (code: number | null, signal: string | null) => {
      slot.worker = undefined
      slot.heartbeat?.stop()
      this.#metrics.remove(worker.id)
      void this.#onExit(slot, signal ?? `exit code ${code}`)
    })
  }

  /** As soon as the process receives messages and the database is available. */
  #giveTask({ number, worker, isConnected }: Slot): void {
    if (!isConnected || !this.#embedded) return
    const isFirst = this.#first !== undefined
    send(worker, { type: 'start', task: { embedded: this.#embedded, number, runsJobs: number === JOBS_NUMBER, isFirst } })
  }

  #receive(slot: Slot, worker: Worker, message: MessageToPrimary): void {
    if (message.type === 'connected') {
      slot.isConnected = true
      slot.heartbeat = this.#observe(slot, worker)
      if (this.#isStopping) send(worker, { type: 'stop' })
      else this.#giveTask(slot)
    } else if (message.type === 'ready') {
      slot.readyAt = performance.now()
      this.#metrics.add(worker.id, (id) => send(worker, { type: 'reportMetrics', id }))
      this.#first?.ready()
    } else if (message.type === 'pong') slot.heartbeat?.receive()
    else if (message.type === 'failed') slot.reason = message.reason
    else if (message.type === 'collectMetrics')
      void this.#metrics.collect().then((snapshots) => send(worker, { type: 'metrics', id: message.id, snapshots }))
    else this.#metrics.receive(worker.id, message.id, message.snapshot)
  }

  /** Kills a process that does not respond, so that it is replaced. Its connections would wait for it forever. */
  #observe({ number }: Slot, worker: Worker): Heartbeat {
    const kill = async () => {
      // A shutdown has a timeout of its own.
      if (this.#isStopping) return
      worker.process.kill('SIGKILL')
      const log = await this.#options.log()
      log.warn({ worker: number, pid: worker.process.pid }, 'a worker process does not respond and is killed')
    }
    return new Heartbeat({ ping: () => send(worker, { type: 'ping' }), onLost: () => void kill() })
  }

  async #onExit(slot: Slot, ending: string): Promise<void> {
    if (this.#isStopping) return
    const isStarting = this.#embedded === undefined || this.#first !== undefined
    if (isStarting) return this.#first?.failed(startError(slot, ending))
    const readyMs = slot.readyAt === undefined ? undefined : performance.now() - slot.readyAt
    slot.readyAt = undefined
    slot.failures = countFailures(slot.failures, readyMs)
    const isAnyReady = this.#slots.some(({ readyAt }) => readyAt !== undefined)
    if (mustGiveUp(slot.failures, isAnyReady)) return this.#options.onGiveUp(startError(slot, ending))
    const delayMs = restartDelay(slot.failures)
    slot.replacement = setTimeout(() => this.#fork(slot), delayMs)
    const log = await this.#options.log()
    const details = { worker: slot.number, ending, delayMs, ...(slot.reason !== undefined && { reason: slot.reason }) }
    log.warn(details, 'a worker process has ended and is replaced')
  }
}

function startError({ number, reason }: Slot, ending: string): StartError {
  return new StartError(reason ?? `worker process ${number} has ended (${ending}) instead of starting`)
}

/** @returns a description of the failure */
async function stopSlot(slot: Slot): Promise<string | undefined> {
  clearTimeout(slot.replacement)
  const { worker, number } = slot
  if (!worker) return undefined
  const ended = new Promise<string | undefined>((done) => {
    worker.once('exit', (code: number | null, signal: string | null) => {
      const isExpected = code === 0 || STOP_SIGNALS.includes(signal ?? '')
      done(isExpected ? undefined : `worker process ${number} ended with ${signal ?? `exit code ${code}`}`)
    })
  })
  send(worker, { type: 'stop' })
  const timer = setTimeout(() => worker.process.kill('SIGKILL'), STOP_TIMEOUT_MS)
  return ended.finally(() => clearTimeout(timer))
}

/** A process that is ending cannot be reached. */
function send(worker: Worker | undefined, message: MessageToWorker): void {
  if (worker?.isConnected()) worker.send(message, () => undefined)
}
