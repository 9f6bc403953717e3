import fc from 'fast-check'
import { expect, test } from 'vitest'
import { remainingShare } from '../../../../src/core/period.js'
import { taxShare } from '../../../../src/modules/invoicing/tax/tax.rules.js'
import { calculateEligibility, type PaidPeriod } from '../../../../src/modules/payments/refunds/refund.rules.js'

const POLICY = { fullDays: 7, proratedDays: 30 }
const MAY: PaidPeriod = {
  paid: 1500n,
  price: 1500n,
  refunded: 0n,
  purchasedAt: new Date('2026-05-01T10:00:00.000Z'),
  period: { start: new Date('2026-05-01T10:00:00.000Z'), end: new Date('2026-06-01T10:00:00.000Z') },
}

test.each([
  ['2026-05-01T10:00:00.000Z', 0, 'FULL', 1500n],
  ['2026-05-09T09:59:59.999Z', 7, 'FULL', 1500n],
  ['2026-05-09T10:00:00.000Z', 8, 'PRORATED', 1113n],
  ['2026-05-31T10:00:00.000Z', 30, 'PRORATED', 48n],
  ['2026-06-01T09:59:59.999Z', 30, 'PRORATED', 0n],
  ['2026-06-01T10:00:00.000Z', 31, 'NONE', 0n],
])('calculates at %s, day %d: %s, %d', (at, days, type, refundable) => {
  expect(calculateEligibility(MAY, new Date(at), POLICY)).toMatchObject({ type, days, refundable })
})

test('rejects a time before the purchase', () => {
  expect(() => calculateEligibility(MAY, new Date('2026-05-01T09:59:59.999Z'), POLICY)).toThrow(RangeError)
})

test('prorates the current period after a renewal: 1452 of the second payment on 2 March', () => {
  const period = { start: new Date('2026-03-01T10:00:00Z'), end: new Date('2026-04-01T10:00:00Z') }
  const at = new Date('2026-03-02T10:00:00Z')
  expect(calculateEligibility({ ...MAY, purchasedAt: period.start, period }, at, POLICY)).toMatchObject({
    type: 'FULL',
    refundable: 1500n,
  })
  expect(calculateEligibility({ ...MAY, purchasedAt: new Date('2026-02-01T10:00:00Z'), period }, at, POLICY)).toMatchObject({
    type: 'PRORATED',
    refundable: 1452n,
  })
})

test('refunds 1277 = 1064 + 213 of 1800 with 22 of 31 days left', () => {
  const at = new Date('2026-05-10T10:00:00Z')
  const { refundable } = calculateEligibility({ ...MAY, paid: 1800n, price: 1800n }, at, POLICY)
  expect([refundable, taxShare(1800n, 300n, 0n, refundable)]).toEqual([1277n, 213n])
})

test('prorates the price of the current plan, although less was paid for it after a plan change', () => {
  const at = new Date('2026-05-18T10:00:00Z')
  expect(calculateEligibility({ ...MAY, paid: 1016n }, at, POLICY)).toMatchObject({ type: 'PRORATED', refundable: 677n })
  expect(calculateEligibility({ ...MAY, paid: 600n }, at, POLICY)).toMatchObject({ type: 'PRORATED', refundable: 600n })
})

test('is never negative, never exceeds what is paid, and with earlier refunds never the unused share', () => {
  const amount = fc.bigInt({ min: 0n, max: 10_000_000n })
  fc.assert(
    fc.property(amount, amount, amount, fc.integer({ min: 0, max: 40 * 86_400 }), (paid, price, refunded, seconds) => {
      const at = new Date(MAY.purchasedAt.getTime() + seconds * 1000)
      const { refundable, type } = calculateEligibility({ ...MAY, paid, price, refunded }, at, POLICY)
      expect(refundable >= 0n && refundable <= paid).toBe(true)
      if (type === 'PRORATED' && refundable > 0n) expect(refundable + refunded <= remainingShare(price, MAY.period, at)).toBe(true)
    }),
  )
})
