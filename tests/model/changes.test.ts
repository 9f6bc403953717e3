import { describe, expect, test } from 'vitest'
import { approved, at, buyer, creditNotesOf, invoicesOf, newCustomer, ok, subscriptionOf } from './customer.js'
import { DEFAULT_PLAN, type Plan } from './settings.js'

const plansAt = (low: bigint, high: bigint): Plan[] => [
  { slug: DEFAULT_PLAN, price: 0n, interval: 'MONTH', rank: 0 },
  { slug: 'starter', price: low, interval: 'MONTH', rank: 1 },
  { slug: 'pro', price: high, interval: 'MONTH', rank: 2 },
]

describe('Changing plans: the table', () => {
  test.each([
    ['500 to 1500', 500n, 1500n, '2026-05-01', '2026-05-16', 258n, 774n, 516n],
    ['500 to 1500 at noon', 500n, 1500n, '2026-05-01', '2026-05-16T12:00', 250n, 750n, 500n],
    ['500 to 1500 on the 18th', 500n, 1500n, '2026-05-01', '2026-05-18', 226n, 677n, 451n],
    ['500 to 1500 in February 2026', 500n, 1500n, '2026-02-01', '2026-02-15', 250n, 750n, 500n],
    ['a difference of 5000 over 15 of 31 days', 1000n, 6000n, '2026-05-01', '2026-05-17', 484n, 2903n, 2419n],
    ['JPY 1000 to 3000', 1000n, 3000n, '2028-02-01', '2028-02-16', 483n, 1448n, 965n],
  ])('%s', (_name, low, high, bought, changed, credit, charge, due) => {
    const model = buyer('starter', bought, { plans: plansAt(low, high) })
    ok(model.advanceTo(at(changed)))
    const preview = ok(model.previewChange('pro'))
    expect(preview).toMatchObject({ when: 'NOW', credit, charge, toPay: due })
    ok(model.changePlan('pro'))
    expect(creditNotesOf(model)).toEqual([[1, credit]])
    expect(model.snapshot().invoices[1]).toMatchObject({ total: charge, due: 0n })
    expect(model.snapshot().payments[1]).toMatchObject({ kind: 'PROVIDER', amount: due })
  })
})

test('Changing plans: the credit is a share of the whole price, not of what an earlier change charged: 702', () => {
  const model = buyer('starter', '05-01')
  ok(model.advanceTo(at('05-16')))
  ok(model.changePlan('pro'))
  ok(model.advanceTo(at('05-17T12:00')))
  expect(ok(model.previewChange('starter', 'NOW')).credit).toBe(702n)
})

test('Changing plans: 250 paid after a coupon gives 129', () => {
  const model = newCustomer('05-01')
  ok(model.applyPlan({ plan: 'starter', amount: 250n }))
  ok(model.advanceTo(at('05-16')))
  expect(ok(model.previewChange('pro', 'NOW')).credit).toBe(129n)
})

test.each([
  ['by a card', buyer],
  ['by invoice', approved],
])('Changing plans: Pro on 08-01, Starter now on 08-02, a renewal from the balance, Pro on 09-16, collected %s', (_name, subscribe) => {
  const model = subscribe('pro', '08-01')
  ok(model.advanceTo(at('08-02')))
  expect(ok(model.previewChange('starter', 'NOW'))).toMatchObject({ credit: 1452n, charge: 484n, toBalance: 968n })
  ok(model.changePlan('starter', 'NOW'))
  expect(model.snapshot().balance.free).toBe(968n)
  ok(model.advanceTo(at('09-01')))
  expect(model.snapshot().balance.free).toBe(468n)
  ok(model.advanceTo(at('09-16')))
  expect(ok(model.previewChange('pro'))).toMatchObject({ credit: 250n, charge: 750n, fromBalance: 468n, toPay: 32n })
  const changed = ok(model.changePlan('pro'))
  if (changed.effective === 'PAYMENT') {
    expect(model.snapshot().orders.at(-1)).toMatchObject({ kind: 'PLAN_CHANGE', status: 'PENDING', amount: 500n })
    ok(model.recordPayment({ order: changed.order as number, amount: 32n, kind: 'BANK_TRANSFER', reference: 'transfer 1' }))
  }
  expect(subscriptionOf(model).plan).toBe('pro')
  expect(
    model
      .snapshot()
      .payments.slice(-2)
      .map(({ amount }) => amount)
      .sort(),
  ).toEqual([32n, 468n])
  expect(model.snapshot().balance).toEqual({ free: 0n, held: 0n, granted: 0n })
})

test('Changing plans: by default an upgrade takes effect now and a downgrade at the end of the period, not earlier', () => {
  const model = buyer('pro', '05-01')
  expect(ok(model.previewChange('enterprise')).when).toBe('NOW')
  expect(ok(model.changePlan('starter')).effective).toBe('PERIOD_END')
  ok(model.advanceTo(at('05-31T23:59:59')))
  expect(subscriptionOf(model)).toMatchObject({ plan: 'pro', pendingPlan: 'starter' })
  ok(model.advanceTo(at('06-01')))
  expect(subscriptionOf(model)).toMatchObject({ plan: 'starter', pendingPlan: null })
  expect(invoicesOf(model)).toEqual([
    ['PAID', 1500n, 0n],
    ['PAID', 500n, 0n],
  ])
})

test('Changing plans: the customer can revoke a scheduled change', () => {
  const model = buyer('pro', '05-01')
  ok(model.changePlan('starter'))
  ok(model.revokeChange())
  ok(model.advanceTo(at('06-01')))
  expect(subscriptionOf(model).plan).toBe('pro')
  expect(model.revokeChange()).toEqual({ error: 'INVALID_TRANSITION' })
})

