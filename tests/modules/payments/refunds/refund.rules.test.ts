import fc from 'fast-check'
import { expect, test } from 'vitest'
import { taxShare } from '../../../../src/modules/invoicing/tax/tax.rules.js'
import { calculateEligibility } from '../../../../src/modules/payments/refunds/refund.rules.js'
import { unusedShare } from '../../../../src/modules/subscriptions/proration.rules.js'

const POLICY = { fullDays: 7, proratedDays: 30 }
const MAY = { start: new Date('2026-05-01T10:00:00.000Z'), end: new Date('2026-06-01T10:00:00.000Z') }

interface Paid {
  /** Paid for the period. Default: the price. */
  paid?: bigint
  /** Price of the whole period, as it was paid. */
  price?: bigint
  credited?: bigint
  period?: typeof MAY
  purchasedAt?: Date
}

function eligibility(time: string, { price = 1500n, paid = price, credited = 0n, period = MAY, purchasedAt = MAY.start }: Paid = {}) {
  const at = new Date(time)
  const unused = unusedShare({ periodAmount: price }, { total: price, creditedTotal: credited }, period, at)
  return calculateEligibility({ paid, unused, purchasedAt }, at, POLICY)
}

test.each([
  ['2026-05-01T10:00:00.000Z', 0, 'FULL', 1500n],
  ['2026-05-09T09:59:59.999Z', 7, 'FULL', 1500n],
  ['2026-05-09T10:00:00.000Z', 8, 'PRORATED', 1113n],
  ['2026-05-31T10:00:00.000Z', 30, 'PRORATED', 48n],
  ['2026-06-01T09:59:59.999Z', 30, 'PRORATED', 0n],
  ['2026-06-01T10:00:00.000Z', 31, 'NONE', 0n],
])('calculates at %s, day %d: %s, %d', (at, days, type, refundable) => {
  expect(eligibility(at)).toMatchObject({ type, days, refundable })
})

test('rejects a time before the purchase', () => {
  expect(() => eligibility('2026-05-01T09:59:59.999Z')).toThrow(RangeError)
})

test('prorates the current period after a renewal: 1452 of the second payment on 2 March', () => {
  const period = { start: new Date('2026-03-01T10:00:00Z'), end: new Date('2026-04-01T10:00:00Z') }
  const at = '2026-03-02T10:00:00Z'
  expect(eligibility(at, { purchasedAt: period.start, period })).toMatchObject({ type: 'FULL', refundable: 1500n })
  const bought = new Date('2026-02-01T10:00:00Z')
  expect(eligibility(at, { purchasedAt: bought, period })).toMatchObject({ type: 'PRORATED', refundable: 1452n })
})

test('refunds 1277 = 1064 + 213 of 1800 with 22 of 31 days left', () => {
  const { refundable } = eligibility('2026-05-10T10:00:00Z', { price: 1800n })
  expect([refundable, taxShare(1800n, 300n, 0n, refundable)]).toEqual([1277n, 213n])
})

test('prorates the price of the current plan, although less was paid for it after a plan change', () => {
  const at = '2026-05-18T10:00:00Z'
  expect(eligibility(at, { paid: 1016n })).toMatchObject({ type: 'PRORATED', refundable: 677n })
  expect(eligibility(at, { paid: 600n })).toMatchObject({ type: 'PRORATED', refundable: 600n })
})

test('is a share of what was paid, less what was refunded of it', () => {
  expect(eligibility('2026-05-09T10:00:00Z', { price: 250n })).toMatchObject({ refundable: 185n })
  expect(eligibility('2026-05-09T10:00:00Z', { paid: 1200n, credited: 300n })).toMatchObject({ type: 'PRORATED', refundable: 890n })
})

test('is never negative and never exceeds what is paid', () => {
  const amount = fc.bigInt({ min: 0n, max: 10_000_000n })
  fc.assert(
    fc.property(amount, amount, fc.integer({ min: 0, max: 40 * 86_400 }), (paid, unused, seconds) => {
      const at = new Date(MAY.start.getTime() + seconds * 1000)
      const { refundable, type } = calculateEligibility({ paid, unused, purchasedAt: MAY.start }, at, POLICY)
      expect(refundable >= 0n && refundable <= paid).toBe(true)
      if (type === 'PRORATED') expect(refundable <= unused).toBe(true)
    }),
  )
})
