import { describe, expect, test } from 'vitest'
import type { BillingModel } from './billing-model.js'
import { approved, at, buyer, creditNotesOf, newCustomer, ok, subscriptionOf } from './customer.js'

const refund = (model: BillingModel, order: number) => {
  const { amount, parts } = ok(model.requestRefund({ order, admin: false }))
  return { amount, money: parts.map((part) => [part.payment, part.amount]) }
}

describe('Refunds: Pro 1500 bought 2026-05-01T10:00 for one month', () => {
  test.each([
    ['05-01T10:00:00.000', 0, 'FULL', 1500n],
    ['05-09T09:59:59.999', 7, 'FULL', 1500n],
    ['05-09T10:00:00.000', 8, 'PRORATED', 1113n],
    ['05-31T10:00:00.000', 30, 'PRORATED', 48n],
    ['06-01T09:59:59.999', 30, 'PRORATED', 0n],
    ['06-01T10:00:00.000', 31, 'NONE', 0n],
  ])('%s is day %i: %s, %i', (time, days, type, refundable) => {
    const model = buyer('pro', '05-01T10:00')
    ok(model.advanceTo(at(time)))
    expect(ok(model.refundEligibility(1))).toEqual({ ok: true, days, type, refundable })
    if (refundable === 0n) expect(model.requestRefund({ order: 1, admin: false })).toEqual({ error: 'REFUND_NOT_ELIGIBLE' })
    else expect(refund(model, 1)).toEqual({ amount: refundable, money: [[1, refundable]] })
  })
})

test('Refunds: Starter on 05-01, Pro on 05-03, refund on 05-04: 1435 = 935 + 500', () => {
  const model = buyer('starter', '05-01')
  ok(model.advanceTo(at('05-03')))
  ok(model.changePlan('pro'))
  ok(model.advanceTo(at('05-04')))
  expect(ok(model.refundEligibility(1))).toEqual(ok(model.refundEligibility(2)))
  expect(refund(model, 1)).toEqual({
    amount: 1435n,
    money: [
      [2, 935n],
      [1, 500n],
    ],
  })
  expect(creditNotesOf(model).slice(1)).toEqual([
    [2, 1403n],
    [1, 32n],
  ])
  expect(subscriptionOf(model).status).toBe('EXPIRED')
})

test('Refunds: Starter on 08-01, Pro on 08-16, refund on 08-18: PRORATED, 677 = 516 + 161', () => {
  const model = buyer('starter', '08-01')
  ok(model.advanceTo(at('08-16')))
  ok(model.changePlan('pro'))
  ok(model.advanceTo(at('08-18')))
  expect(refund(model, 2)).toEqual({
    amount: 677n,
    money: [
      [2, 516n],
      [1, 161n],
    ],
  })
  expect(creditNotesOf(model).slice(1)).toEqual([[2, 677n]])
})

test('Refunds: Pro bought on 02-01 and renewed on 03-01, refund on 03-02: 1452 of the second payment', () => {
  const model = buyer('pro', '02-01')
  ok(model.advanceTo(at('03-02')))
  expect(refund(model, 2)).toEqual({ amount: 1452n, money: [[2, 1452n]] })
})

test('Refunds: Pro on 08-01, Starter now on 08-02 with 968 to the balance, refund on 08-03: 532', () => {
  const model = buyer('pro', '08-01')
  ok(model.advanceTo(at('08-02')))
  ok(model.changePlan('starter', 'NOW'))
  ok(model.advanceTo(at('08-03')))
  expect(refund(model, 2)).toEqual({ amount: 532n, money: [[1, 532n]] })
  expect(creditNotesOf(model).slice(1)).toEqual([
    [2, 484n],
    [1, 48n],
  ])
  expect(model.snapshot().balance.free).toBe(968n)
})

test('Refunds: Starter on 05-01, yearly on 05-03 with 4532 paid, refund on 05-04: 5000', () => {
  const model = buyer('starter', '05-01')
  ok(model.advanceTo(at('05-03')))
  ok(model.changePlan('starter-yearly', 'NOW'))
  expect(model.snapshot().payments[1]?.amount).toBe(4532n)
  ok(model.advanceTo(at('05-04')))
  expect(refund(model, 2)).toEqual({
    amount: 5000n,
    money: [
      [2, 4532n],
      [1, 468n],
    ],
  })
})

test('Refunds: 250 paid with a coupon, on day 8: 185', () => {
  const model = newCustomer('05-01')
  ok(model.applyPlan({ plan: 'starter', amount: 250n }))
  ok(model.advanceTo(at('05-09')))
  expect(ok(model.refundEligibility(1)).refundable).toBe(185n)
})

