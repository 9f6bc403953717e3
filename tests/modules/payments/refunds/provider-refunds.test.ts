import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Catalog } from '../../../support/catalog.js'
import { createCatalog } from '../../../support/catalog.js'
import { rowId } from '../../../support/ids.js'
import { checkLedger } from '../../../support/ledger.js'
import { deliver, event, type FakeLemonSqueezy, payment, subscription } from '../../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../../support/lemon-squeezy-server.js'
import { dataOf, recordPayment, reversePayment } from '../../../support/payments.js'
import { amountsOf, must, payOutBalance, readUserBalance, requestRefund } from '../../../support/refunds.js'
import { applyPlan, cancelPlan } from '../../../support/requests.js'
import { startServer, type TestServer } from '../../../support/server.js'

// DOMAIN: "Refunds" and "The ledger", for payments through a provider.

const START = '2026-05-01T10:00:00.000Z'
const USER = 10
let server: TestServer
let plans: Catalog

const balance = () => readUserBalance(server, USER)
const events = async () =>
  (await server.services.db.providerEvent.findMany({ where: { status: 'PARKED' } })).map(({ lastError }) => lastError)
const account = async () =>
  must(
    await server.ask(
      USER,
      '{ me { currentPlan { slug } } orders { nodes { id } } invoices { nodes { status creditNotes { amount { minorUnits } } } } }',
    ),
  )
/** Postings of credit notes and refunds, minor units: receivable, balance, cash. */
const returns = async () =>
  (await server.services.db.ledgerPosting.findMany({ where: { kind: { in: ['CREDIT_NOTE', 'REFUND'] } }, orderBy: { id: 'asc' } })).map(
    ({ kind, receivable, balance: onBalance, cash }) => [kind, Number(receivable), Number(onBalance), Number(cash)],
  )
const refunds = async () =>
  (await server.services.db.refund.findMany({ include: { parts: true }, orderBy: { id: 'asc' } })).map(
    ({ status, type, amount, parts }) => [status, type, Number(amount), parts.map((part) => `${part.destination} ${part.amount}`)],
  )

afterEach(async () => {
  const problems = await checkLedger(server)
  await server.close()
  expect(problems).toEqual([])
})

