import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { storePriceMoves } from '../../../src/modules/subscriptions/renewals/move-prices.js'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { buy, dataOf } from '../../support/payments.js'
import { codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

const BOUGHT = '2026-05-01T10:00:00.000Z'
let server: TestServer
let plans: Catalog
let user = 500

beforeAll(async () => {
  server = await startServer({ now: BOUGHT })
  plans = await createCatalog(server)
})
afterAll(() => server.close())
beforeEach(async () => {
  user += 1
  server.clock.set(BOUGHT)
  await setPrice(500)
  await server.ask(user, '{ me { id } }')
  await buy(server, user, plans.starter)
})

async function advanceTo(time: string): Promise<void> {
  server.clock.set(time)
  await server.tick()
}

async function setPrice(price: number): Promise<void> {
  const update = 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { id } } }'
  await dataOf(server.ask('admin', update, { input: { id: plans.starter, price } }))
}

const MOVE = 'mutation ($input: MovePricesInput!) { movePrices(input: $input) { plan { slug } subscriptions } }'

async function movePrices(from?: string): Promise<any> {
  const { movePrices: moved } = await dataOf(server.ask('admin', MOVE, { input: { planId: plans.starter, from } }))
  await server.settle()
  return moved
}

async function readSubscription(): Promise<any> {
  const query = '{ subscription { price { minorUnits } nextPrice { minorUnits } nextPriceAt } }'
  const { price, nextPrice, nextPriceAt } = (await dataOf(server.ask(user, query))).subscription
  return [price.minorUnits, nextPrice?.minorUnits ?? null, nextPriceAt]
}

async function readAmounts(): Promise<number[]> {
  const query = '{ invoices(first: 50) { nodes { amount { minorUnits } } } }'
  const { invoices } = await dataOf(server.ask(user, query))
  return invoices.nodes.map(({ amount }: any) => amount.minorUnits).reverse()
}

async function readNotices(): Promise<any[]> {
  const text = `SELECT payload, created_at FROM outbox_events WHERE holder = $1 AND type = 'price.changing'`
  const { rows } = await server.owner.query({ text, values: [`user:${user}`] })
  return rows.map(({ payload, created_at: at }) => [at.toISOString(), payload.price, payload.newPrice, payload.from])
}

describe('a price that administrators move', () => {
  test('applies from the first renewal for which there is a notice of 30 days, and the event is sent then', async () => {
    await setPrice(700)
    expect(await movePrices()).toMatchObject({ plan: { slug: 'starter' } })
    expect(await readSubscription()).toEqual([500, 700, '2026-06-01T10:00:00.000Z'])
    await advanceTo('2026-05-02T09:59:59.999Z')
    expect(await readNotices()).toEqual([])
    await advanceTo('2026-05-02T10:00:00.000Z')
    await advanceTo('2026-05-03T10:00:00.000Z')
    expect(await readNotices()).toEqual([['2026-05-02T10:00:00.000Z', '500', '700', '2026-06-01T10:00:00.000Z']])
    await advanceTo('2026-05-25T10:00:00.000Z')
    await advanceTo('2026-06-01T10:00:00.000Z')
    expect(await readAmounts()).toEqual([500, 700])
    expect(await readSubscription()).toEqual([700, null, null])
  })

  test('waits for the renewal after the time that is named, and not for one that is invoiced already', async () => {
    await advanceTo('2026-05-25T10:00:00.000Z')
    await setPrice(700)
    await movePrices('2026-06-15T00:00:00.000Z')
    expect(await readSubscription()).toEqual([500, 700, '2026-07-01T10:00:00.000Z'])
    expect(await readAmounts()).toEqual([500, 500])
  })

  test('is previewed for the period in which it applies', async () => {
    await setPrice(700)
    await movePrices()
    const { upcomingInvoice } = await dataOf(server.ask(user, '{ upcomingInvoice { total { minorUnits } } }'))
    expect(upcomingInvoice.total.minorUnits).toBe(700)
  })

  test('is forgotten when the price goes back, and when the plan changes', async () => {
    await setPrice(700)
    await movePrices()
    await setPrice(500)
    await movePrices()
    expect(await readSubscription()).toEqual([500, null, null])
    await setPrice(700)
    await movePrices()
    const change = 'mutation ($id: ID!) { changePlan(input: { planId: $id, when: PERIOD_END }) { subscription { id } } }'
    await dataOf(server.ask(user, change, { id: plans.pro }))
    await dataOf(
      server.ask('admin', GRANT, { input: { userId: String(user), reason: 'A gift', amount: { minorUnits: 1500, currency: 'USD' } } }),
    )
    await advanceTo('2026-05-25T10:00:00.000Z')
    await advanceTo('2026-06-01T10:00:00.000Z')
    expect(await readSubscription()).toEqual([1500, null, null])
  })

  test('is stored once, although its job runs again, and an older one does not replace it', async () => {
    await setPrice(700)
    await movePrices()
    await advanceTo('2026-05-02T10:00:00.000Z')
    await advanceTo('2026-05-25T10:00:00.000Z')
    const move = { planId: BigInt(rowId(plans.starter)), from: new Date(BOUGHT), requestedAt: new Date(BOUGHT) }
    await storePriceMoves(server.services, { ...move, price: 700n })
    await storePriceMoves(server.services, { ...move, price: 600n, requestedAt: new Date('2026-05-01T09:59:59.999Z') })
    expect(await readSubscription()).toEqual([500, 700, '2026-06-01T10:00:00.000Z'])
    await advanceTo('2026-06-02T10:00:00.000Z')
    expect(await readNotices()).toEqual([['2026-05-02T10:00:00.000Z', '500', '700', '2026-06-01T10:00:00.000Z']])
  })

  test('that goes back after a renewal was invoiced applies from the renewal after that', async () => {
    await setPrice(700)
    await movePrices()
    await advanceTo('2026-05-25T10:00:00.000Z')
    await setPrice(500)
    await movePrices()
    await advanceTo('2026-06-02T10:00:00.000Z')
    expect(await readSubscription()).toEqual([700, 500, '2026-07-01T10:00:00.000Z'])
  })

  test('must not be further away than ten years', async () => {
    const answer = await server.ask('admin', MOVE, { input: { planId: plans.starter, from: '2100-01-01T00:00:00.000Z' } })
    expect(codeOf(answer)).toBe('BAD_USER_INPUT')
  })

  test('is previewed for the period after one that is invoiced already', async () => {
    await setPrice(700)
    await movePrices()
    const change = 'mutation ($id: ID!) { changePlan(input: { planId: $id, when: PERIOD_END }) { subscription { id } } }'
    await dataOf(server.ask(user, change, { id: plans.pro }))
    await advanceTo('2026-05-25T10:00:00.000Z')
    const { upcomingInvoice } = await dataOf(server.ask(user, '{ upcomingInvoice { periodStart total { minorUnits } } }'))
    expect(upcomingInvoice).toMatchObject({ periodStart: '2026-07-01T10:00:00.000Z', total: { minorUnits: 1500 } })
  })

  test('is nothing that a customer may decide, and needs a plan with a fixed price', async () => {
    expect(codeOf(await server.ask(user, MOVE, { input: { planId: plans.starter } }))).toBe('FORBIDDEN')
    expect(codeOf(await server.ask('admin', MOVE, { input: { planId: 'plan_999999' } }))).toBe('PLAN_NOT_FOUND')
  })
})

const GRANT = 'mutation ($input: GrantCreditInput!) { grantCredit(input: $input) { grant { id } } }'