test('Refunds: with tax the shares are cumulative: 1800 with 22 of 31 days left is 1277 = 1064 + 213', () => {
  const model = buyer('pro', '05-01', { taxBasisPoints: 2000, pricesIncludeTax: false })
  ok(model.advanceTo(at('05-10')))
  expect(refund(model, 1).amount).toBe(1277n)
  expect(model.snapshot().creditNotes[0]).toMatchObject({ amount: 1277n, tax: 213n })
})

test('Refunds: 999 refunded in three steps of 333 gives tax 58, 57, 58', () => {
  const model = newCustomer('05-01', { taxBasisPoints: 2100 })
  ok(model.applyPlan({ plan: 'pro', amount: 999n }))
  for (const amount of [333n, 333n, 333n]) ok(model.requestRefund({ order: 1, amount, endPlan: false, admin: true }))
  expect(model.snapshot().creditNotes.map(({ tax }) => tax)).toEqual([58n, 57n, 58n])
})

test('Refunds: of two full refunds one succeeds', () => {
  const model = buyer('pro', '05-01')
  refund(model, 1)
  expect(model.requestRefund({ order: 1, admin: false })).toEqual({ error: 'REFUND_NOT_ELIGIBLE' })
})

test('Refunds: what was paid from the balance returns there, and granted credit as granted credit', () => {
  const model = approved('pro', '02-01')
  ok(model.grantCredit(300n, at('12-01')))
  ok(model.topUp(200n))
  ok(model.advanceTo(at('02-22')))
  ok(model.recordPayment({ invoice: 2, amount: 1000n, kind: 'BANK_TRANSFER', reference: 'transfer 1' }))
  ok(model.advanceTo(at('03-02')))
  const { parts } = ok(model.requestRefund({ order: 2, admin: false }))
  expect(parts.map(({ amount, destination, status }) => [amount, destination, status])).toEqual([
    [1000n, 'ORIGINAL', 'REQUESTED'],
    [200n, 'BALANCE', 'DONE'],
    [252n, 'BALANCE', 'DONE'],
  ])
  expect(model.snapshot().balance).toEqual({ free: 200n, held: 1000n, granted: 252n })
  ok(model.confirmRefund(parts[0]?.id ?? 0, 'transfer 2'))
  expect(model.snapshot().balance).toEqual({ free: 200n, held: 0n, granted: 252n })
})

test('Refunds: an administrator refunds less than the unused share and ends the plan; the rest goes to the balance', () => {
  const model = buyer('pro', '05-01')
  ok(model.advanceTo(at('05-16')))
  ok(model.requestRefund({ order: 1, amount: 300n, admin: true }))
  expect(model.snapshot().balance.free).toBe(474n)
  expect(subscriptionOf(model).status).toBe('EXPIRED')
})

test('Refunds: a refund that does not end the plan lowers the unused share in proportion', () => {
  const model = buyer('pro', '05-01')
  ok(model.advanceTo(at('05-11')))
  ok(model.requestRefund({ order: 1, amount: 1000n, endPlan: false, admin: true }))
  expect(ok(model.refundEligibility(1))).toMatchObject({ type: 'PRORATED', refundable: 339n })
})

test('Refunds: the newest payments are refunded even when they pay an older invoice; no invoice becomes open', () => {
  const model = approved('starter', '08-01')
  ok(model.advanceTo(at('08-16')))
  ok(model.recordPayment({ order: ok(model.changePlan('pro')).order as number, amount: 516n, kind: 'CASH', reference: 'receipt 1' }))
  ok(model.reversePayment(1))
  ok(model.recordPayment({ invoice: 2, amount: 258n, kind: 'CASH', reference: 'receipt 2' }))
  ok(model.recordPayment({ invoice: 1, amount: 242n, kind: 'CASH', reference: 'receipt 3' }))
  ok(model.advanceTo(at('08-18')))
  const { amount, money } = refund(model, 2)
  expect(amount).toBe(677n)
  expect(money.map(([, returned]) => returned)).toEqual([242n, 258n, 177n])
  expect(creditNotesOf(model).slice(1)).toEqual([[2, 677n]])
  expect(model.snapshot().invoices.map(({ paid, due }) => [paid, due])).toEqual([
    [242n, 0n],
    [97n, 0n],
  ])
  // The same payments were moved; nothing went through the balance.
  expect(model.snapshot().payments.some(({ kind }) => kind === 'BALANCE')).toBe(false)
})
