import { SECOND_MS } from '../../core/duration.js'
import type { MessageToPrimary, MessageToWorker, MetricsSnapshot, ShareMetrics, WorkerTask } from './messages.js'

const METRICS_TIMEOUT_MS = 3 * SECOND_MS

type CollectedMetrics = (snapshots: MetricsSnapshot[]) => void

/** The primary process, seen from a worker process. */
export class PrimaryProcess {
  /** Resolves when the database is available. */
  readonly task: Promise<WorkerTask>
  readonly #pending = new Map<number, CollectedMetrics>()
  #lastId = 0
  #snapshot: () => Promise<MetricsSnapshot> = async () => []

  /** @param onStop  called when the process must finish its work and end */
  constructor(onStop: () => void) {
    this.task = new Promise((done) => {
      process.on('message', (message: MessageToWorker) => {
        if (message.type === 'start') done(message.task)
        else if (message.type === 'stop') onStop()
        else if (message.type === 'ping') send({ type: 'pong' })
        else if (message.type === 'reportMetrics') void this.#report(message.id)
        else if (message.type === 'metrics') this.#pending.get(message.id)?.(message.snapshots)
      })
    })
    send({ type: 'connected' })
  }

  ready(): void {
    send({ type: 'ready' })
  }

  /** Resolves when the primary process can know the reason. */
  failed(reason: string): Promise<void> {
    return new Promise((done) => send({ type: 'failed', reason }, done))
  }

  readonly shareMetrics: ShareMetrics = (snapshot) => {
    this.#snapshot = snapshot
    return () =>
      new Promise((done, fail) => {
        this.#lastId += 1
        const id = this.#lastId
        const settle = (settled: () => void) => {
          clearTimeout(timer)
          this.#pending.delete(id)
          settled()
        }
        const timer = setTimeout(() => settle(() => fail(new Error('the primary process does not respond'))), METRICS_TIMEOUT_MS)
        this.#pending.set(id, (snapshots) => settle(() => done(snapshots)))
        send({ type: 'collectMetrics', id })
      })
  }

  async #report(id: number): Promise<void> {
    const snapshot = await this.#snapshot().catch(() => undefined)
    if (snapshot) send({ type: 'reportedMetrics', id, snapshot })
  }
}

/** Without the primary process, Node ends this process. */
function send(message: MessageToPrimary, onSent: () => void = () => undefined): void {
  process.send?.(message, undefined, undefined, onSent)
}
