import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { checkLedger } from '../../support/ledger.js'
import {
  buy,
  buyUnpaid,
  cancelSubscription,
  countLedgerRows,
  dataOf,
  grantCredit,
  order,
  readBalances,
  readInvoice,
  readOrder,
  readPostings,
  recordPayment,
  reversePayment,
} from '../../support/payments.js'
import { cancelOrder, cancelPlan, codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

const START = '2026-05-01T10:00:00.000Z'
const LATER = '2026-05-16T22:00:00.000Z'
let server: TestServer
let plans: Catalog
let user = 700

beforeAll(async () => {
  server = await startServer({ now: START })
  plans = await createCatalog(server)
})
afterAll(async () => {
  expect(await checkLedger(server)).toEqual([])
  await server.close()
})
beforeEach(async () => {
  user += 1
  server.clock.set(START)
  await server.ask(user, '{ me { id } }')
})

const record = async (input: object) => (await dataOf(recordPayment(server, input))).recordPayment
const reverse = async (paymentId: string) => (await dataOf(reversePayment(server, { paymentId }))).reversePayment
const OPEN = { status: 'OPEN', paidAt: null }

/** An order that is cancelled: money for it goes to the balance. Place it before the customer has a plan. */
async function cancelledOrder(): Promise<string> {
  const orderId = await order(server, user, plans.starter)
  await dataOf(cancelOrder(server, user, orderId))
  return orderId
}

describe('a reversed payment', () => {
  test('makes its invoice open again, due at the reversal', async () => {
    const { invoiceId, paymentId } = await buy(server, user, plans.pro)
    server.clock.set(LATER)
    const { payment, invoices, balance } = await reverse(paymentId)
    expect(payment).toEqual({ id: paymentId, reversedAt: LATER, reversalReason: 'The transfer bounced', invoices: [] })
    const invoice = { ...OPEN, id: invoiceId, amountPaid: { minorUnits: 0 }, amountDue: { minorUnits: 1500 }, dueAt: LATER, payments: [] }
    expect(invoices).toEqual([expect.objectContaining(invoice)])
    expect(balance.amount).toEqual({ minorUnits: 0 })
    const audit = await server.services.db.auditEntry.findFirstOrThrow({ where: { action: 'reversePayment' }, orderBy: { id: 'desc' } })
    expect(audit).toMatchObject({ actor: 'user:1', subject: `user:${user}`, details: { reason: 'The transfer bounced', amount: '1500' } })
  })

  test('of 1500 for 1200, with 300 on the balance, takes both back', async () => {
    const { invoiceId } = await buyUnpaid(server, user, plans.pro)
    await record({ invoiceId, amount: 300 })
    const { payment } = await record({ invoiceId, amount: 1500 })
    expect(await readBalances(server, user)).toMatchObject([{ amount: 300 }])
    const { invoices, balance } = await reverse(payment.id)
    expect(invoices).toMatchObject([{ ...OPEN, amountPaid: { minorUnits: 300 }, amountDue: { minorUnits: 1200 } }])
    expect(balance.amount).toEqual({ minorUnits: 0 })
    expect((await readPostings(server, user)).at(-1)).toEqual({ kind: 'REVERSAL', receivable: 1200, balance: 300, cash: -1500 })
  })

  test('is not due earlier than the invoice was', async () => {
    const { invoiceId } = await buyUnpaid(server, user, plans.starter)
    const { payment } = await record({ invoiceId, amount: 500 })
    await server.services.db.invoice.update({ where: { id: rowId(invoiceId) }, data: { dueAt: new Date('2026-06-01T00:00:00.000Z') } })
    server.clock.set(LATER)
    expect((await reverse(payment.id)).invoices).toMatchObject([{ ...OPEN, dueAt: '2026-06-01T00:00:00.000Z' }])
  })

  test('that is held for a pending order leaves the order pending', async () => {
    const orderId = await order(server, user, plans.pro)
    const { payment } = await record({ orderId, amount: 1000, reference: 'RF18' })
    const { invoices, balance } = await reverse(payment.id)
    expect([invoices, balance.amount, balance.held]).toEqual([[], { minorUnits: 0 }, { minorUnits: 0 }])
    expect(await readOrder(server, orderId)).toMatchObject({ status: 'PENDING' })
    expect((await readPostings(server, user)).at(-1)).toEqual({ kind: 'REVERSAL', balance: 1000, cash: -1000 })
    // It may arrive again, with the same reference.
    expect((await record({ orderId, amount: 1500, reference: 'RF18' })).invoice).toMatchObject({ status: 'PAID' })
  })

  test('is taken from free balance before its invoices, and never from granted or held credit', async () => {
    const [cancelled, pending] = [await cancelledOrder(), await order(server, user, plans.pro)]
    const { invoiceId, paymentId } = await buy(server, user, plans.starter)
    await record({ orderId: cancelled, amount: 200 })
    await record({ orderId: pending, amount: 400 })
    expect(await reverse(paymentId)).toMatchObject({
      invoices: [{ id: invoiceId, amountPaid: { minorUnits: 200 }, amountDue: { minorUnits: 300 } }],
      balance: { amount: { minorUnits: 400 }, held: { minorUnits: 400 } },
    })
    await dataOf(grantCredit(server, { userId: String(user), amount: { minorUnits: 1000, currency: 'USD' } }))
    const { payment } = await record({ orderId: cancelled, amount: 50 })
    expect(await reverse(payment.id)).toMatchObject({ invoices: [], balance: { granted: { minorUnits: 700 } } })
  })

  test('is taken from the invoices that were paid from the balance, the newest payment first', async () => {
    const cancelled = await cancelledOrder()
    const older = await buyUnpaid(server, user, plans.starter)
    const { payment } = await record({ orderId: cancelled, amount: 300 })
    await record({ orderId: cancelled, amount: 200 })
    const before = await readInvoice(server, older.invoiceId)
    expect(before).toMatchObject({ status: 'PAID', payments: [{ kind: 'BALANCE' }, { kind: 'BALANCE' }] })
    const { invoices } = await reverse(payment.id)
    // All of the second payment from the balance, and 100 of the first.
    expect(invoices).toMatchObject([{ ...OPEN, amountPaid: { minorUnits: 200 }, payments: [{ id: before.payments[0].id }] }])
  })

  test('never takes back what granted credit has paid', async () => {
    const cancelled = await cancelledOrder()
    const { invoiceId } = await buyUnpaid(server, user, plans.starter)
    await dataOf(grantCredit(server, { userId: String(user), amount: { minorUnits: 400, currency: 'USD' } }))
    const { payment } = await record({ orderId: cancelled, amount: 100 })
    const { invoices } = await reverse(payment.id)
    expect(invoices).toMatchObject([{ id: invoiceId, amountPaid: { minorUnits: 400 }, amountDue: { minorUnits: 100 } }])
  })

  test('leaves an invoice that granted credit pays settled', async () => {
    const { invoiceId, paymentId } = await buy(server, user, plans.starter)
    await dataOf(grantCredit(server, { userId: String(user), amount: { minorUnits: 600, currency: 'USD' } }))
    const { invoices, balance } = await reverse(paymentId)
    expect(invoices).toMatchObject([{ id: invoiceId, status: 'PAID', payments: [{ kind: 'BALANCE' }] }])
    expect(balance).toMatchObject({ amount: { minorUnits: 100 }, granted: { minorUnits: 100 } })
  })

  test('is taken from what a credit note has returned', async () => {
    const { paymentId, invoiceId } = await buy(server, user, plans.pro)
    server.clock.set(LATER)
    await dataOf(cancelPlan(server, { userId: String(user) }))
    expect(await readBalances(server, user)).toMatchObject([{ amount: 750 }])
    const { invoices, balance } = await reverse(paymentId)
    expect(invoices).toMatchObject([{ ...OPEN, id: invoiceId, amountPaid: { minorUnits: 0 }, amountDue: { minorUnits: 750 } }])
    expect(balance.amount).toEqual({ minorUnits: 0 })
  })
})

describe('the subscription of an invoice that is open again', () => {
  const subscription = async () => (await dataOf(server.ask(user, '{ subscription { status } }'))).subscription

  test('is past due, and gives access during the grace period', async () => {
    await buyUnpaid(server, user, plans.pro)
    expect(await subscription()).toEqual({ status: 'PAST_DUE' })
    expect((await dataOf(server.ask(user, '{ me { portalTier } }'))).me.portalTier).toBe('PAID')
  })

  test('ends at once if it is cancelled, with a credit note on the invoice', async () => {
    const { orderId, invoiceId, paymentId } = await buy(server, user, plans.pro)
    await dataOf(cancelSubscription(server, user))
    server.clock.set(LATER)
    const { invoices, balance } = await reverse(paymentId)
    expect(invoices).toMatchObject([{ id: invoiceId, status: 'REFUNDED', amountPaid: { minorUnits: 0 }, amountDue: { minorUnits: 0 } }])
    expect(balance.amount).toEqual({ minorUnits: 0 })
    expect(await subscription()).toBeNull()
    expect(await readOrder(server, orderId)).toMatchObject({ status: 'EXPIRED' })
    expect((await dataOf(server.ask(user, '{ me { portalTier } }'))).me.portalTier).toBe('FREE')
    const ended = await server.services.db.outboxEvent.count({ where: { holder: `user:${user}`, type: 'plan.expired' } })
    expect(ended).toBe(1)
  })

  test('ends with the unused share of the other payments on the balance', async () => {
    const orderId = await order(server, user, plans.pro)
    const { payment } = await record({ orderId, amount: 300 })
    const { invoice } = await record({ orderId, amount: 1200 })
    await dataOf(cancelSubscription(server, user))
    server.clock.set(LATER)
    // 1200 of 1500 are paid, and half of the period has passed.
    const { balance } = await reverse(payment.id)
    expect(balance.amount).toEqual({ minorUnits: 450 })
    const status = { status: 'PARTIALLY_REFUNDED', amountPaid: { minorUnits: 750 }, amountDue: { minorUnits: 0 } }
    expect(await readInvoice(server, invoice.id)).toMatchObject(status)
  })

  test('continues if it is cancelled and the balance covers the payment', async () => {
    const cancelled = await cancelledOrder()
    const { paymentId } = await buy(server, user, plans.pro)
    await record({ orderId: cancelled, amount: 1500 })
    await dataOf(cancelSubscription(server, user))
    // The reversed payment pays nothing any more; the balance pays instead.
    expect((await reverse(paymentId)).invoices).toMatchObject([{ status: 'PAID', payments: [{ kind: 'BALANCE' }] }])
    expect(await subscription()).toEqual({ status: 'CANCELLED' })
  })

  test('loses a pending plan change, whose money settles what is open', async () => {
    const { paymentId, invoiceId } = await buy(server, user, plans.starter)
    const change = 'mutation ($input: ChangePlanInput!) { changePlan(input: $input) { order { id status } } }'
    const { changePlan } = await dataOf(server.ask(user, change, { input: { planId: plans.pro, when: 'NOW' } }))
    expect(changePlan.order.status).toBe('PENDING')
    await record({ orderId: changePlan.order.id, amount: 100 })
    const { invoices, balance } = await reverse(paymentId)
    expect(invoices).toMatchObject([{ id: invoiceId, status: 'OPEN', amountPaid: { minorUnits: 100 }, amountDue: { minorUnits: 400 } }])
    expect(balance).toMatchObject({ amount: { minorUnits: 0 }, held: { minorUnits: 0 } })
    expect((await readOrder(server, changePlan.order.id)).status).toBe('CANCELLED')
  })
})

test('a payment for a plan change completes it', async () => {
  await buy(server, user, plans.starter)
  const change = 'mutation ($input: ChangePlanInput!) { changePlan(input: $input) { order { id amount { minorUnits } } } }'
  const { changePlan } = await dataOf(server.ask(user, change, { input: { planId: plans.pro, when: 'NOW' } }))
  const { id, amount } = changePlan.order
  expect((await record({ orderId: id, amount: amount.minorUnits - 1 })).balance.held).toEqual({ minorUnits: amount.minorUnits - 1 })
  const { invoice, balance } = await record({ orderId: id, amount: 11 })
  expect(invoice).toMatchObject({ status: 'PAID' })
  expect(balance.amount).toEqual({ minorUnits: 10 })
  expect((await dataOf(server.ask(user, '{ subscription { plan { slug } } }'))).subscription.plan).toEqual({ slug: 'pro' })
})

describe('a reversal is refused', () => {
  const refusal = async (paymentId: string, message: string) => {
    const before = await countLedgerRows(server)
    const answer = await reversePayment(server, { paymentId })
    expect([codeOf(answer), answer.errors?.[0]?.message]).toEqual(['INVALID_TRANSITION', expect.stringContaining(message)])
    expect(await countLedgerRows(server)).toEqual(before)
  }

  test('for a payment that was reversed already, also at the same moment', async () => {
    const { paymentId } = await buy(server, user, plans.pro)
    const answers = await Promise.all([1, 2, 3].map(() => reversePayment(server, { paymentId })))
    expect(answers.map(codeOf).sort()).toEqual(['INVALID_TRANSITION', 'INVALID_TRANSITION', 'none'])
    await refusal(paymentId, 'it was reversed at')
  })

  test('for a payment from the balance', async () => {
    const cancelled = await cancelledOrder()
    const { invoiceId } = await buyUnpaid(server, user, plans.starter)
    await record({ orderId: cancelled, amount: 500 })
    const [payment] = (await readInvoice(server, invoiceId)).payments
    await refusal(payment.id, 'it was taken from the balance')
  })

  test('for money that was paid out', async () => {
    const { payment } = await record({ orderId: await cancelledOrder(), amount: 500 })
    const { id: paymentId } = await server.services.db.payment.findUniqueOrThrow({ where: { id: BigInt(rowId(payment.id)) } })
    const input = { userId: String(user), amount: 300, currency: 'USD', reason: 'Asked for it', reference: 'SEPA 1' }
    const payOut = 'mutation ($input: PayOutBalanceInput!) { payOutBalance(input: $input) { refund { status } } }'
    expect((await server.ask('admin', payOut, { input })).data.payOutBalance.refund.status).toBe('DONE')
    await refusal(`pay_${paymentId}`, 'only 200 of its 500 minor units of USD can be taken back; the missing amount was paid out')
  })

  test('for an unknown payment, without a reason, and for customers', async () => {
    expect(codeOf(await reversePayment(server, { paymentId: '404404' }))).toBe('PAYMENT_NOT_FOUND')
    const { paymentId } = await buy(server, user, plans.pro)
    expect((await reversePayment(server, { paymentId, reason: ' ' })).errors?.[0]?.extensions).toMatchObject({ field: 'input.reason' })
    expect(codeOf(await reversePayment(server, { paymentId }, user))).toBe('FORBIDDEN')
  })
})

test('a reversal happens once for an idempotency key', async () => {
  const { paymentId } = await buy(server, user, plans.pro)
  const send = () => dataOf(reversePayment(server, { paymentId, idempotencyKey: `reversal ${user}` }))
  const [first, second] = await Promise.all([send(), send()])
  expect(first).toEqual(second)
  expect(first.reversePayment.invoices).toMatchObject([OPEN])
})
