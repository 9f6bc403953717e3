import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../support/catalog.js'
import { rowId } from '../support/ids.js'
import { Receiver } from '../support/receiver.js'
import { applyPlan, codeOf, placeOrder } from '../support/requests.js'
import { startServer, type TestServer } from '../support/server.js'

// All ids of rows are above the range of a 32-bit integer.
const FIRST_ID = 3_000_000_000
const USER = 40

let server: TestServer
let plans: Catalog
let receiver: Receiver

beforeAll(async () => {
  server = await startServer()
  await server.owner.query(
    `SELECT setval(oid::regclass, ${FIRST_ID}) FROM pg_class WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace`,
  )
  plans = await createCatalog(server)
  receiver = await Receiver.start()
})
afterAll(async () => {
  await receiver.close()
  await server.close()
})

async function execute(who: number | 'admin', query: string, variables: object = {}): Promise<any> {
  const { data, errors } = await server.ask(who, query, variables)
  expect(errors).toBeUndefined()
  return data
}

test('a purchase, its plan change and its refund reach the provider, the invoices and a webhook endpoint', async () => {
  const endpoint = await execute('admin', 'mutation ($url: URL!) { createWebhookEndpoint(input: { url: $url }) { endpoint { id } } }', {
    url: receiver.url,
  })
  const urls = { successUrl: `${server.url}/done`, cancelUrl: `${server.url}/left` }
  await execute(USER, '{ me { id } }')
  const { createCheckout } = await execute(
    USER,
    'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }',
    { input: { plan: 'starter', ...urls } },
  )
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  expect((await fetch(`${createCheckout.checkoutUrl}/pay`, { method: 'POST', redirect: 'manual', headers })).status).toBe(303)
  await server.settle()
  await execute(USER, 'mutation ($id: ID!) { changePlan(input: { planId: $id }) { subscription { id } } }', { id: plans.pro })
  await server.settle()
  const account = await execute(USER, '{ orders { nodes { id } } invoices { nodes { id } } subscription { id plan { id slug } } }')
  expect(account.subscription.plan.slug).toBe('pro')
  const ids = [account.subscription.id, account.subscription.plan.id, endpoint.createWebhookEndpoint.endpoint.id]
  const nodes: { id: string }[] = [...account.orders.nodes, ...account.invoices.nodes]
  for (const id of [...ids, ...nodes.map((node) => node.id)]) expect(rowId(id)).toBeGreaterThan(FIRST_ID)
  const refund = 'mutation ($id: ID!) { requestRefund(input: { orderId: $id }) { refund { status } } }'
  const { requestRefund } = await execute(USER, refund, { id: account.orders.nodes[0].id })
  expect(requestRefund.refund).toEqual({ status: 'DONE' })
  await server.settle()
  await server.deliver()
  expect(receiver.received.length).toBeGreaterThan(0)
  for (const { event } of receiver.received) expect(event.data.userId).toBe(String(USER))
})

test('orders are returned in pages, over REST, and with their documents', async () => {
  for (let count = 0; count < 3; count += 1) expect(codeOf(await placeOrder(server, USER + 1, { planId: plans.pro }))).toBe('none')
  const page = 'query ($after: String) { orders(first: 2, after: $after) { nodes { id invoicePdfUrl } pageInfo { endCursor } } }'
  const first = (await execute(USER + 1, page)).orders
  const second = (await execute(USER + 1, page, { after: first.pageInfo.endCursor })).orders
  const ids = [...first.nodes, ...second.nodes].map(({ id }) => id)
  expect(new Set(ids).size).toBe(3)
  const authorization = `Bearer ${await server.token(USER + 1)}`
  const response = await fetch(`${server.url}/api/orders/${rowId(ids[0])}`, { headers: { authorization } })
  expect([response.status, (await response.json()).id]).toEqual([200, Number(rowId(ids[0]))])
  expect((await fetch(first.nodes[0].invoicePdfUrl)).headers.get('content-type')).toBe('application/pdf')
})

test('a claim, its release and a credit note work for an applied plan', async () => {
  const { data, errors } = await applyPlan(server, { userId: String(USER), planId: plans.pro })
  expect(errors).toBeUndefined()
  const server1 = { userId: String(USER), externalId: 's1', memory: 1, disk: 0, cpu: 0 }
  const claim = 'mutation ($input: ClaimServerInput!) { claimServer(input: $input) { claim { externalId } usage { resource used } } }'
  expect((await execute('admin', claim, { input: server1 })).claimServer.usage).toContainEqual({ resource: 'MEMORY_MB', used: 1 })
  const credit = 'mutation ($id: ID!) { creditInvoice(input: { invoiceId: $id, amount: 100 }) { creditNote { id } } }'
  const order = (await execute('admin', 'query ($id: ID!) { order(id: $id) { invoice { id } } }', { id: data.applyPlan.order.id })).order
  const { creditNote } = (await execute('admin', credit, { id: order.invoice.id })).creditInvoice
  expect(rowId(creditNote.id)).toBeGreaterThan(FIRST_ID)
})
