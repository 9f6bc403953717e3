import { LRUCache } from 'lru-cache'
import type { Clock } from '../../core/clock.js'
import type { Logger } from '../../core/logger.js'
import type { RateLimitStore, WithdrawalResult } from './postgres-store.js'
import { availablePoints, type BucketState, pointsInHand, pointsLeft, type RateLimit, rateLimitedError } from './token-bucket.rules.js'

/** A process takes this part of a full bucket at a time, and asks the others no more until it is spent. */
const LEASE_FRACTION = 1 / 20
const MAX_CACHED_PRINCIPALS = 50_000

/** What a caller has after an operation. */
export interface RateLimitStatus {
  /** Points. */
  readonly capacity: number
  /** Points, as far as this process knows. */
  readonly available: number
  /** Points a second. */
  readonly restoreRate: number
}

interface LocalBucket {
  /** What this process may still spend of what it has withdrawn. */
  inHand: number
  /** What the bucket counts as leased to this process: what was in hand after the last withdrawal, and deposits. */
  declared: number
  /** As the last withdrawal left it. */
  bucket: BucketState
  asking: Promise<unknown> | undefined
}

/** What points are spent for. */
interface Purpose {
  /** What has been spent in advance for the same purpose; more than the cost is given back. */
  prepaid?: number
  /** Whether it may turn out that less was due. */
  isDeposit?: boolean
}

interface Spending {
  cost: number
  /** What of it is not prepaid. */
  due: number
  /** What of it may be given back. */
  deposit: number
}

interface RateLimiterOptions {
  buckets: RateLimitStore
  /** The real time: moving billing's clock fills no bucket. */
  clock: Clock
  log: Logger
}

/**
 * Points that callers spend, from buckets shared between processes. So that not every request writes to them, a process leases a
 * portion in advance. The bucket knows the leases, so that nobody can spend more than its capacity at one instant; with n processes
 * a caller can be refused while at most n portions are still in other hands.
 */
export class RateLimiter {
  readonly #accounts = new LRUCache<string, LocalBucket>({ max: MAX_CACHED_PRINCIPALS })
  readonly #buckets: RateLimitStore
  readonly #clock: Clock
  readonly #log: Logger

  constructor({ buckets, clock, log }: RateLimiterOptions) {
    this.#buckets = buckets
    this.#clock = clock
    this.#log = log
  }

  /** @throws RATE_LIMITED with `retryAfter`, seconds; nothing is spent then, and what is prepaid is not given back */
  async consume(
    caller: string,
    budget: RateLimit,
    cost: number,
    { prepaid = 0, isDeposit = false }: Purpose = {},
  ): Promise<RateLimitStatus> {
    const account = this.#accountOf(caller, budget)
    const due = cost - prepaid
    while (pointsInHand(account, this.#clock.now()) < due) {
      if (account.asking) await account.asking
      else {
        await this.#spendFromBucket(caller, account, budget, { cost, due, deposit: isDeposit ? cost : 0 })
        return this.#standing(account, budget)
      }
    }
    // While a withdrawal is under way nothing is in hand.
    if (!account.asking) account.inHand = Math.min(account.declared, account.inHand - due)
    return this.#standing(account, budget)
  }

  close(): Promise<void> {
    return this.#buckets.close()
  }

  #standing(account: LocalBucket, budget: RateLimit): RateLimitStatus {
    return { ...budget, available: Math.floor(pointsLeft(account, budget, this.#clock.now())) }
  }

  #accountOf(caller: string, { capacity }: RateLimit): LocalBucket {
    const known = this.#accounts.get(caller)
    if (known) return known
    const bucket = fullBucket(capacity, this.#clock.now())
    const account = { inHand: 0, declared: 0, bucket, asking: undefined }
    this.#accounts.set(caller, account)
    return account
  }

  /** Spends what is in hand, and the rest from the bucket. */
  async #spendFromBucket(caller: string, account: LocalBucket, budget: RateLimit, spending: Spending): Promise<void> {
    const { cost, due } = spending
    const now = this.#clock.now()
    // The bucket holds no more than when it was last asked, plus what flowed in: refusing again costs no statement.
    const missing = due - pointsInHand(account, now)
    if (availablePoints(account.bucket, budget, now) < missing) throw rateLimitedError(cost, account, budget, now)
    const asking = this.#withdraw(caller, account, budget, spending).finally(() => {
      account.asking = undefined
    })
    account.asking = asking
    if (!(await asking)) throw rateLimitedError(cost, account, budget, this.#clock.now())
  }

  /** @returns whether `due` has been spent */
  async #withdraw(caller: string, account: LocalBucket, budget: RateLimit, { due, deposit }: Spending): Promise<boolean> {
    const at = this.#clock.now()
    const inHand = pointsInHand(account, at)
    const needed = due - inHand
    const lease = { declared: account.declared, inHand, until: account.bucket.leasedUntil }
    // Nobody else may spend it meanwhile.
    account.inHand = 0
    const wanted = Math.max(needed, Math.ceil(budget.capacity * LEASE_FRACTION))
    const { taken, left, leased, leasedUntil } = await this.#buckets
      .withdraw({ caller, budget, needed, wanted, deposit, at, lease })
      .catch((error: Error) => this.#withoutBucket(error, budget, needed, at))
    const isGranted = taken > 0
    account.inHand = isGranted ? taken - needed : inHand
    account.declared = account.inHand + (isGranted ? deposit : 0)
    account.bucket = { points: left, at, leased, leasedUntil }
    return isGranted
  }

  /** Who may ask is not decided by whether somebody counts: what is needed is given, and nothing more. */
  #withoutBucket(error: Error, { capacity }: RateLimit, needed: number, at: Date): WithdrawalResult {
    this.#log.warn({ reason: error.message }, 'the budget of a caller could not be read')
    return { taken: needed, left: capacity, leased: 0, leasedUntil: at }
  }
}

function fullBucket(capacity: number, at: Date): BucketState {
  return { points: capacity, at, leased: 0, leasedUntil: at }
}
