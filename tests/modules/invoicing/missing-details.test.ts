import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { checkLedger } from '../../support/ledger.js'
import { dataOf, readOrder, recordPayment } from '../../support/payments.js'
import { applyPlan, codeOf, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

const START = '2026-05-01T10:00:00.000Z'
const NO_COUNTRY = { DEFAULT_CUSTOMER_COUNTRY: '' }
let server: TestServer
let plans: Catalog
let user = 900

beforeAll(async () => {
  server = await startServer({ now: START, environment: NO_COUNTRY })
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

const setCountry = (country: string | null, who = user) =>
  dataOf(
    server.ask(who, 'mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { billingDetails { country } } }', {
      input: { name: 'Ada', country },
    }),
  )
const WAITING = `{ waitingInvoices { nodes { missing since order { id status } customer { ... on User { id } } } } }`
const waiting = async () =>
  (await dataOf(server.ask('admin', WAITING))).waitingInvoices.nodes.filter((node: any) => node.customer.id === `user_${user}`)
const checkout = (on: TestServer) =>
  on.ask(user, 'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }', {
    input: { plan: 'pro', successUrl: on.url, cancelUrl: on.url },
  })
/** Buys Pro, which is renewed by invoice. */
async function buy(): Promise<void> {
  const { order } = (await dataOf(placeOrder(server, user, { planId: plans.pro }))).placeOrder
  await dataOf(applyPlan(server, { userId: String(user), planId: plans.pro, orderId: order.id }))
}
const countRows = async () => {
  const { db } = server.services
  return [await db.order.count(), await db.invoice.count(), await db.payment.count(), await db.ledgerPosting.count()]
}

describe('without the country of the buyer', () => {
  test('no order is placed, no plan is granted and no checkout is opened, and the error names what is missing', async () => {
    const before = await countRows()
    const answers = [
      await placeOrder(server, user, { planId: plans.pro }),
      await applyPlan(server, { userId: String(user), planId: plans.pro }),
      await checkout(server),
    ]
    for (const { errors } of answers) {
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BUYER_DETAILS_MISSING', missing: ['country'] })
      expect(errors?.[0]?.message).toBe('The billing details lack country, which an invoice must state; set them with setBillingDetails')
    }
    expect(await countRows()).toEqual(before)
  })

  test('what costs nothing can be had', async () => {
    expect((await applyPlan(server, { userId: String(user), planId: plans.pro, amount: 0 })).errors).toBeUndefined()
  })

  test('a plan change is refused before money is requested', async () => {
    await setCountry('US')
    await dataOf(applyPlan(server, { userId: String(user), planId: plans.starter }))
    await setCountry(null)
    const answer = await server.ask(user, 'mutation ($input: ChangePlanInput!) { changePlan(input: $input) { order { id } } }', {
      input: { planId: plans.pro },
    })
    expect(codeOf(answer)).toBe('BUYER_DETAILS_MISSING')
  })

  test('money that arrives for an order is held, its invoice waits, and the order becomes active when the country is there', async () => {
    await setCountry('US')
    const { order } = (await dataOf(placeOrder(server, user, { planId: plans.pro }))).placeOrder
    await setCountry(null)
    const { payment, invoice } = (await dataOf(recordPayment(server, { orderId: order.id, amount: 1500, reference: `R ${user}` })))
      .recordPayment
    expect([payment.reference, invoice]).toEqual([`R ${user}`, null])
    expect(await waiting()).toMatchObject([{ missing: ['country'], since: START, order: { id: order.id, status: 'PENDING' } }])
    // An unpaid order would have expired.
    server.clock.set('2026-05-20T10:00:00.000Z')
    await server.tick()
    expect(await readOrder(server, order.id)).toMatchObject({ status: 'PENDING' })
    await setCountry('US')
    await server.tick()
    expect(await readOrder(server, order.id)).toMatchObject({ status: 'ACTIVE' })
    expect(await waiting()).toEqual([])
    const invoices = await server.services.db.invoice.findMany({ where: { userId: String(user) } })
    expect(invoices).toMatchObject([{ status: 'PAID', total: 1500n, snapshot: { buyer: { country: 'US' } } }])
  })

  test('a renewal waits, other commands of the customer work, and it is issued when the country is there', async () => {
    await setCountry('US')
    const { order } = (await dataOf(placeOrder(server, user, { planId: plans.pro }))).placeOrder
    await dataOf(applyPlan(server, { userId: String(user), planId: plans.pro, orderId: order.id }))
    await setCountry(null)
    server.clock.set('2026-05-26T10:00:00.000Z')
    await server.tick()
    expect(await waiting()).toMatchObject([{ missing: ['country'], order: null }])
    const cancelled = await server.ask(user, 'mutation { cancelSubscription(input: {}) { subscription { status } } }')
    expect(cancelled.data.cancelSubscription.subscription.status).toBe('CANCELLED')
    await dataOf(server.ask(user, 'mutation { resumeSubscription(input: {}) { subscription { status } } }'))
    // Also when the period ends meanwhile.
    server.clock.set('2026-06-02T10:00:00.000Z')
    await server.tick()
    const invoices = () => server.services.db.invoice.findMany({ where: { userId: String(user) }, orderBy: { id: 'asc' } })
    expect(await invoices()).toHaveLength(1)
    await setCountry('US')
    server.clock.set('2026-06-02T11:00:00.000Z')
    await server.tick()
    expect(await invoices()).toMatchObject([
      { status: 'PAID' },
      { status: 'OPEN', total: 1500n, dueAt: new Date('2026-06-01T10:00:00.000Z') },
    ])
    expect(await waiting()).toEqual([])
  })

  test('a period that cannot be invoiced counts as unpaid: past due, then without access, then ended', async () => {
    await setCountry('US')
    await buy()
    await setCountry(null)
    const statusAt = async (time: string) => {
      server.clock.set(time)
      await server.tick()
      const { status } = await server.services.db.subscription.findFirstOrThrow({ where: { userId: String(user) } })
      const { me } = await dataOf(server.ask(user, '{ me { currentPlan { slug } } }'))
      return `${status} ${me.currentPlan?.slug ?? 'none'}`
    }
    expect(await statusAt('2026-05-31T10:00:00.000Z')).toBe('ACTIVE pro')
    expect(await statusAt('2026-06-01T11:00:00.000Z')).toBe('PAST_DUE pro')
    // It is not lifted by another try.
    expect(await statusAt('2026-06-03T11:00:00.000Z')).toBe('PAST_DUE pro')
    expect(await statusAt('2026-06-08T11:00:00.000Z')).toBe('UNPAID free')
    expect(await statusAt('2026-07-20T11:00:00.000Z')).toBe('EXPIRED free')
    expect(await waiting()).toEqual([])
    expect(await server.services.db.invoice.count({ where: { userId: String(user) } })).toBe(1)
  })

  test('a year later it has ended long ago', async () => {
    await setCountry('US')
    await buy()
    await setCountry(null)
    server.clock.set('2027-05-01T10:00:00.000Z')
    await server.tick()
    const { status } = await server.services.db.subscription.findFirstOrThrow({ where: { userId: String(user) } })
    expect(status).toBe('EXPIRED')
  })

  test('access returns with the country, and the period that waited is invoiced', async () => {
    await setCountry('US')
    await buy()
    await setCountry(null)
    server.clock.set('2026-06-09T10:00:00.000Z')
    await server.tick()
    await setCountry('US')
    server.clock.set('2026-06-09T12:00:00.000Z')
    await server.tick()
    const subscription = await server.services.db.subscription.findFirstOrThrow({ where: { userId: String(user) } })
    expect(subscription).toMatchObject({ currentPeriodStart: new Date('2026-06-01T10:00:00.000Z') })
    const invoices = await server.services.db.invoice.findMany({ where: { userId: String(user) }, orderBy: { id: 'asc' } })
    expect(invoices).toMatchObject([{ status: 'PAID' }, { status: 'OPEN', total: 1500n }])
    expect(await waiting()).toEqual([])
  })

  test('a paid plan change waits and does not expire', async () => {
    await setCountry('US')
    await dataOf(applyPlan(server, { userId: String(user), planId: plans.starter }))
    const change = 'mutation ($input: ChangePlanInput!) { changePlan(input: $input) { order { id } } }'
    const { order } = (await dataOf(server.ask(user, change, { input: { planId: plans.pro } }))).changePlan
    await setCountry(null)
    const { amount } = await server.services.db.order.findUniqueOrThrow({ where: { id: BigInt(rowId(order.id)) } })
    await dataOf(recordPayment(server, { orderId: order.id, amount: Number(amount), reference: `C ${user}` }))
    expect(await waiting()).toMatchObject([{ missing: ['country'], order: { id: order.id } }])
    server.clock.set('2026-05-20T10:00:00.000Z')
    await server.tick()
    expect(await readOrder(server, order.id)).toMatchObject({ status: 'PENDING' })
    await setCountry('US')
    await server.tick()
    const { planId } = await server.services.db.subscription.findFirstOrThrow({ where: { userId: String(user) } })
    expect(planId).toBe(BigInt(rowId(plans.pro)))
  })

  test('a renewal that waits is no longer listed when its subscription has ended', async () => {
    await setCountry('US')
    await buy()
    await setCountry(null)
    server.clock.set('2026-05-26T10:00:00.000Z')
    await server.tick()
    expect(await waiting()).toHaveLength(1)
    await dataOf(server.ask('admin', 'mutation ($id: ID!) { cancelPlan(input: { userId: $id }) { __typename } }', { id: String(user) }))
    expect(await waiting()).toEqual([])
  })
})

test('where the tax depends on the state, its code is required', async () => {
  const rate = { country: 'AU', region: 'nsw', customerType: 'USER', percentage: '10' }
  const set = 'mutation ($input: SetTaxRateInput!) { setTaxRate(input: $input) { taxRate { region } } }'
  const seller = await startServer({ now: START, environment: { INVOICE_ISSUED_FROM_COUNTRY: 'AU' }, database: server.database })
  expect((await dataOf(seller.ask('admin', set, { input: rate }))).setTaxRate.taxRate.region).toBe('NSW')
  const details = (state: string) =>
    dataOf(
      seller.ask(user, 'mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { __typename } }', {
        input: { name: 'Ada', country: 'AU', state },
      }),
    )
  await details('New South Wales')
  const { errors } = await applyPlan(seller, { userId: String(user), planId: plans.pro })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BUYER_DETAILS_MISSING', missing: ['state'] })
  expect(errors?.[0]?.message).toContain('The tax depends on the state: its code, such as "NY"')
  await details('NSW')
  await dataOf(applyPlan(seller, { userId: String(user), planId: plans.pro }))
  const { tax } = await server.services.db.invoice.findFirstOrThrow({ where: { userId: String(user) } })
  expect(tax).toBe(136n)
  await seller.close()
})

describe('without details of the seller', () => {
  let incomplete: TestServer
  beforeAll(async () => {
    const environment = { INVOICE_ISSUED_FROM_ADDRESS: '', INVOICE_ISSUED_FROM_TAX_ID: '' }
    incomplete = await startServer({ now: START, environment, database: server.database })
  })
  afterAll(() => incomplete.close())

  test('nothing is sold, and the error names the variables', async () => {
    const before = await countRows()
    for (const answer of [
      await placeOrder(incomplete, user, { planId: plans.pro }),
      await applyPlan(incomplete, { userId: String(user), planId: plans.pro }),
      await checkout(incomplete),
    ]) {
      const [error] = answer.errors ?? []
      expect(error?.extensions).toMatchObject({ code: 'SELLER_DETAILS_MISSING' })
      expect(error?.extensions.missing).toContain('INVOICE_ISSUED_FROM_ADDRESS')
      expect(error?.message).toMatch(/^Nothing can be sold until the operator of this server sets INVOICE_ISSUED_FROM_ADDRESS, /)
    }
    expect(await countRows()).toEqual(before)
  })

  test('a payment that arrives is kept, and administrators see that the invoice waits', async () => {
    await setCountry('US')
    const { order } = (await dataOf(placeOrder(server, user, { planId: plans.pro }))).placeOrder
    await dataOf(recordPayment(incomplete, { orderId: order.id, amount: 1500 }))
    expect(await waiting()).toMatchObject([{ missing: expect.arrayContaining(['INVOICE_ISSUED_FROM_ADDRESS']), order: { id: order.id } }])
    // The operator has set them, and restarted the server.
    await server.tick()
    expect(await readOrder(server, order.id)).toMatchObject({ status: 'ACTIVE' })
  })
})

test('only administrators list the invoices that wait', async () => {
  expect(codeOf(await server.ask(user, WAITING))).toBe('FORBIDDEN')
})
