import { randomUUID } from 'node:crypto'
import type { Logger } from '../../core/logger.js'
import type { Services } from '../services.js'
import { type DeliveryTarget, type DueDelivery, readDueDeliveries } from './due-deliveries.js'
import { type ClaimedEndpoint, claimEndpoints, releaseAllLeases } from './endpoint-leases.js'
import { EndpointQueue } from './endpoint-queue.js'
import type { WebhookSender } from './http-sender.js'
import { type AttemptResult, evaluateAttempt, recordResults } from './record-results.js'
import { ResultRecorder } from './result-recorder.js'
import { sendEvent } from './send-event.js'

const RECORDING_DELAY_MS = 250

export type DeliveryServices = Pick<Services, 'clock' | 'db' | 'rawQuery'>

interface DelivererOptions {
  sender: WebhookSender
  log: Logger
  recordingDelayMs?: number
  /** Whether the endpoints were down before. The first success then makes all their pending deliveries due. */
  wereDown?: boolean
  /** Milliseconds of a clock that never jumps. */
  monotonicNow?: () => number
}

/**
 * Delivers the due events of all endpoints that no other process serves. Three statements serve all endpoints: one
 * claims them, one reads their due deliveries, and one records the results. The endpoints do not wait for each
 * other.
 */
export class EventDeliverer {
  /** Identifies this process in the leases of endpoints. */
  readonly owner = randomUUID()
  readonly #services: DeliveryServices
  readonly #options: DelivererOptions
  readonly #monotonicNow: () => number
  readonly #queues = new Map<bigint, EndpointQueue>()
  readonly #recorder: ResultRecorder
  readonly #stop = new AbortController()
  #polling: Promise<void> | undefined
  #pollAgain = false
  #releaseIdle = false

