import { MINUTE_MS } from '../../core/duration.js'
import type { BusyCustomer, DeliveryBatch, DeliveryTarget, DueDelivery } from './due-deliveries.js'
import { LEASE_MS } from './endpoint-leases.js'
import { RESPONSE_TIMEOUT_MS } from './http-sender.js'
import type { AttemptResult } from './record-results.js'

/** Customers whose events are sent to one endpoint concurrently. */
const MAX_CONCURRENT_CUSTOMERS = 8
/** After this many consecutive failures, of any customers' events, the endpoint is considered down. */
const FAILURES_UNTIL_DOWN = 8
const MIN_BACKOFF_MS = 5000
const MAX_BACKOFF_MS = MINUTE_MS
/** A lease that lasts longer is not renewed. */
const MIN_FRESH_LEASE_MS = LEASE_MS * 0.75

interface QueueOptions {
  /** Sends an event and evaluates the response. */
  attempt(queue: EndpointQueue, target: DeliveryTarget, delivery: DueDelivery): Promise<AttemptResult>
  /** Called after each attempt, with the result to be recorded. */
  onResult(result: AttemptResult): void
  /** Called when the events of a customer were sent or could not be sent. */
  onCustomerDone(): void
  /** Whether an event is due by the clock of the deliveries. */
  isDue(delivery: DueDelivery): boolean
  /** Milliseconds of a clock that never jumps. */
  monotonicNow(): number
  stop: AbortSignal
  wasDown: boolean
}

interface CustomerDeliveries {
  customer: string
  target: DeliveryTarget
  deliveries: readonly DueDelivery[]
}

/**
 * The due events of one endpoint that this process sends: concurrently for different customers, and in order for
 * each customer. An event waits until the previous event of its customer was delivered or has failed permanently.
 */
export class EndpointQueue {
  readonly id: bigint
  readonly #options: QueueOptions
  #waiting: CustomerDeliveries[] = []
  readonly #running = new Set<Promise<void>>()
  /** What must end before a customer's events are read again: sending them, and recording each result. */
  readonly #busy = new Map<string, number>()
  /** In milliseconds of the monotonic clock, because a process may be frozen for longer than its lease. */
  #leaseUntil = Number.NEGATIVE_INFINITY
  #backoffUntil = Number.NEGATIVE_INFINITY
  #failures = 0
  /** Whether deliveries were read that are not yet sent and recorded. */
  #isInRound = false
  /** Consecutive times that the endpoint was found to be down. A success ends them. */
  #timesDown: number
  /** Whether more events may be due than were read. */
  mustReadAgain = false
  /** Whether the last round found the endpoint down. */
  isDown = false

  constructor(id: bigint, options: QueueOptions) {
    this.id = id
    this.#options = options
    this.#timesDown = options.wasDown ? 1 : 0
  }

  get running(): ReadonlySet<Promise<void>> {
    return this.#running
  }

  get busyCustomers(): BusyCustomer[] {
    return [...this.#busy.keys()].map((customer) => ({ endpointId: this.id, customer }))
  }

  get wasDown(): boolean {
    return this.#timesDown > 0
  }

  get isBackingOff(): boolean {
    return this.#options.monotonicNow() < this.#backoffUntil
  }

  /** Whether the lease must be kept. Also while the endpoint is down, so that no other process tries it as well. */
  get isActive(): boolean {
    return this.#busy.size > 0 || this.isBackingOff
  }

  get hasFreshLease(): boolean {
    return this.#leaseUntil - this.#options.monotonicNow() >= MIN_FRESH_LEASE_MS
  }

  /** Whether another batch can be read: what was read is being sent, and a customer more can be served. */
  get canTakeMore(): boolean {
    return this.#waiting.length === 0 && this.#running.size < MAX_CONCURRENT_CUSTOMERS && !this.isBackingOff
  }

  /** @param claimedAt  before the claim, so that the lease ends no earlier in the database */
  renewLease(claimedAt: number): void {
    this.#leaseUntil = claimedAt + LEASE_MS
  }

  /** The endpoint is paused, deleted, or belongs to another process: nothing more is sent. */
  loseLease(): void {
    this.#leaseUntil = Number.NEGATIVE_INFINITY
    this.#discardWaiting()
  }

  add({ target, byCustomer, isPartial }: DeliveryBatch): void {
    this.#isInRound = true
    this.mustReadAgain ||= isPartial
    for (const [customer, deliveries] of byCustomer) {
      this.#hold(customer)
      this.#waiting.push({ customer, target, deliveries })
    }
    this.#startWaiting()
  }

  recorded({ customer }: AttemptResult): void {
    this.#release(customer)
  }

  /** Decides whether the endpoint is down, when all that was read has been sent and recorded. */
  endRound(): void {
    if (!this.#isInRound || this.#busy.size > 0) return
    this.#isInRound = false
    this.isDown = this.#failures >= FAILURES_UNTIL_DOWN
    this.#failures = 0
    if (!this.isDown) return
    this.#timesDown += 1
    this.#backoffUntil = this.#options.monotonicNow() + Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** (this.#timesDown - 1))
  }

  #startWaiting(): void {
    while (this.#running.size < MAX_CONCURRENT_CUSTOMERS) {
      const next = this.#waiting.shift()
      if (!next) return
      const sending = this.#sendInOrder(next).finally(() => {
        this.#running.delete(sending)
        this.#startWaiting()
        this.#options.onCustomerDone()
      })
      this.#running.add(sending)
    }
  }

  /** Sends the events of one customer, up to the first that is not accepted. */
  async #sendInOrder({ customer, target, deliveries }: CustomerDeliveries): Promise<void> {
    for (const delivery of deliveries) {
      if (!this.#maySend() || !this.#options.isDue(delivery)) break
      const result = await this.#options.attempt(this, target, delivery)
      this.#hold(customer)
      this.#count(result)
      this.#options.onResult(result)
      if (result.status !== 'DELIVERED') break
    }
    this.#release(customer)
  }

  #maySend(): boolean {
    if (this.#options.stop.aborted || this.#failures >= FAILURES_UNTIL_DOWN) return false
    // A request that started later could still be running when another process has taken over.
    if (this.#options.monotonicNow() + RESPONSE_TIMEOUT_MS < this.#leaseUntil) return true
    this.mustReadAgain = true
    return false
  }

  #count({ status, isGone, isUnsent }: AttemptResult): void {
    if (isGone) this.loseLease()
    // The next event of the customer no longer waits.
    if (status === 'FAILED') this.mustReadAgain = true
    if (isUnsent) return
    if (status === 'DELIVERED') {
      this.#failures = 0
      this.#timesDown = 0
    } else this.#failures += 1
    if (this.#failures >= FAILURES_UNTIL_DOWN) this.#discardWaiting()
  }

  #discardWaiting(): void {
    for (const { customer } of this.#waiting) this.#release(customer)
    this.#waiting = []
  }

  #hold(customer: string): void {
    this.#busy.set(customer, (this.#busy.get(customer) ?? 0) + 1)
  }

  #release(customer: string): void {
    const count = (this.#busy.get(customer) ?? 0) - 1
    if (count > 0) this.#busy.set(customer, count)
    else this.#busy.delete(customer)
  }
}
