import { describe, expect, test } from 'vitest'
import type { BillingModel } from './billing-model.js'
import { approved, at, invoicesOf, newCustomer, ok, subscriptionOf } from './customer.js'

const pay = (model: BillingModel, invoice: number, amount = 1500n, reference = `transfer ${invoice}`) =>
  ok(model.recordPayment({ invoice, amount, kind: 'BANK_TRANSFER', reference }))

/** Pro 1500, approved 2026-12-05T10:00Z, on a later day. */
const pro = (day: string) => {
  const model = approved('pro', '2026-12-05T10:00')
  ok(model.advanceTo(at(day)))
  return model
}

describe('Renewal by invoice: Pro 1500, approved 2026-12-05T10:00Z', () => {
  test('the invoice of 12-29 is for 01-05 to 02-05', () => {
    expect(pro('2026-12-29T09:59:59').snapshot().invoices.length).toBe(1)
    const { invoices, orders } = pro('2026-12-29T10:00').snapshot()
    expect(invoices[1]).toMatchObject({ status: 'OPEN', total: 1500n, dueAt: '2027-01-05T10:00:00.000Z' })
    expect(orders[1]).toMatchObject({
      kind: 'RENEWAL',
      status: 'PENDING',
      period: { start: '2027-01-05T10:00:00.000Z', end: '2027-02-05T10:00:00.000Z' },
    })
  })
  test('paid on 01-04: ACTIVE on 01-05', () => {
    const model = pro('2027-01-04')
    pay(model, 2)
    expect(model.snapshot().orders.map(({ status }) => status)).toEqual(['ACTIVE', 'PENDING'])
    ok(model.advanceTo(at('2027-01-05T10:00')))
    expect(model.snapshot().orders.map(({ status }) => status)).toEqual(['EXPIRED', 'ACTIVE'])
    expect(subscriptionOf(model)).toMatchObject({ status: 'ACTIVE', period: { end: '2027-02-05T10:00:00.000Z' } })
  })
  test('twelve renewals in a year make 13 orders and 13 paid invoices', () => {
    const model = pro('2026-12-05T10:00')
    ok(model.topUp(18_000n))
    ok(model.advanceTo(at('2027-12-05T10:00')))
    expect(model.snapshot().orders.length).toBe(13)
    expect(invoicesOf(model)).toEqual(Array.from({ length: 13 }, () => ['PAID', 1500n, 0n]))
  })
  test('not paid: PAST_DUE on 01-05T10:00, UNPAID three days later', () => {
    const model = pro('2027-01-05T09:59:59')
    expect(subscriptionOf(model).status).toBe('ACTIVE')
    ok(model.advanceTo(at('2027-01-05T10:00')))
    expect(subscriptionOf(model)).toMatchObject({ status: 'PAST_DUE', hasAccess: true })
    ok(model.advanceTo(at('2027-01-08T10:00')))
    expect(subscriptionOf(model)).toMatchObject({ status: 'UNPAID', suspendedReason: 'OVERDUE', hasAccess: false })
  })
  test('paid on 01-20: ACTIVE again, and the period stays', () => {
    const model = pro('2027-01-20')
    pay(model, 2)
    expect(subscriptionOf(model)).toMatchObject({
      status: 'ACTIVE',
      suspendedReason: null,
      period: { start: '2027-01-05T10:00:00.000Z', end: '2027-02-05T10:00:00.000Z' },
    })
    expect(model.snapshot().orders[1]?.status).toBe('ACTIVE')
  })
  test('never paid: EXPIRED on 02-04T10:00', () => {
    const model = pro('2027-02-04T09:59:59')
    expect(subscriptionOf(model).status).toBe('UNPAID')
    ok(model.advanceTo(at('2027-02-04T10:00')))
    expect(subscriptionOf(model).status).toBe('EXPIRED')
    expect(model.snapshot().orders[1]?.status).toBe('EXPIRED')
    expect(invoicesOf(model)[1]).toEqual(['VOID', 1500n, 1500n])
  })
  test('a purchase with expiresAt ends at that time and is not renewed', () => {
    const model = newCustomer('2026-12-05T10:00')
    ok(model.applyPlan({ order: ok(model.placeOrder('pro')).order, expiresAt: at('2027-02-01') }))
    ok(model.advanceTo(at('2027-01-31T23:59:59')))
    expect(subscriptionOf(model)).toMatchObject({ status: 'ACTIVE', period: { end: '2027-02-01T00:00:00.000Z' } })
    ok(model.advanceTo(at('2027-02-01')))
    expect(subscriptionOf(model).status).toBe('EXPIRED')
    expect(model.snapshot().orders.length).toBe(1)
  })
})

test('Renewal by invoice: the renewal is priced by the scheduled change, and reissued when that changes', () => {
  const model = pro('2026-12-30')
  ok(model.changePlan('starter'))
  expect(invoicesOf(model).slice(1)).toEqual([
    ['VOID', 1500n, 1500n],
    ['OPEN', 500n, 0n],
  ])
  ok(model.revokeChange())
  expect(invoicesOf(model).slice(2)).toEqual([
    ['VOID', 500n, 500n],
    ['OPEN', 1500n, 0n],
  ])
})