describe('in the sandbox', () => {
  beforeEach(async () => {
    server = await startServer({ now: START })
    plans = await createCatalog(server)
  })

  async function buy(plan: string): Promise<string> {
    const input = { plan, successUrl: server.url, cancelUrl: server.url }
    const create = 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }'
    const { checkoutUrl } = must(await server.ask(USER, create, { input })).createCheckout
    await fetch(`${checkoutUrl}/pay`, { method: 'POST', redirect: 'manual' })
    await server.settle()
    return (await account()).orders.nodes[0].id
  }
  /** A refund in the dashboard of the provider. */
  const refundAtProvider = async (paymentIndex: number, amount: bigint) => {
    const payments = await server.services.db.payment.findMany({ where: { kind: 'PROVIDER' }, orderBy: { id: 'asc' } })
    await server.services.providers.getActive().refund(payments[paymentIndex]?.providerPaymentId ?? '', amount)
    await server.settle()
  }

  test('is requested from each payment, and paid out from the balance that held it', async () => {
    await buy('starter')
    server.clock.set('2026-05-03T10:00:00.000Z')
    must(await server.ask(USER, 'mutation ($id: ID!) { changePlan(input: { planId: $id }) { change { when } } }', { id: plans.pro }))
    await server.settle()
    const orderId = (await account()).orders.nodes[0].id
    const { refund } = must(await requestRefund(server, USER, { orderId })).requestRefund
    await server.settle()
    expect(refund).toMatchObject({ status: 'DONE', parts: [{ amount: { minorUnits: 935 } }, { amount: { minorUnits: 500 } }] })
    expect(await balance()).toEqual({ amount: 0, held: 0, granted: 0 })
    const records = await server.services.db.sandboxRecord.findMany({ where: { type: 'subscription-invoices' }, orderBy: { id: 'asc' } })
    expect(records.map(({ attributes }) => (attributes as { refunded_amount: number }).refunded_amount)).toEqual([500, 935])
    expect(await refunds()).toHaveLength(1)
  })

  test('that the provider reports is one posting: a credit note that is returned to the card', async () => {
    await buy('pro')
    await refundAtProvider(0, 600n)
    expect(await returns()).toEqual([['CREDIT_NOTE', 0, 0, -600]])
    expect([await refunds(), (await account()).me.currentPlan.slug]).toEqual([[['DONE', 'PRORATED', 600, ['ORIGINAL 600']]], 'pro'])
    await refundAtProvider(0, 900n)
    expect([(await refunds())[1], (await account()).me.currentPlan.slug]).toEqual([['DONE', 'FULL', 900, ['ORIGINAL 900']], 'free'])
  })

  test('of the whole payment for the current plan ends the plan, and the rest of the unused share goes to the balance', async () => {
    await buy('starter')
    server.clock.set('2026-05-03T10:00:00.000Z')
    must(await server.ask(USER, 'mutation ($id: ID!) { changePlan(input: { planId: $id }) { change { when } } }', { id: plans.pro }))
    await server.settle()
    await refundAtProvider(1, 935n)
    const { me, invoices } = await account()
    // Of 1403 for Pro, 935 are returned to the card, and 468 are left of the credit that the change carried.
    expect([me.currentPlan.slug, amountsOf(invoices.nodes[0].creditNotes)]).toEqual(['free', [935, 468]])
    expect(await balance()).toEqual({ amount: 468, held: 0, granted: 0 })
  })

  test('of money that has gone to the balance is taken from there', async () => {
    await buy('pro')
    server.clock.set('2026-05-02T10:00:00.000Z')
    must(await cancelPlan(server, { userId: String(USER) }))
    expect((await balance()).amount).toBe(1452)
    await refundAtProvider(0, 1500n)
    expect(await returns()).toEqual([
      ['CREDIT_NOTE', 0, -1452, 0],
      ['CREDIT_NOTE', 0, 0, -48],
      ['REFUND', 0, 1452, -1452],
    ])
    expect(await balance()).toEqual({ amount: 0, held: 0, granted: 0 })
  })

  test('of money that has been paid out already is parked and changes nothing', async () => {
    await buy('pro')
    server.clock.set('2026-05-02T10:00:00.000Z')
    must(await cancelPlan(server, { userId: String(USER) }))
    must(await payOutBalance(server, 'admin', { userId: String(USER), amount: 1452, currency: 'USD', reason: 'Closed', reference: 'SEPA' }))
    await refundAtProvider(0, 1500n)
    expect(await events()).toEqual([
      expect.stringMatching(/^the refund of 1500 minor units exceeds the 48 of payment \d+ that pay invoices and the free balance of 0: /),
    ])
    expect(await refunds()).toEqual([['DONE', null, 1452, ['ORIGINAL 1452']]])
  })

  test('of a payment that was reversed before changes nothing, because its money was taken back already', async () => {
    const orderId = await buy('pro')
    const { id } = await server.services.db.payment.findFirstOrThrow()
    await dataOf(reversePayment(server, { paymentId: String(id) }))
    await dataOf(recordPayment(server, { orderId, amount: 4000 }))
    await refundAtProvider(0, 1500n)
    expect([await balance(), await refunds(), await events()]).toEqual([{ amount: 2500, held: 0, granted: 0 }, [], []])
  })

  describe('of money whose credit was spent', () => {
    // Of the 1500 for Pro, 532 pay May, 968 went to the balance, and 500 of them pay Starter in June.
    beforeEach(async () => {
      await buy('pro')
      server.clock.set('2026-05-02T10:00:00.000Z')
      const change = 'mutation ($id: ID!) { changePlan(input: { planId: $id, when: NOW }) { change { when } } }'
      must(await server.ask(USER, change, { id: plans.starter }))
      await server.settle()
      server.clock.set('2026-06-01T10:00:00.000Z')
      await server.tick()
      await server.settle()
      expect((await balance()).amount).toBe(468)
    })
    const invoices = async () =>
      (await server.services.db.invoice.findMany({ where: { kind: 'INVOICE' }, orderBy: { id: 'asc' } })).map(
        ({ status, total, paidTotal, creditedTotal }) => [status, ...[total, paidTotal, creditedTotal].map(Number)],
      )

    test('takes it from the invoice that the credit pays, and ends the plan that it pays in this way', async () => {
      await refundAtProvider(0, 1500n)
      expect([await refunds(), await events()]).toEqual([[['DONE', 'FULL', 1500, ['ORIGINAL 1500']]], []])
      expect([(await account()).me.currentPlan.slug, await balance()]).toEqual(['free', { amount: 0, held: 0, granted: 0 }])
      expect(await invoices()).toEqual([
        ['REFUNDED', 1500, 0, 1500],
        ['REFUNDED', 484, 0, 484],
        ['REFUNDED', 500, 0, 500],
      ])
    })

    test('opens the invoice that the credit pays again, as far as it is no longer covered', async () => {
      await refundAtProvider(0, 1200n)
      expect([await refunds(), await events()]).toEqual([[['DONE', 'PRORATED', 1200, ['ORIGINAL 1200']]], []])
      expect([(await account()).me.currentPlan.slug, await balance()]).toEqual(['starter', { amount: 0, held: 0, granted: 0 }])
      expect((await invoices()).at(-1)).toEqual(['OPEN', 500, 300, 0])
    })
  })

  test('that an earlier version has requested is completed with its credit note and the end of the plan', async () => {
    const orderId = BigInt(rowId(await buy('pro')))
    const { db } = server.services
    const { id: paymentId } = await db.payment.findFirstOrThrow()
    const fields = {
      orderId,
      userId: String(USER),
      type: 'FULL',
      status: 'REQUESTED',
      currency: 'USD',
      days: 0,
      createdAt: server.clock.now(),
    } as const
    const { id } = await db.refund.create({ data: { ...fields, amount: 1500n, tax: 0n } })
    await db.refundPart.create({ data: { refundId: id, paymentId, destination: 'ORIGINAL', amount: 1500n, status: 'REQUESTED' } })
    const eligibility = await requestRefund(server, USER, { orderId: String(orderId) })
    expect(eligibility.errors?.[0]?.message).toBe('A refund has been requested already')
    await server.runTask('finishRefund', { refundId: Number(id) })
    await server.settle()
    const { me, invoices } = await account()
    expect([me.currentPlan.slug, invoices.nodes]).toEqual([
      'free',
      [{ status: 'REFUNDED', creditNotes: [{ amount: { minorUnits: 1500 } }] }],
    ])
    expect([await refunds(), await returns()]).toEqual([[['DONE', 'FULL', 1500, ['ORIGINAL 1500']]], [['CREDIT_NOTE', 0, 0, -1500]]])
  })
})

