import { LRUCache } from 'lru-cache'
import type { Clock } from '../../core/clock.js'
import type { Logger } from '../../core/logger.js'
import type { RateLimitStore, WithdrawalResult } from './postgres-store.js'
import { availablePoints, type BucketState, pointsLeft, type RateLimit, rateLimitedError, unspentPoints } from './token-bucket.rules.js'

/**
 * The fraction of a full bucket that a process leases at a time. It uses the store
 * again when the lease is spent.
 */
const LEASE_FRACTION = 1 / 20
const MAX_CACHED_PRINCIPALS = 50_000

/** The rate limit of a principal after an operation. */
export interface RateLimitStatus {
  /** Points. */
  readonly capacity: number
  /** Points, as known to this process. */
  readonly available: number
  /** Points per second. */
  readonly restoreRate: number
}

interface LocalBucket {
  /** Withdrawn points that this process may still spend. */
  unspent: number
  /**
   * Points that the bucket counts as leased to this process: those unspent after the
   * last withdrawal, and deposits.
   */
  reserved: number
  /** The shared bucket after the last withdrawal. */
  bucket: BucketState
  pendingWithdrawal: Promise<unknown> | undefined
}

interface ConsumeOptions {
  /**
   * Points that were consumed in advance for the same operation. The part that exceeds the cost is returned.
   */
  prepaid?: number
  /** Whether a part of the cost may be returned later. */
  isDeposit?: boolean
}

interface Consumption {
  cost: number
  /** The part of the cost that is not prepaid. */
  due: number
  /** The part of the cost that may be returned later. */
  deposit: number
}

interface RateLimiterOptions {
  store: RateLimitStore
  /** The real time, because moving the billing clock must not refill buckets. */
  clock: Clock
  log: Logger
}

/**
 * Limits the points that principals spend. Their token buckets are shared by all processes. A process leases
 * points in advance, so that not every request writes to the store. The bucket counts the leases, so that a
 * principal can never spend more than the capacity at one instant. With n processes, a principal can be
 * refused while other processes have up to n unspent leases.
 */
export class RateLimiter {
  readonly #buckets = new LRUCache<string, LocalBucket>({ max: MAX_CACHED_PRINCIPALS })
  readonly #store: RateLimitStore
  readonly #clock: Clock
  readonly #log: Logger

  constructor({ store, clock, log }: RateLimiterOptions) {
    this.#store = store
    this.#clock = clock
    this.#log = log
  }

  /**
   * @throws RATE_LIMITED with `retryAfter`, seconds. Then nothing is consumed, and prepaid points are not
   *    returned.
   */
  async consume(
    principal: string,
    limit: RateLimit,
    cost: number,
    { prepaid = 0, isDeposit = false }: ConsumeOptions = {},
  ): Promise<RateLimitStatus> {
    const local = this.#localBucket(principal, limit)
    const due = cost - prepaid
    while (unspentPoints(local, this.#clock.now()) < due) {
      if (local.pendingWithdrawal) await local.pendingWithdrawal
      else {
        await this.#consumeFromStore(principal, local, limit, { cost, due, deposit: isDeposit ? cost : 0 })
        return this.#status(local, limit)
      }
    }
    // During a withdrawal `unspent` is 0.
    if (!local.pendingWithdrawal) local.unspent = Math.min(local.reserved, local.unspent - due)
    return this.#status(local, limit)
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  #status(local: LocalBucket, limit: RateLimit): RateLimitStatus {
    return { ...limit, available: Math.floor(pointsLeft(local, limit, this.#clock.now())) }
  }

  #localBucket(principal: string, { capacity }: RateLimit): LocalBucket {
    const cached = this.#buckets.get(principal)
    if (cached) return cached
    const bucket = fullBucket(capacity, this.#clock.now())
    const local = { unspent: 0, reserved: 0, bucket, pendingWithdrawal: undefined }
    this.#buckets.set(principal, local)
    return local
  }

  /** Consumes the unspent points, and the rest from the store. */
  async #consumeFromStore(principal: string, local: LocalBucket, limit: RateLimit, consumption: Consumption): Promise<void> {
    const { cost, due } = consumption
    const now = this.#clock.now()
    // The bucket has at most the points of the last withdrawal plus the refill,
    // so a refusal needs no statement.
    const missing = due - unspentPoints(local, now)
    if (availablePoints(local.bucket, limit, now) < missing) throw rateLimitedError(cost, local, limit, now)
    const withdrawal = this.#withdraw(principal, local, limit, consumption).finally(() => {
      local.pendingWithdrawal = undefined
    })
    local.pendingWithdrawal = withdrawal
    if (!(await withdrawal)) throw rateLimitedError(cost, local, limit, this.#clock.now())
  }

  /** @returns whether `due` has been consumed */
  async #withdraw(principal: string, local: LocalBucket, limit: RateLimit, { due, deposit }: Consumption): Promise<boolean> {
    const at = this.#clock.now()
    const unspent = unspentPoints(local, at)
    const needed = due - unspent
    const lease = { reserved: local.reserved, unspent, expiresAt: local.bucket.leasedUntil }
    // Concurrent requests must not spend them during the withdrawal.
    local.unspent = 0
    const wanted = Math.max(needed, Math.ceil(limit.capacity * LEASE_FRACTION))
    const { taken, left, leased, leasedUntil } = await this.#store
      .withdraw({ principal, limit, needed, wanted, deposit, at, lease })
      .catch((error: Error) => this.#allowWithoutStore(error, limit, needed, at))
    const isGranted = taken > 0
    local.unspent = isGranted ? taken - needed : unspent
    local.reserved = local.unspent + (isGranted ? deposit : 0)
    local.bucket = { points: left, at, leased, leasedUntil }
    return isGranted
  }

  /** Grants the needed points when the store is unavailable, so that its failure does not refuse requests. */
  #allowWithoutStore(error: Error, { capacity }: RateLimit, needed: number, at: Date): WithdrawalResult {
    this.#log.warn({ reason: error.message }, 'rate limit store unavailable, allowing the request')
    return { taken: needed, left: capacity, leased: 0, leasedUntil: at }
  }
}

function fullBucket(capacity: number, at: Date): BucketState {
  return { points: capacity, at, leased: 0, leasedUntil: at }
}
