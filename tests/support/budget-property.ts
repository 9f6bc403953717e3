import fc from 'fast-check'
import { expect } from 'vitest'
import type { RateLimitStore } from '../../src/platform/rate-limit/postgres-store.js'
import { RateLimiter } from '../../src/platform/rate-limit/rate-limiter.js'
import type { RateLimit } from '../../src/platform/rate-limit/token-bucket.rules.js'
import { testLogger } from './logger.js'
import { TestClock } from './server.js'

const PROCESSES = 3
const BUDGET: RateLimit = { capacity: 100, restoreRate: 4 }
const START = Date.parse('2026-05-01T10:00:00Z')

interface Spent {
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
  /** Whether every process then spends whatever is there. */
  isDrained: fc.boolean(),
})

/**
 * However several processes spend the points of a caller: in any t seconds no more than capacity + restoreRate * t is spent, and no
 * process ever reports more than the capacity.
 */
export async function checkThatNobodyOverspends(buckets: RateLimitStore, numRuns: number): Promise<void> {
  let runs = 0
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 2, maxLength: 6 }), async (rounds) => {
      runs += 1
      const spent = await spendIn(buckets, `property:${START}:${runs}`, rounds)
      expect(mostOverspent(spent)).toBeLessThanOrEqual(1e-6)
    }),
    { numRuns, seed: 20261125 },
  )
}

type Round = typeof round extends fc.Arbitrary<infer T> ? T : never

async function spendIn(buckets: RateLimitStore, caller: string, rounds: readonly Round[]): Promise<Spent[]> {
  const clock = new TestClock(new Date(START).toISOString())
  const log = testLogger({ warn: (details) => expect(details).toBeUndefined() })
  const processes = Array.from({ length: PROCESSES }, () => new RateLimiter({ buckets, clock, log }))
  const spent: Spent[] = []
  let at = START
  for (const { wait, requests, isDrained } of rounds) {
    at += wait
    clock.set(new Date(at).toISOString())
    const note = (cost: number) => spent.push({ at, cost })
    await Promise.all(requests.map((each) => spend(processes[each.process] as RateLimiter, caller, each, note)))
    if (isDrained) for (const process of processes) await drain(process, caller, note)
  }
  return spent
}

/** Spends as a request does: something in advance, and the cost once it is known. @returns whether there were points for it */
async function spend(
  budgets: RateLimiter,
  caller: string,
  { cost, prepaid }: { cost: number; prepaid: number },
  note: (cost: number) => void,
): Promise<boolean> {
  try {
    if (prepaid > 0) {
      await budgets.consume(caller, BUDGET, prepaid, { isDeposit: true })
      note(prepaid)
    }
    const { available } = await budgets.consume(caller, BUDGET, cost, { prepaid })
    expect(available).toBeLessThanOrEqual(BUDGET.capacity)
    note(cost - prepaid)
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'RATE_LIMITED' })
    return false
  }
}

async function drain(budgets: RateLimiter, caller: string, note: (cost: number) => void): Promise<void> {
  for (const cost of [20, 5, 1]) while (await spend(budgets, caller, { cost, prepaid: 0 }, note));
}

/** Over every window between two moments: how much more was spent than a bucket holds and gets. */
function mostOverspent(spent: readonly Spent[]): number {
  let most = 0
  for (let from = 0; from < spent.length; from += 1) {
    let sum = 0
    for (const { at, cost } of spent.slice(from)) {
      sum += cost
      const seconds = (at - (spent[from] as Spent).at) / 1000
      most = Math.max(most, sum - BUDGET.capacity - seconds * BUDGET.restoreRate)
    }
  }
  return most
}
