import fc from 'fast-check'
import { expect } from 'vitest'
import type { RateLimitStore } from '../../src/platform/rate-limit/postgres-store.js'
import { RateLimiter } from '../../src/platform/rate-limit/rate-limiter.js'
import type { RateLimit } from '../../src/platform/rate-limit/token-bucket.rules.js'
import { testLogger } from './logger.js'
import { TestClock } from './server.js'

const PROCESSES = 3
const LIMIT: RateLimit = { capacity: 100, restoreRate: 4 }
const START = Date.parse('2026-05-01T10:00:00Z')

interface Payment {
  at: number
  cost: number
}

const request = fc.record({
  process: fc.nat({ max: PROCESSES - 1 }),
  cost: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 100 })),
  prepaid: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 10 })),
})
const round = fc.record({
  wait: fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 30_000 })),
  requests: fc.array(request, { minLength: 1, maxLength: 4 }),
  /** Whether every process then spends all remaining points. */
  isDrained: fc.boolean(),
})

/**
 * Checks that several processes never overspend the points of a principal: in any period of t seconds they
 * spend at most capacity + restoreRate * t points, and no process reports more points than the capacity.
 */
export async function expectNoOverspending(store: RateLimitStore, numRuns: number): Promise<void> {
  let runs = 0
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 2, maxLength: 6 }), async (rounds) => {
      runs += 1
      const spent = await runRounds(store, `property:${START}:${runs}`, rounds)
      expect(maxOverspending(spent)).toBeLessThanOrEqual(1e-6)
    }),
    { numRuns, seed: 20261125 },
  )
}

type Round = typeof round extends fc.Arbitrary<infer T> ? T : never

async function runRounds(store: RateLimitStore, principal: string, rounds: readonly Round[]): Promise<Payment[]> {
  const clock = new TestClock(new Date(START).toISOString())
  const log = testLogger({ warn: (details) => expect(details).toBeUndefined() })
  const processes = Array.from({ length: PROCESSES }, () => new RateLimiter({ store, clock, log }))
  const spent: Payment[] = []
  let at = START
  for (const { wait, requests, isDrained } of rounds) {
    at += wait
    clock.set(new Date(at).toISOString())
    const record = (cost: number) => spent.push({ at, cost })
    await Promise.all(requests.map((each) => spend(processes[each.process] as RateLimiter, principal, each, record)))
    if (isDrained) for (const process of processes) await drain(process, principal, record)
  }
  return spent
}

/** Spends as a request does: a deposit, then the cost. @returns whether enough points were available */
async function spend(
  limiter: RateLimiter,
  principal: string,
  { cost, prepaid }: { cost: number; prepaid: number },
  record: (cost: number) => void,
): Promise<boolean> {
  try {
    if (prepaid > 0) {
      await limiter.consume(principal, LIMIT, prepaid, { isDeposit: true })
      record(prepaid)
    }
    const { available } = await limiter.consume(principal, LIMIT, cost, { prepaid })
    expect(available).toBeLessThanOrEqual(LIMIT.capacity)
    record(cost - prepaid)
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'RATE_LIMITED' })
    return false
  }
}

async function drain(limiter: RateLimiter, principal: string, record: (cost: number) => void): Promise<void> {
  for (const cost of [20, 5, 1]) while (await spend(limiter, principal, { cost, prepaid: 0 }, record));
}

/**
 * The maximum, over all periods between two payments, of the points spent in excess
 * of the capacity and the refill.
 */
function maxOverspending(spent: readonly Payment[]): number {
  let max = 0
  for (let from = 0; from < spent.length; from += 1) {
    let sum = 0
    for (const { at, cost } of spent.slice(from)) {
      sum += cost
      const seconds = (at - (spent[from] as Payment).at) / 1000
      max = Math.max(max, sum - LIMIT.capacity - seconds * LIMIT.restoreRate)
    }
  }
  return max
}
