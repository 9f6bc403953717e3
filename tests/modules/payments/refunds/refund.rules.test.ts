import fc from 'fast-check'
import { expect, test } from 'vitest'
import { taxShare } from '../../../../src/modules/invoicing/tax/tax.rules.js'
import { calculateEligibility, type Purchase } from '../../../../src/modules/payments/refunds/refund.rules.js'

const MAY: Purchase = {
  paid: 1500n,
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
  expect(calculateEligibility(MAY, new Date(at))).toMatchObject({ type, days, refundable })
})

test('rejects a time before the purchase', () => {
  expect(() => calculateEligibility(MAY, new Date('2026-05-01T09:59:59.999Z'))).toThrow(RangeError)
})

test('prorates the current period after a renewal: 1452 of the second payment on 2 March', () => {
  const period = { start: new Date('2026-03-01T10:00:00Z'), end: new Date('2026-04-01T10:00:00Z') }
  const at = new Date('2026-03-02T10:00:00Z')
  expect(calculateEligibility({ paid: 1500n, refunded: 0n, purchasedAt: period.start, period }, at)).toMatchObject({
    type: 'FULL',
    refundable: 1500n,
  })
  expect(calculateEligibility({ ...MAY, purchasedAt: new Date('2026-02-01T10:00:00Z'), period }, at)).toMatchObject({
    type: 'PRORATED',
    refundable: 1452n,
  })
})

test('refunds 1277 = 1064 + 213 of 1800 with 22 of 31 days left', () => {
  const at = new Date('2026-05-10T10:00:00Z')
  const { refundable } = calculateEligibility({ ...MAY, paid: 1800n }, at)
  expect([refundable, taxShare(1800n, 300n, 0n, refundable)]).toEqual([1277n, 213n])
})

test('is never negative, and never exceeds the payment together with earlier refunds', () => {
  const amount = fc.bigInt({ min: 0n, max: 10_000_000n })
  fc.assert(
    fc.property(amount, amount, fc.integer({ min: 0, max: 40 * 86_400 }), (paid, refunded, seconds) => {
      const purchase = { ...MAY, paid, refunded: refunded < paid ? refunded : paid }
      const { refundable } = calculateEligibility(purchase, new Date(MAY.purchasedAt.getTime() + seconds * 1000))
      expect(refundable >= 0n && refundable + purchase.refunded <= paid).toBe(true)
    }),
  )
})
