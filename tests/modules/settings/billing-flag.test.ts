import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { codeOf, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
let other: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer()
  other = await startServer({ database: server.database })
  plans = await createCatalog(server)
})
afterAll(() => Promise.all([server.close(), other.close()]))

const enable = (enabled: boolean, who: number | 'admin' = 'admin') =>
  server.ask(who, 'mutation ($enabled: Boolean!) { setBillingEnabled(input: { enabled: $enabled }) { enabled } }', { enabled })

test('returns 503 FEATURE_DISABLED while billing is disabled, and from invoice links the error of the previous API', async () => {
  const { data } = await placeOrder(server, 10, { planId: plans.pro })
  expect((await enable(false)).data.setBillingEnabled.enabled).toBe(false)
  const response = await server.ask(undefined, '{ plans { id } }')
  expect([response.status, codeOf(response)]).toEqual([503, 'FEATURE_DISABLED'])
  expect(codeOf(await placeOrder(server, 10, { planId: plans.pro }))).toBe('FEATURE_DISABLED')
  const invoice = await fetch(data.placeOrder.order.invoicePdfUrl)
  expect([invoice.status, await invoice.text()]).toEqual([503, '{"error":"feature_disabled"}'])
  expect((await server.ask(undefined, '{ billingEnabled }')).data.billingEnabled).toBe(false)
  expect((await enable(true)).data.setBillingEnabled.enabled).toBe(true)
  expect((await server.ask(undefined, '{ plans { id } }')).status).toBe(200)
})

test('applies on another instance within two seconds', async () => {
  await enable(false)
  const deadline = Date.now() + 2000
  while ((await other.ask(undefined, '{ billingEnabled }')).data.billingEnabled && Date.now() < deadline) {
    await new Promise((done) => setTimeout(done, 20))
  }
  expect((await other.ask(undefined, '{ plans { id } }')).status).toBe(503)
  await enable(true)
})

test('can be changed only by administrators, and writes every change to the audit log', async () => {
  expect(codeOf(await enable(false, 10))).toBe('FORBIDDEN')
  const before = await server.services.db.auditEntry.count({ where: { action: 'setBillingEnabled' } })
  await enable(true)
  expect(await server.services.db.auditEntry.count({ where: { action: 'setBillingEnabled' } })).toBe(before + 1)
})

test('applies BILLING_ENABLED=false until an administrator changes the flag', async () => {
  const off = await startServer({ environment: { BILLING_ENABLED: 'false' } })
  expect((await off.ask(undefined, '{ plans { id } }')).status).toBe(503)
  await off.ask('admin', 'mutation { setBillingEnabled(input: { enabled: true }) { enabled } }')
  expect((await off.ask(undefined, '{ plans { id } }')).status).toBe(200)
  await off.close()
})
