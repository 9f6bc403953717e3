import { setTimeout as pause } from 'node:timers/promises'
import { SECOND_MS } from '../../core/duration.js'
import type { MetricsSnapshot } from './messages.js'

/** A process that does not respond in this time, because it is busy or frozen, is represented by its last snapshot. */
const RESPONSE_TIMEOUT_MS = SECOND_MS

interface Source {
  readonly request: (id: number) => void
  last: MetricsSnapshot | undefined
  /** Ends the wait for its next snapshot. */
  done: () => void
}

/** Collects the metrics of the worker processes in the primary process. */
export class MetricsCollector {
  readonly #sources = new Map<number, Source>()
  /** The counters of processes that have ended, as far as they were collected. Without them, the sums would decrease. */
  #ended: Promise<MetricsSnapshot> = Promise.resolve([])
  #collection: Promise<MetricsSnapshot[]> | undefined
  #lastId = 0

  /** @param request  asks the process for its snapshot, which `receive` gets */
  add(worker: number, request: (id: number) => void): void {
    this.#sources.set(worker, { request, last: undefined, done: () => undefined })
  }

  /** @param id  that of the request */
  receive(worker: number, id: number, snapshot: MetricsSnapshot): void {
    const source = this.#sources.get(worker)
    if (!source) return
    source.last = snapshot
    if (id === this.#lastId) source.done()
  }

  /** The process has ended. */
  remove(worker: number): void {
    const source = this.#sources.get(worker)
    this.#sources.delete(worker)
    source?.done()
    const last = source?.last
    if (last) this.#ended = this.#ended.then((ended) => sumCounters([ended, last]))
  }

  /** The snapshots of all processes. Simultaneous requests share them. */
  collect(): Promise<MetricsSnapshot[]> {
    this.#collection ??= this.#collect().finally(() => {
      this.#collection = undefined
    })
    return this.#collection
  }

  async #collect(): Promise<MetricsSnapshot[]> {
    this.#lastId += 1
    const id = this.#lastId
    const sources = [...this.#sources.values()]
    const responses = sources.map(
      (source) =>
        new Promise<void>((done) => {
          source.done = done
          source.request(id)
        }),
    )
    const timeout = new AbortController()
    await Promise.race([Promise.all(responses), pause(RESPONSE_TIMEOUT_MS, undefined, { signal: timeout.signal }).catch(() => undefined)])
    timeout.abort()
    // A process that has ended in the meantime is among the sources and among the ended ones.
    const current = sources.filter((source) => [...this.#sources.values()].includes(source))
    return [await this.#ended, ...current.flatMap(({ last }) => (last ? [last] : []))]
  }
}

const ACCUMULATING = ['counter', 'histogram']

/** Loads prom-client only after a process has ended. */
async function sumCounters(snapshots: MetricsSnapshot[]): Promise<MetricsSnapshot> {
  const { AggregatorRegistry } = await import('prom-client')
  const counters = snapshots.map((snapshot) => snapshot.filter((metric) => ACCUMULATING.includes((metric as { type: string }).type)))
  return AggregatorRegistry.aggregate(counters).getMetricsAsJSON()
}
