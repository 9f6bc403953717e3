import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  availablePoints,
  pointsLeft,
  type RateLimit,
  rateLimitedError,
  type SpendablePoints,
  secondsUntilAvailable,
} from '../../../src/platform/rate-limit/token-bucket.rules.js'

const LIMIT: RateLimit = { capacity: 100, restoreRate: 10 }
const START = Date.parse('2026-05-01T10:00:00Z')
const after = (seconds: number) => new Date(START + seconds * 1000)

describe('a bucket', () => {
  const bucket = { points: 50, at: after(0), leased: 20, leasedUntil: after(8) }

  test.each([
    ['refills over time', 2, 70],
    ['refills only up to the capacity minus the leases', 6, 80],
    ['refills up to the capacity after the leases have expired', 9, 90],
    ['is full eventually', 60, 100],
    ['loses no points when a clock is behind', -5, 50],
  ])('%s', (_what, seconds, points) => expect(availablePoints(bucket, LIMIT, after(seconds))).toBe(points))

  test('ignores leases that had expired before it was read', () => {
    expect(availablePoints({ ...bucket, points: 95, leasedUntil: after(-1) }, LIMIT, after(1))).toBe(100)
  })
})

const spendable = fc
  .record({
    leased: fc.integer({ min: 0, max: 100 }),
    unspentShare: fc.double({ min: 0, max: 1, noNaN: true }),
    lease: fc.integer({ min: 0, max: 12 }),
  })
  .chain(({ leased, unspentShare, lease }) =>
    fc.integer({ min: 0, max: 100 - leased }).map(
      (points): SpendablePoints => ({
        unspent: Math.floor(leased * unspentShare),
        bucket: { points, at: after(0), leased, leasedUntil: after(lease) },
      }),
    ),
  )

test('secondsUntilAvailable returns the shortest sufficient wait', () => {
  fc.assert(
    fc.property(spendable, fc.integer({ min: 1, max: 100 }), fc.integer({ min: 0, max: 15 }), (points, cost, passed) => {
      const now = after(passed)
      fc.pre(pointsLeft(points, LIMIT, now) < cost)
      const wait = secondsUntilAvailable(cost, points, LIMIT, now)
      expect(pointsLeft(points, LIMIT, after(passed + wait))).toBeGreaterThanOrEqual(cost - 1e-9)
      if (wait > 1) expect(pointsLeft(points, LIMIT, after(passed + wait - 1))).toBeLessThan(cost)
    }),
    { seed: 20261125, numRuns: 2000 },
  )
})

test('rateLimitedError reports the cost, the remaining points and when to retry', () => {
  const points = { unspent: 4, bucket: { points: 3.7, at: after(0), leased: 4, leasedUntil: after(10) } }
  expect(rateLimitedError(31, points, LIMIT, after(0))).toMatchObject({
    code: 'RATE_LIMITED',
    message: 'the operation costs 31 points, available: 7; retry in 3 seconds or select fewer fields',
    details: { retryAfter: 3 },
  })
})
