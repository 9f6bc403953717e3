import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  availablePoints,
  type Funds,
  pointsLeft,
  type RateLimit,
  rateLimitedError,
  secondsUntilAvailable,
} from '../../../src/platform/rate-limit/token-bucket.rules.js'

const BUDGET: RateLimit = { capacity: 100, restoreRate: 10 }
const START = Date.parse('2026-05-01T10:00:00Z')
const after = (seconds: number) => new Date(START + seconds * 1000)

describe('a bucket', () => {
  const bucket = { points: 50, at: after(0), leased: 20, leasedUntil: after(8) }

  test.each([
    ['fills up with time', 2, 70],
    ['fills up only to what leases leave', 6, 80],
    ['fills up to its capacity once they have expired', 9, 90],
    ['is full in the end', 60, 100],
    ['loses nothing to a clock that is behind', -5, 50],
  ])('%s', (_what, seconds, points) => expect(availablePoints(bucket, BUDGET, after(seconds))).toBe(points))

  test('ignores leases that had expired before it was read', () => {
    expect(availablePoints({ ...bucket, points: 95, leasedUntil: after(-1) }, BUDGET, after(1))).toBe(100)
  })
})

const funds = fc
  .record({
    leased: fc.integer({ min: 0, max: 100 }),
    hand: fc.double({ min: 0, max: 1, noNaN: true }),
    lease: fc.integer({ min: 0, max: 12 }),
  })
  .chain(({ leased, hand, lease }) =>
    fc.integer({ min: 0, max: 100 - leased }).map(
      (points): Funds => ({
        inHand: Math.floor(leased * hand),
        bucket: { points, at: after(0), leased, leasedUntil: after(lease) },
      }),
    ),
  )

test('the wait that is promised is enough, and no more than enough', () => {
  fc.assert(
    fc.property(funds, fc.integer({ min: 1, max: 100 }), fc.integer({ min: 0, max: 15 }), (given, cost, passed) => {
      const now = after(passed)
      fc.pre(pointsLeft(given, BUDGET, now) < cost)
      const wait = secondsUntilAvailable(cost, given, BUDGET, now)
      expect(pointsLeft(given, BUDGET, after(passed + wait))).toBeGreaterThanOrEqual(cost - 1e-9)
      if (wait > 1) expect(pointsLeft(given, BUDGET, after(passed + wait - 1))).toBeLessThan(cost)
    }),
    { seed: 20261125, numRuns: 2000 },
  )
})

test('a refusal says what it costs, what is left and when to come again', () => {
  const given = { inHand: 4, bucket: { points: 3.7, at: after(0), leased: 4, leasedUntil: after(10) } }
  expect(rateLimitedError(31, given, BUDGET, after(0))).toMatchObject({
    code: 'RATE_LIMITED',
    message: 'This costs 31 points and 7 are left: try again in 3 seconds, or ask for less',
    details: { retryAfter: 3 },
  })
})
