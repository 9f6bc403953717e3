import { describe, expect, test } from 'vitest'
import type { BillingModel } from './billing-model.js'
import { approved, at, buyer, newCustomer, ok } from './customer.js'
import { type Amounts, totals } from './ledger.js'

const TAX = { taxBasisPoints: 2000 }

/** What the rows that `action` adds sum up to, without accounts that do not change. */
function posted(model: BillingModel, action: () => void): Partial<Amounts> {
  const before = model.postings().length
  action()
  const rows = totals(model.postings().slice(before))
  return Object.fromEntries(Object.entries(rows).filter(([, amount]) => amount !== 0n))
}

/** A customer with an open invoice of 600, 100 of it tax: granted a plan whose renewal costs 600. */
function owing600(): BillingModel {
  const model = newCustomer('05-01', { ...TAX, plans: PLANS })
  ok(model.applyPlan({ order: ok(model.placeOrder('basic')).order }))
  ok(model.advanceTo(at('05-25')))
  return model
}

const PLANS = [
  { slug: 'free', price: 0n, interval: 'MONTH', rank: 0 },
  { slug: 'basic', price: 600n, interval: 'MONTH', rank: 1 },
  { slug: 'large', price: 1200n, interval: 'MONTH', rank: 2 },
] as const

const customer600 = (subscribe: typeof buyer) => subscribe('basic', '05-01', { ...TAX, plans: PLANS })

describe('The ledger: the table', () => {
  test('invoice of 1200 (200 tax), and payment of 1500 for it', () => {
    const model = newCustomer('05-01', { ...TAX, plans: PLANS })
    const { order } = ok(model.placeOrder('large'))
    ok(model.recordPayment({ order, amount: 1500n, kind: 'CASH', reference: 'receipt 1' }))
    expect(totals(model.postings())).toEqual({ receivable: 0n, balance: -300n, cash: 1500n, revenue: -1000n, tax: -200n })
  })
  test('payment of 600 and more for an open invoice', () => {
    const model = owing600()
    const pay = () => ok(model.recordPayment({ invoice: 2, amount: 900n, kind: 'CASH', reference: 'receipt 1' }))
    expect(posted(model, pay)).toEqual({ receivable: -600n, balance: -300n, cash: 900n })
  })
  test('invoice of 600 (100 tax), 300 from the balance', () => {
    const model = customer600(approved)
    ok(model.topUp(300n))
    const issue = () => ok(model.advanceTo(at('05-25')))
    expect(posted(model, issue)).toEqual({ receivable: 300n, balance: 300n, revenue: -500n, tax: -100n })
    expect(model.postings().at(-1)?.event).toBe('INVOICE')
  })
  test('credit note of 600 on a paid invoice, to the balance', () => {
    const model = customer600(buyer)
    expect(posted(model, () => ok(model.creditInvoice(1, 600n)))).toEqual({ balance: -600n, revenue: 500n, tax: 100n })
  })
  test('refund of 300 from the balance', () => {
    const model = customer600(buyer)
    ok(model.topUp(500n))
    expect(posted(model, () => ok(model.payOutBalance(300n)))).toEqual({ balance: 300n, cash: -300n })
  })
  test('credit note of 600 on an unpaid invoice', () => {
    const model = owing600()
    expect(posted(model, () => ok(model.voidInvoice(2)))).toEqual({ receivable: -600n, revenue: 500n, tax: 100n })
    expect(model.snapshot().invoices[1]?.status).toBe('VOID')
  })
  test('credit note of 600 on a paid invoice, returned to the card', () => {
    const model = customer600(buyer)
    const refund = () => ok(model.requestRefund({ order: 1, admin: false }))
    expect(posted(model, refund)).toEqual({ cash: -600n, revenue: 500n, tax: 100n })
  })
  test('the same by bank transfer: requested, then confirmed', () => {
    const model = customer600(approved)
    const refund = () => ok(model.requestRefund({ order: 1, admin: false }))
    expect(posted(model, refund)).toEqual({ balance: -600n, revenue: 500n, tax: 100n })
    expect(posted(model, () => ok(model.confirmRefund(1, 'transfer 1')))).toEqual({ balance: 600n, cash: -600n })
  })
  test('reversal of the payment of 1500', () => {
    const model = newCustomer('05-01', { ...TAX, plans: PLANS })
    const { order } = ok(model.placeOrder('large'))
    ok(model.recordPayment({ order, amount: 1500n, kind: 'CASH', reference: 'receipt 1' }))
    expect(posted(model, () => ok(model.reversePayment(1)))).toEqual({ receivable: 1200n, balance: 300n, cash: -1500n })
  })
  test('top-up of 500', () => {
    const model = newCustomer('05-01')
    expect(posted(model, () => ok(model.topUp(500n)))).toEqual({ balance: -500n, cash: 500n })
  })
  test('credit of 300 granted by an administrator, and its expiry', () => {
    const model = newCustomer('05-01')
    const grant = () => ok(model.grantCredit(300n, at('06-01')))
    expect(posted(model, grant)).toEqual({ balance: -300n, revenue: 300n })
    expect(posted(model, () => ok(model.advanceTo(at('06-01'))))).toEqual({ balance: 300n, revenue: -300n })
  })
  test('unused share of a cancelled plan, forfeited: no posting', () => {
    const model = customer600(buyer)
    const rows = model.postings().length
    ok(model.cancelPlan({ creditUnused: false }))
    expect(model.postings().length).toBe(rows)
  })
})

test('The ledger: granted credit is spent first, the soonest expiry first, and is never paid out', () => {
  const model = approved('starter', '05-01')
  ok(model.topUp(100n))
  ok(model.grantCredit(200n))
  ok(model.grantCredit(300n, at('08-01')))
  ok(model.grantCredit(100n, at('07-01')))
  expect(model.payOutBalance(101n)).toEqual({ error: 'INSUFFICIENT_BALANCE' })
  ok(model.advanceTo(at('05-25')))
  const paid = model.snapshot().payments.filter(({ kind }) => kind === 'BALANCE')
  expect(paid.map(({ grant, amount }) => [grant, amount])).toEqual([
    [3, 100n],
    [2, 300n],
    [1, 100n],
  ])
  expect(model.snapshot().balance).toEqual({ free: 100n, held: 0n, granted: 100n })
})

test('The ledger: granted credit that returns late pays no open invoice', () => {
  const model = approved('starter', '05-01')
  ok(model.grantCredit(500n, at('05-26')))
  ok(model.advanceTo(at('06-02')))
  ok(model.reversePayment(1))
  ok(model.creditInvoice(2, 500n))
  expect(model.snapshot().invoices[0]).toMatchObject({ status: 'OPEN', due: 500n })
  expect(model.snapshot().grants[0]).toMatchObject({ remaining: 0n, expired: 500n })
})

test('The ledger: granted credit that returns after its expiry expires at once', () => {
  const model = approved('starter', '05-01')
  ok(model.grantCredit(500n, at('05-26')))
  ok(model.advanceTo(at('05-27')))
  ok(model.cancelSubscription())
  expect(model.snapshot().grants[0]).toMatchObject({ remaining: 0n, expired: 500n })
  expect(model.snapshot().balance.granted).toBe(0n)
})