  constructor(services: DeliveryServices, options: DelivererOptions) {
    this.#services = services
    this.#options = options
    this.#monotonicNow = options.monotonicNow ?? (() => performance.now())
    this.#recorder = new ResultRecorder({
      delayMs: options.recordingDelayMs ?? RECORDING_DELAY_MS,
      write: (results) => recordResults(services, results),
      onRecorded: (results) => this.#onRecorded(results),
      log: options.log,
    })
  }

  /**
   * Starts the delivery of due events.
   * @param releaseIdle  also releases the endpoints for which nothing is due
   */
  poll({ releaseIdle = false } = {}): void {
    if (this.#stop.signal.aborted) return
    this.#pollAgain = true
    this.#releaseIdle ||= releaseIdle
    this.#polling ??= this.#pollUntilDone().finally(() => {
      this.#polling = undefined
      // Requested after the last check.
      if (this.#pollAgain) this.poll()
    })
  }

  /** The endpoints that were down when all their due events had last been sent. */
  get downEndpoints(): ReadonlySet<bigint> {
    return new Set([...this.#queues.values()].filter(({ isDown }) => isDown).map(({ id }) => id))
  }

  /** Resolves when the running poll has ended. */
  async whenPolled(): Promise<void> {
    await this.#polling
  }

  /** Resolves when nothing is due any more and all results are recorded. */
  async whenIdle(): Promise<void> {
    for (;;) {
      const sending = [...this.#queues.values()].flatMap(({ running }) => [...running])
      const work = [this.#polling, this.#recorder.writing, ...sending].filter((promise) => promise !== undefined)
      if (work.length === 0) return
      await Promise.all(work)
    }
  }

  /** Sends nothing more, waits for the running requests, records their results, and releases the endpoints. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.whenIdle()
    await this.#recorder.close()
    await releaseAllLeases(this.#services, this.owner).catch((error: Error) =>
      this.#options.log.warn({ reason: error.message }, 'failed to release webhook endpoints; other processes take over in 20 seconds'),
    )
  }

  async #pollUntilDone(): Promise<void> {
    while (this.#pollAgain && !this.#stop.signal.aborted) {
      this.#pollAgain = false
      try {
        await this.#pollOnce()
      } catch (error) {
        this.#options.log.warn({ reason: (error as Error).message }, 'failed to read due deliveries of events')
      }
    }
  }

  async #pollOnce(): Promise<void> {
    const claimed = await this.#claim()
    const readable = claimed.filter((queue) => queue.canTakeMore)
    for (const queue of claimed) queue.mustReadAgain ||= !queue.canTakeMore && !queue.isBackingOff
    if (readable.length === 0 || this.#stop.signal.aborted) return
    const busy = readable.flatMap(({ busyCustomers }) => busyCustomers)
    const at = this.#services.clock.now()
    const ids = readable.map(({ id }) => id)
    const batches = await readDueDeliveries(this.#services, ids, busy, at)
    for (const queue of readable) {
      // Events of a busy customer may have become due.
      queue.mustReadAgain ||= busy.some(({ endpointId }) => endpointId === queue.id)
      const batch = batches.get(queue.id)
      if (batch) queue.add(batch)
    }
  }

  /** @returns the queues of the endpoints that this process may serve */
  async #claim(): Promise<EndpointQueue[]> {
    const queues = [...this.#queues.values()]
    const active = queues.filter(({ isActive }) => isActive)
    const idle = this.#releaseIdle ? queues.filter(({ isActive }) => !isActive) : []
    this.#releaseIdle = false
    for (const queue of queues) queue.mustReadAgain = false
    const claimedAt = this.#monotonicNow()
    const claimed = await claimEndpoints(this.#services, {
      owner: this.owner,
      active: idsOf(active),
      fresh: idsOf(queues.filter(({ hasFreshLease }) => hasFreshLease)),
      idle: idsOf(idle),
      at: this.#services.clock.now(),
    })
    const claimedIds = new Set(claimed.map(({ id }) => id))
    for (const queue of [...active, ...idle]) if (!claimedIds.has(queue.id)) queue.loseLease()
    return claimed.map((endpoint) => this.#queueOf(endpoint, claimedAt))
  }

  #queueOf({ id, isRenewed }: ClaimedEndpoint, claimedAt: number): EndpointQueue {
    const queue = this.#queues.get(id) ?? this.#createQueue(id)
    this.#queues.set(id, queue)
    if (isRenewed) queue.renewLease(claimedAt)
    return queue
  }

  #createQueue(id: bigint): EndpointQueue {
    return new EndpointQueue(id, {
      attempt: (queue, target, delivery) => this.#attempt(queue, target, delivery),
      onResult: (result) => this.#recorder.add(result),
      onCustomerDone: () => this.#flushIfNothingIsSent(),
      isDue: ({ nextAttemptAt }) => nextAttemptAt <= this.#services.clock.now(),
      monotonicNow: this.#monotonicNow,
      stop: this.#stop.signal,
      wasDown: this.#options.wereDown ?? false,
    })
  }

  async #attempt(queue: EndpointQueue, target: DeliveryTarget, delivery: DueDelivery): Promise<AttemptResult> {
    const { clock } = this.#services
    const result = await sendEvent(this.#options.sender, target, delivery, clock.now())
    return evaluateAttempt({ endpointId: queue.id, delivery, result, at: clock.now(), wasDown: queue.wasDown })
  }

  #flushIfNothingIsSent(): void {
    if ([...this.#queues.values()].every(({ running }) => running.size === 0)) this.#recorder.flush()
  }

  #onRecorded(results: readonly AttemptResult[]): void {
    for (const result of results) this.#queues.get(result.endpointId)?.recorded(result)
    for (const queue of this.#queues.values()) queue.endRound()
    const isMoreDue = [...this.#queues.values()].some((queue) => queue.mustReadAgain && queue.canTakeMore)
    if (isMoreDue || results.some(({ isRecovery }) => isRecovery)) this.poll()
  }
}

function idsOf(queues: readonly EndpointQueue[]): bigint[] {
  return queues.map(({ id }) => id)
}
