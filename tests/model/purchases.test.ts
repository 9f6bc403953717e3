import { expect, test } from 'vitest'
import { approved, at, buyer, creditNotesOf, invoicesOf, newCustomer, ok, subscriptionOf } from './customer.js'

test('One plan per customer: two open checkouts that are both paid leave one active plan and 1500 on the balance', () => {
  const model = newCustomer('05-01')
  const first = ok(model.openCheckout('pro'))
  const second = ok(model.openCheckout('pro'))
  ok(model.payCheckout(first.checkout))
  ok(model.advanceTo(at('05-01T00:00:05')))
  ok(model.payCheckout(second.checkout))
  const { orders, subscriptions, balance } = model.snapshot()
  expect(orders.map(({ status }) => status)).toEqual(['CANCELLED', 'ACTIVE'])
  expect(subscriptions.map(({ status }) => status)).toEqual(['EXPIRED', 'ACTIVE'])
  expect(balance.free).toBe(1500n)
  expect(creditNotesOf(model)).toEqual([[1, 1500n]])
})

test('One plan per customer: orders and checkouts are refused while a paid subscription is live, not while a gift is', () => {
  const model = newCustomer('05-01')
  ok(model.applyPlan({ plan: 'starter', amount: 0n }))
  ok(model.placeOrder('pro'))
  ok(model.buy('pro'))
  expect(model.placeOrder('pro')).toEqual({ error: 'ALREADY_SUBSCRIBED' })
  ok(model.cancelSubscription())
  expect(model.openCheckout('starter')).toEqual({ error: 'ALREADY_SUBSCRIBED' })
})

test('One plan per customer: cancelPlan succeeds even when nothing was active', () => {
  expect(newCustomer('05-01').cancelPlan()).toEqual({ ok: true })
})

test('One plan per customer: approving an order records what has not been recorded yet with kind OTHER', () => {
  const model = newCustomer('05-01')
  const { order } = ok(model.placeOrder('pro'))
  ok(model.recordPayment({ order, amount: 600n, kind: 'BANK_TRANSFER', reference: 'transfer 1' }))
  expect(model.snapshot().balance).toEqual({ free: 0n, held: 600n, granted: 0n })
  ok(model.applyPlan({ order }))
  expect(model.snapshot().payments.map(({ kind, amount }) => [kind, amount])).toEqual([
    ['BANK_TRANSFER', 600n],
    ['OTHER', 900n],
  ])
  expect(invoicesOf(model)).toEqual([['PAID', 1500n, 0n]])
  expect(subscriptionOf(model).collection).toBe('INVOICE')
})

test('One plan per customer: a gift has no invoice', () => {
  const model = newCustomer('05-01')
  ok(model.applyPlan({ plan: 'pro', amount: 0n }))
  expect(model.snapshot().invoices).toEqual([])
  expect(subscriptionOf(model)).toMatchObject({ plan: 'pro', collection: 'NONE', status: 'ACTIVE' })
})

test.each([
  ['cancelPlan', true, 774n, 0n],
  ['cancelPlan that forfeits', false, 0n, 774n],
])('One plan per customer: %s on 05-16 puts the unused share on the balance', (_name, creditUnused, balance, forfeited) => {
  const model = buyer('pro', '05-01')
  ok(model.advanceTo(at('05-16')))
  ok(model.cancelPlan({ creditUnused }))
  expect(model.snapshot().balance.free).toBe(balance)
  expect(subscriptionOf(model)).toMatchObject({ status: 'EXPIRED', forfeited })
})

test('One plan per customer: a renewal that is already paid goes to the balance even when the unused share is forfeited', () => {
  const model = approved('pro', '05-01')
  ok(model.advanceTo(at('05-26')))
  ok(model.recordPayment({ invoice: 2, amount: 1500n, kind: 'BANK_TRANSFER', reference: 'transfer 1' }))
  ok(model.cancelPlan({ creditUnused: false }))
  expect(model.snapshot().balance.free).toBe(1500n)
})

test('Orders: a pending order expires 7 days after it was placed, and its money becomes free', () => {
  const model = newCustomer('05-01T10:00')
  const { order } = ok(model.placeOrder('pro'))
  ok(model.recordPayment({ order, amount: 600n, kind: 'CASH', reference: 'receipt 1' }))
  ok(model.advanceTo(at('05-08T09:59:59')))
  expect(model.snapshot().orders[0]?.status).toBe('PENDING')
  ok(model.advanceTo(at('05-08T10:00')))
  expect(model.snapshot().orders[0]?.status).toBe('EXPIRED')
  expect(model.snapshot().balance).toEqual({ free: 600n, held: 0n, granted: 0n })
})

test('Subscriptions: a cancelled subscription has access until the period ends, and can be resumed before', () => {
  const model = buyer('pro', '05-01')
  ok(model.cancelSubscription())
  ok(model.resumeSubscription())
  ok(model.cancelSubscription())
  ok(model.advanceTo(at('05-31T23:59:59')))
  expect(subscriptionOf(model)).toMatchObject({ status: 'CANCELLED', hasAccess: true })
  ok(model.advanceTo(at('06-01')))
  expect(subscriptionOf(model)).toMatchObject({ status: 'EXPIRED', hasAccess: false })
})

test('Subscriptions: a payment never lifts the mark of an administrator', () => {
  const model = approved('pro', '2026-12-05T10:00')
  ok(model.suspend('ABUSE'))
  ok(model.advanceTo(at('2027-01-08T10:00')))
  expect(subscriptionOf(model)).toMatchObject({ status: 'UNPAID', suspendedReason: 'ABUSE' })
  ok(model.recordPayment({ invoice: 2, amount: 1500n, kind: 'CASH', reference: 'receipt 1' }))
  expect(subscriptionOf(model)).toMatchObject({ status: 'ACTIVE', suspendedReason: 'ABUSE', hasAccess: false })
  ok(model.unsuspend())
  expect(subscriptionOf(model).hasAccess).toBe(true)
})
