import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { dataOf, recordPayment } from '../../support/payments.js'
import { applyPlan } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

const OWNER = 61
const BUYER = 62
const ORGANISATION = 7

let server: TestServer
let plans: Catalog
/** The order of an admin who has changed the plan that the owner bought to a larger one. */
let changed: string

beforeEach(async () => {
  server = await startServer({ now: '2026-05-01T00:00:00.000Z' })
  plans = await createCatalog(server)
  await createOrganisation(server, ORGANISATION, { [OWNER]: 'OWNER', [BUYER]: 'ADMIN' })
  const organisation = { organisationId: String(ORGANISATION) }
  const place = 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }'
  const bought = (await dataOf(server.ask(OWNER, place, { input: { ...organisation, planId: plans.starter } }))).placeOrder.order.id
  await dataOf(applyPlan(server, { ...organisation, userId: String(OWNER), planId: plans.starter, orderId: bought }))
  server.clock.set('2026-05-16T00:00:00.000Z')
  const change = 'mutation ($input: ChangePlanInput!) { changePlan(input: $input) { order { id } } }'
  changed = (await dataOf(server.ask(BUYER, change, { input: { ...organisation, planId: plans.pro } }))).changePlan.order.id
  await dataOf(recordPayment(server, { orderId: changed, amount: 516, reference: 'transfer of the admin' }))
})
afterEach(() => server.close())

/** The amounts of the payments of an order's invoice. */
async function readPayments(who: number | 'admin', orderId: string): Promise<number[]> {
  const query = 'query ($id: ID!) { order(id: $id) { invoice { payments { amount { minorUnits } } } } }'
  const { order } = await dataOf(server.ask(who, query, { id: orderId }))
  return order.invoice.payments.map(({ amount }: { amount: { minorUnits: number } }) => amount.minorUnits)
}

test('who has left an organisation reads the payments that it made, and not those that a plan change carried', async () => {
  for (const who of ['admin', OWNER, BUYER] as const) expect(await readPayments(who, changed)).toEqual([500, 516])
  const removed = `organisationId: "${ORGANISATION}", userId: "${BUYER}"`
  await dataOf(server.ask('admin', `mutation { setMembership(input: { ${removed} }) { organisation { id } } }`))
  for (const who of ['admin', OWNER] as const) expect(await readPayments(who, changed)).toEqual([500, 516])
  expect(await readPayments(BUYER, changed)).toEqual([516])
})

test('API keys read how much of an invoice is paid, and no payments', async () => {
  const created = await dataOf(server.ask('admin', 'mutation { createApiKey(input: { name: "panel", scopes: [READ] }) { key } }'))
  const query = `{ currentPlan(organisationId: "${ORGANISATION}") { order { invoice { amountPaid { minorUnits } payments { id } } } } }`
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${created.createApiKey.key}` },
    body: JSON.stringify({ query }),
  })
  const { data } = (await response.json()) as { data: object }
  expect(data).toEqual({ currentPlan: { order: { invoice: { amountPaid: { minorUnits: 774 }, payments: [] } } } })
})
