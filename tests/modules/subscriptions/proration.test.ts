import fc from 'fast-check'
import { expect, test } from 'vitest'
import { prorate } from '../../../src/modules/subscriptions/proration.rules.js'

const MAY = { start: new Date('2026-05-01T00:00:00Z'), end: new Date('2026-06-01T00:00:00Z') }
const FEBRUARY = { start: new Date('2026-02-01T00:00:00Z'), end: new Date('2026-03-01T00:00:00Z') }

test.each([
  [500n, 1500n, MAY, '2026-05-16T00:00:00Z', -258n, 774n, 516n],
  [500n, 1500n, MAY, '2026-05-16T12:00:00Z', -250n, 750n, 500n],
  [500n, 1500n, MAY, '2026-05-18T00:00:00Z', -226n, 677n, 451n],
  [500n, 1500n, FEBRUARY, '2026-02-15T00:00:00Z', -250n, 750n, 500n],
  [250n, 1500n, MAY, '2026-05-16T00:00:00Z', -129n, 774n, 645n],
])('a change from %d to %d in %j at %s is %d + %d = %d', (paid, price, period, at, credit, charge, total) => {
  expect(prorate({ paid, price, period, at: new Date(at), creditable: paid })).toEqual({ credit, charge, total })
})

test('a difference of 5000 over 15 of 31 days is 2419', () => {
  const at = new Date('2026-05-17T00:00:00Z')
  expect(prorate({ paid: 0n, price: 5000n, period: MAY, at, creditable: 0n }).total).toBe(2419n)
})

test('the full amount is credited at the start of the period, and nothing at its end', () => {
  const change = { paid: 500n, price: 1500n, period: MAY, creditable: 500n }
  expect(prorate({ ...change, at: MAY.start })).toMatchObject({ credit: -500n, charge: 1500n })
  for (const at of [MAY.end, new Date('2026-07-01T00:00:00Z')]) expect(prorate({ ...change, at }).total).toBe(0n)
})

test('credits never exceed payments, however often the plan changes', () => {
  const step = fc.record({ second: fc.integer({ min: 0, max: 2_678_400 }), price: fc.bigInt({ min: 0n, max: 1_000_000n }) })
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 1_000_000n }), fc.array(step, { maxLength: 12 }), (first, steps) => {
      let [paid, credited, rate] = [first, 0n, first]
      for (const { second, price } of steps.toSorted((a, b) => a.second - b.second)) {
        const at = new Date(MAY.start.getTime() + second * 1000)
        const { credit, charge } = prorate({ paid: rate, price, period: MAY, at, creditable: paid - credited })
        credited -= credit
        paid += charge
        rate = price
        expect(credited).toBeLessThanOrEqual(paid)
      }
    }),
  )
})
