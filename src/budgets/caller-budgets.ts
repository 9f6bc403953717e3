import { LRUCache } from 'lru-cache'
import type { Clock } from '../core/clock.js'
import type { Buckets } from './buckets.js'
import { type Budget, pointsIn, rateLimited } from './budget.rules.js'

/** A process takes this part of a full bucket at a time, and asks the others no more until it is spent. */
const PORTION = 1 / 20
/** What was taken and not spent by then is lost: a caller who comes rarely pays no more for it than the bucket restores. */
const PORTION_LASTS_MS = 10_000
const MAX_CALLERS = 50_000

/** What a caller has after an operation. */
export interface Standing {
  /** Points. */
  readonly capacity: number
  /** Points, as far as this process knows. */
  readonly available: number
  /** Points a second. */
  readonly restoreRate: number
}

interface Account {
  /** What this process may still spend of what it has taken. */
  inHand: number
  until: number
  /** The bucket when it was last asked. */
  shared: { points: number; at: Date }
  asking: Promise<void> | undefined
}

interface Log {
  warn(details: object, message: string): void
}

interface Parts {
  buckets: Buckets
  /** The real time: moving billing's clock fills no bucket. */
  clock: Clock
  log: Log
}

/**
 * Points that callers spend, from buckets shared between processes. So that not every request writes to them, a process takes a
 * portion in advance: with n processes a caller can be refused while at most n portions are still in other hands.
 */
export class CallerBudgets {
  readonly #accounts = new LRUCache<string, Account>({ max: MAX_CALLERS })
  readonly #buckets: Buckets
  readonly #clock: Clock
  readonly #log: Log

  constructor({ buckets, clock, log }: Parts) {
    this.#buckets = buckets
    this.#clock = clock
    this.#log = log
  }

  /** @throws RATE_LIMITED with `retryAfter`, seconds; nothing is spent then */
  async spend(caller: string, budget: Budget, cost: number): Promise<Standing> {
    const account = this.#accountOf(caller, budget)
    while (this.#inHand(account) < cost) {
      if (account.asking) await account.asking
      else await this.#askFor(caller, account, budget, cost)
    }
    account.inHand -= cost
    return { ...budget, available: Math.floor(account.inHand + pointsIn(account.shared, budget, this.#clock.now())) }
  }

  close(): Promise<void> {
    return this.#buckets.close()
  }

  #accountOf(caller: string, { capacity }: Budget): Account {
    const known = this.#accounts.get(caller)
    if (known) return known
    const account = { inHand: 0, until: 0, shared: { points: capacity, at: this.#clock.now() }, asking: undefined }
    this.#accounts.set(caller, account)
    return account
  }

  #inHand(account: Account): number {
    if (this.#clock.now().getTime() >= account.until) account.inHand = 0
    return account.inHand
  }

  async #askFor(caller: string, account: Account, budget: Budget, cost: number): Promise<void> {
    const missing = cost - account.inHand
    const expected = pointsIn(account.shared, budget, this.#clock.now())
    // The bucket holds no more than when it was last asked, plus what flowed in: who goes on all the same costs no statement.
    if (expected < missing) throw rateLimited(cost, account.inHand + expected, budget)
    account.asking = this.#withdraw(caller, account, budget, missing).finally(() => {
      account.asking = undefined
    })
    await account.asking
    if (account.inHand < cost && account.shared.points < cost - account.inHand)
      throw rateLimited(cost, account.inHand + account.shared.points, budget)
  }

  async #withdraw(caller: string, account: Account, budget: Budget, needed: number): Promise<void> {
    const at = this.#clock.now()
    const wanted = Math.max(needed, Math.ceil(budget.capacity * PORTION))
    const { taken, left } = await this.#buckets.withdraw({ caller, budget, needed, wanted, at }).catch((error: Error) => {
      // Who may ask is not decided by whether somebody counts: what is needed is given, and nothing more.
      this.#log.warn({ reason: error.message }, 'the budget of a caller could not be read')
      return { taken: needed, left: budget.capacity }
    })
    account.inHand += taken
    account.until = at.getTime() + PORTION_LASTS_MS
    account.shared = { points: left, at }
  }
}