describe('of a merchant of record', () => {
  let api: FakeLemonSqueezy

  beforeEach(async () => {
    ;({ api, server, plans } = await startWithLemonSqueezy(START))
    const paid = payment(1, 1, START, { billing_reason: 'initial' })
    api.subscriptions.set('1', subscription(1, START))
    api.payments.set('1', paid)
    await deliver(server.url, event('subscription_created', subscription(1, START), { user_id: String(USER) }))
    await deliver(server.url, event('subscription_payment_success', paid))
    await server.settle()
  })
  afterEach(() => api.close())

  const refundedAmount = () => api.payments.get('1')?.attributes.refunded_amount

  test('cannot go to the balance', async () => {
    const { errors } = await requestRefund(server, USER, { orderId: (await account()).orders.nodes[0].id, to: 'BALANCE' })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.to' })
    expect(await refunds()).toEqual([])
  })

  test('returns the unused part of a replaced plan through the provider, once', async () => {
    server.clock.set('2026-05-16T22:00:00.000Z')
    must(await applyPlan(server, { userId: String(USER), planId: plans.starter }))
    await server.settle()
    const { id } = await server.services.db.order.findFirstOrThrow({ orderBy: { id: 'asc' } })
    await server.runTask('refundUnused', { orderId: Number(id), amount: '750' })
    await server.settle()
    expect([refundedAmount(), await refunds()]).toEqual([750, [['DONE', null, 750, ['ORIGINAL 750']]]])
    expect(await balance()).toEqual({ amount: 0, held: 0, granted: 0 })
    expect((await account()).me.currentPlan.slug).toBe('starter')
  })

  test('that ends the plan for less than the unused share returns the rest through the provider', async () => {
    server.clock.set('2026-05-16T22:00:00.000Z')
    const orderId = (await account()).orders.nodes[0].id
    must(await requestRefund(server, 'admin', { orderId, amount: 100, reason: 'Settlement', endPlan: true }))
    await server.settle()
    expect([refundedAmount(), await refunds()]).toEqual([
      750,
      [
        ['DONE', null, 100, ['ORIGINAL 100']],
        ['DONE', null, 650, ['ORIGINAL 650']],
      ],
    ])
  })
})