test('Renewal by invoice: a paid renewal that loses its reason goes to the balance', () => {
  const model = pro('2026-12-30')
  pay(model, 2)
  ok(model.cancelSubscription())
  expect(model.snapshot().balance.free).toBe(1500n)
  expect(model.snapshot().orders[1]?.status).toBe('CANCELLED')
  expect(invoicesOf(model)[1]).toEqual(['REFUNDED', 1500n, 1500n])
  ok(model.resumeSubscription())
  expect(invoicesOf(model)[2]).toEqual(['PAID', 1500n, 0n])
})

test('Renewal by invoice: part payments add up, an overpayment goes to the balance, a reference counts once', () => {
  const model = pro('2026-12-30')
  pay(model, 2, 700n, 'transfer 1')
  expect(model.recordPayment({ invoice: 2, amount: 700n, kind: 'BANK_TRANSFER', reference: 'transfer 1' })).toEqual({
    error: 'DUPLICATE_REFERENCE',
  })
  pay(model, 2, 900n, 'transfer 2')
  expect(model.snapshot().invoices[1]?.status).toBe('PAID')
  expect(model.snapshot().balance.free).toBe(100n)
})

test('Renewal by invoice: free balance settles an open invoice as soon as it appears', () => {
  const model = pro('2027-01-20')
  ok(model.grantCredit(1500n))
  expect(subscriptionOf(model).status).toBe('ACTIVE')
})

test('Renewal by invoice: a reversed payment is taken from the balance and from the invoices that it pays', () => {
  const model = pro('2026-12-30')
  pay(model, 2, 2000n)
  ok(model.advanceTo(at('2027-01-10')))
  ok(model.reversePayment(2))
  expect(model.snapshot().balance.free).toBe(0n)
  expect(model.snapshot().invoices[1]).toMatchObject({ status: 'OPEN', due: 1500n, dueAt: '2027-01-10T00:00:00.000Z' })
  expect(subscriptionOf(model).status).toBe('PAST_DUE')
  ok(model.advanceTo(at('2027-01-13')))
  expect(subscriptionOf(model).status).toBe('UNPAID')
})

test('Renewal by invoice: money that was paid out cannot be reversed', () => {
  const model = pro('2026-12-30')
  pay(model, 2, 2000n)
  ok(model.payOutBalance(500n))
  expect(model.reversePayment(2)).toEqual({ error: 'INVALID_TRANSITION' })
})

test('Renewal by invoice: a reversal reaches an invoice that the balance paid', () => {
  const model = pro('2026-12-30')
  pay(model, 2, 3000n)
  ok(model.advanceTo(at('2027-02-01')))
  expect(model.snapshot().invoices[2]).toMatchObject({ status: 'PAID' })
  ok(model.reversePayment(2))
  expect(
    model
      .snapshot()
      .invoices.slice(1)
      .map(({ due }) => due),
  ).toEqual([1500n, 1500n])
})

test('Renewal by invoice: a CANCELLED subscription whose current invoice becomes open ends at once', () => {
  const model = pro('2026-12-20')
  ok(model.cancelSubscription())
  ok(model.reversePayment(1))
  expect(subscriptionOf(model).status).toBe('EXPIRED')
  expect(invoicesOf(model)).toEqual([['REFUNDED', 1500n, 1500n]])
})

test('Renewal by invoice: an extension lifts UNPAID, and the next renewal is issued when the period ends', () => {
  const model = pro('2027-01-20')
  ok(model.extendDueDate(2, at('2027-02-20')))
  expect(subscriptionOf(model).status).toBe('ACTIVE')
  ok(model.advanceTo(at('2027-02-05T09:59:59')))
  expect(model.snapshot().invoices.length).toBe(2)
  ok(model.advanceTo(at('2027-02-05T10:00')))
  expect(model.snapshot().invoices[2]).toMatchObject({ status: 'OPEN', dueAt: '2027-02-05T10:00:00.000Z' })
  expect(subscriptionOf(model)).toMatchObject({ status: 'PAST_DUE', period: { start: '2027-02-05T10:00:00.000Z' } })
})

test('Renewal by invoice: a written-off invoice counts as settled', () => {
  const model = pro('2027-01-20')
  pay(model, 2, 400n)
  ok(model.voidInvoice(2))
  expect(subscriptionOf(model).status).toBe('ACTIVE')
  expect(invoicesOf(model)[1]).toEqual(['PARTIALLY_REFUNDED', 1500n, 1100n])
})

test('Renewal by invoice: when it ends, part payments for unused time go to the balance', () => {
  const model = pro('2027-01-06T10:00')
  pay(model, 2, 400n)
  ok(model.cancelSubscription())
  // One of 31 days is used: 48 of 1500.
  expect(model.snapshot().balance.free).toBe(352n)
  expect(invoicesOf(model)[1]).toEqual(['PARTIALLY_REFUNDED', 1500n, 1452n])
})

test('Renewal by invoice: without it, a subscription continues its periods unbilled', () => {
  const model = approved('pro', '2026-12-05T10:00', { renewalsByInvoice: false })
  ok(model.advanceTo(at('2027-03-10')))
  expect(subscriptionOf(model)).toMatchObject({ status: 'ACTIVE', period: { start: '2027-03-05T10:00:00.000Z' } })
  expect(model.snapshot().invoices.length).toBe(1)
})
