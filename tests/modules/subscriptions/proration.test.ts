import fc from 'fast-check'
import { expect, test } from 'vitest'
import { prorate, unusedShare } from '../../../src/modules/subscriptions/proration.rules.js'

const MAY = { start: new Date('2026-05-01T00:00:00Z'), end: new Date('2026-06-01T00:00:00Z') }
const FEBRUARY = { start: new Date('2026-02-01T00:00:00Z'), end: new Date('2026-03-01T00:00:00Z') }
const FEBRUARY_2028 = { start: new Date('2028-02-01T00:00:00Z'), end: new Date('2028-03-01T00:00:00Z') }

/** A plan that was paid in full. */
const unusedOf = (paid: bigint, period: typeof MAY, at: Date) =>
  unusedShare({ periodAmount: paid }, { total: paid, creditedTotal: 0n }, period, at)

test.each([
  [500n, 1500n, MAY, '2026-05-16T00:00:00Z', -258n, 774n, 516n],
  [500n, 1500n, MAY, '2026-05-16T12:00:00Z', -250n, 750n, 500n],
  [500n, 1500n, MAY, '2026-05-18T00:00:00Z', -226n, 677n, 451n],
  [500n, 1500n, FEBRUARY, '2026-02-15T00:00:00Z', -250n, 750n, 500n],
  [1000n, 3000n, FEBRUARY_2028, '2028-02-16T00:00:00Z', -483n, 1448n, 965n],
  [250n, 1500n, MAY, '2026-05-16T00:00:00Z', -129n, 774n, 645n],
])('a change from %d to %d in %j at %s is %d + %d = %d', (paid, price, period, time, credit, charge, total) => {
  const at = new Date(time)
  const change = prorate({ unused: unusedOf(paid, period, at), price, period, at, isNewPeriod: false })
  expect({ ...change, total: change.credit + change.charge }).toEqual({ credit, charge, total })
})

test('a difference of 5000 over 15 of 31 days is 2419', () => {
  const at = new Date('2026-05-17T00:00:00Z')
  expect(prorate({ unused: 0n, price: 5000n, period: MAY, at, isNewPeriod: false }).charge).toBe(2419n)
})

test('a change of the interval charges the full price from now', () => {
  const at = new Date('2026-05-17T00:00:00Z')
  expect(prorate({ unused: 0n, price: 5000n, period: MAY, at, isNewPeriod: true }).charge).toBe(5000n)
})

test('Pro charged with 774 on 05-16 and left on 05-17T12:00 is worth 702, not 701', () => {
  const pro = { periodAmount: 1500n }
  expect(unusedShare(pro, { total: 774n, creditedTotal: 0n }, MAY, new Date('2026-05-17T12:00:00Z'))).toBe(702n)
})

test('250 paid with a coupon are worth 185 on the eighth day', () => {
  const period = { start: new Date('2026-05-01T10:00:00Z'), end: new Date('2026-06-01T10:00:00Z') }
  expect(unusedOf(250n, period, new Date('2026-05-09T10:00:00Z'))).toBe(185n)
})

test('what was credited before reduces the unused share', () => {
  const at = new Date('2026-05-16T12:00:00Z')
  expect(unusedShare({ periodAmount: 1500n }, { total: 1500n, creditedTotal: 500n }, MAY, at)).toBe(500n)
  expect(unusedShare({ periodAmount: 1500n }, { total: 1500n, creditedTotal: 1500n }, MAY, at)).toBe(0n)
})

test('the full amount is unused at the start of the period, and nothing at its end', () => {
  expect(unusedOf(500n, MAY, MAY.start)).toBe(500n)
  for (const at of [MAY.end, new Date('2026-07-01T00:00:00Z')]) expect(unusedOf(500n, MAY, at)).toBe(0n)
})

test('the unused share never exceeds what is left of the invoice', () => {
  const amount = fc.bigInt({ min: 1n, max: 1_000_000n })
  fc.assert(
    fc.property(amount, amount, amount, fc.integer({ min: 0, max: 2_678_400 }), (periodAmount, total, credited, second) => {
      const creditedTotal = credited < total ? credited : total
      const at = new Date(MAY.start.getTime() + second * 1000)
      const unused = unusedShare({ periodAmount }, { total, creditedTotal }, MAY, at)
      expect(unused).toBeGreaterThanOrEqual(0n)
      expect(unused).toBeLessThanOrEqual(total - creditedTotal)
    }),
  )
})