describe('Changing plans: a pending change with collection INVOICE', () => {
  const changing = () => {
    const model = approved('starter', '05-01')
    ok(model.advanceTo(at('05-16')))
    const { order } = ok(model.changePlan('pro'))
    return { model, order: order as number }
  }

  test('expires after 7 days or at the end of the period', () => {
    const { model, order } = changing()
    ok(model.advanceTo(at('05-23')))
    expect(model.snapshot().orders[order - 1]).toMatchObject({ amount: 516n, status: 'EXPIRED' })
    ok(model.advanceTo(at('05-29')))
    ok(model.changePlan('pro'))
    expect(model.snapshot().orders.at(-1)?.expiresAt).toBe('2026-06-01T00:00:00.000Z')
  })
  test('is calculated again when its payment is complete, and the excess goes to the balance', () => {
    const { model, order } = changing()
    ok(model.advanceTo(at('05-18')))
    ok(model.recordPayment({ order, amount: 516n, kind: 'BANK_TRANSFER', reference: 'transfer 1' }))
    const { orders, balance, payments } = model.snapshot()
    expect(orders.map(({ kind, status, amount }) => [kind, status, amount])).toEqual([
      ['PURCHASE', 'CANCELLED', 500n],
      ['PLAN_CHANGE', 'CANCELLED', 516n],
      ['PLAN_CHANGE', 'ACTIVE', 451n],
    ])
    expect(balance.free).toBe(65n)
    expect(payments[1]).toMatchObject({ kind: 'BANK_TRANSFER', allocations: [{ invoice: 2, amount: 451n }] })
  })
  test('never costs more than its first amount: the difference is a discount', () => {
    const model = approved('starter', '05-01')
    const { order } = ok(model.changePlan('starter-yearly', 'NOW'))
    expect(model.snapshot().orders[1]?.amount).toBe(4500n)
    ok(model.advanceTo(at('05-03')))
    ok(model.recordPayment({ order: order as number, amount: 4500n, kind: 'CASH', reference: 'receipt 1' }))
    expect(model.snapshot().invoices[1]).toMatchObject({ total: 4968n, due: 0n })
  })
  test('is cancelled by another change, and money that arrives later goes to the balance', () => {
    const { model, order } = changing()
    ok(model.changePlan('enterprise', 'PERIOD_END'))
    ok(model.recordPayment({ order, amount: 516n, kind: 'CASH', reference: 'receipt 1' }))
    expect(model.snapshot().orders[order - 1]?.status).toBe('CANCELLED')
    expect(model.snapshot().balance.free).toBe(516n)
  })
})

test('Changing plans: a reopened invoice cancels a pending change, and its money pays the invoice', () => {
  const model = approved('starter', '05-01')
  ok(model.advanceTo(at('05-16')))
  const { order } = ok(model.changePlan('pro'))
  ok(model.recordPayment({ order: order as number, amount: 200n, kind: 'CASH', reference: 'receipt 1' }))
  ok(model.reversePayment(1))
  expect(model.snapshot().orders.at(-1)).toMatchObject({ kind: 'PLAN_CHANGE', status: 'CANCELLED' })
  expect(model.snapshot().invoices[0]).toMatchObject({ status: 'OPEN', due: 300n })
})

test('Changing plans: no change takes effect now while the invoice of the current period is unpaid', () => {
  const model = approved('starter', '05-01')
  ok(model.reversePayment(1))
  ok(model.extendDueDate(1, at('05-20')))
  expect(subscriptionOf(model).status).toBe('ACTIVE')
  expect(model.changePlan('pro', 'NOW')).toEqual({ error: 'INVALID_TRANSITION' })
  expect(ok(model.changePlan('pro', 'PERIOD_END')).effective).toBe('PERIOD_END')
})

test('Changing plans: money held for a pending change settles open invoices before another change uses it', () => {
  const model = approved('starter', '05-01')
  ok(model.advanceTo(at('05-26')))
  const { order } = ok(model.changePlan('enterprise'))
  ok(model.recordPayment({ order: order as number, amount: 600n, kind: 'CASH', reference: 'receipt 1' }))
  expect(ok(model.previewChange('pro'))).toMatchObject({ credit: 97n, charge: 290n, fromBalance: 100n, toPay: 93n })
  ok(model.changePlan('pro'))
  expect(model.snapshot().invoices[1]).toMatchObject({ status: 'PAID', total: 500n })
  expect(model.snapshot().balance).toEqual({ free: 0n, held: 100n, granted: 0n })
})

test('Changing plans: a change now with collection NONE is a purchase', () => {
  const model = newCustomer('05-01')
  ok(model.applyPlan({ plan: 'starter', amount: 0n }))
  ok(model.advanceTo(at('05-16')))
  const { order } = ok(model.changePlan('pro'))
  ok(model.applyPlan({ order: order as number }))
  expect(subscriptionOf(model)).toMatchObject({
    plan: 'pro',
    collection: 'INVOICE',
    period: { start: '2026-05-16T00:00:00.000Z', end: '2026-06-16T00:00:00.000Z' },
  })
  expect(invoicesOf(model)).toEqual([['PAID', 1500n, 0n]])
})

test('Changing plans: a change inside the renewal window is charged first; then the renewal is credited and reissued', () => {
  const model = approved('starter', '05-01')
  ok(model.advanceTo(at('05-26')))
  const { order } = ok(model.changePlan('pro'))
  ok(model.applyPlan({ order: order as number }))
  expect(invoicesOf(model)).toEqual([
    ['PARTIALLY_REFUNDED', 500n, 97n],
    ['VOID', 500n, 500n],
    ['PAID', 290n, 0n],
    ['OPEN', 1500n, 0n],
  ])
})
