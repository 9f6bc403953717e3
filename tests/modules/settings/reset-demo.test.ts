import { expect, test, vi } from 'vitest'
import { PAYMENT_METHODS_KEY } from '../../../src/modules/payment-methods/index.js'
import { DEMO_DATA_KEY } from '../../../src/modules/settings/reset-demo.js'
import { codeOf } from '../../support/requests.js'
import type { TestServer } from '../../support/server.js'
import { serversOfEachTest } from '../../support/servers.js'

const start = serversOfEachTest()

const RESET = 'mutation { resetDemo { now } }'
const PLACE = 'mutation ($planId: ID!) { placeOrder(input: { planId: $planId }) { order { id } } }'
const APPLY = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { id invoice { id number pdfUrl } } } }'

async function startDemo(options: Parameters<typeof start>[0] = {}): Promise<TestServer> {
  // Only the owner of the tables may disable the triggers that protect them.
  const server = await start({ asOwner: true, ...options })
  if (!options.database) await server.services.demo?.load(server.services)
  return server
}

async function contents(server: TestServer): Promise<unknown> {
  const query = `{
    allPlans { id slug }
    allOrders(first: 50) { nodes { id status description buyer { userId name } invoice { id number status } } }
  }`
  return (await server.ask('admin', query)).data
}

test('restores the original data with the same ids and numbers', async () => {
  const server = await startDemo()
  const before = await contents(server)
  const { data } = await server.ask('admin', APPLY, { input: { userId: '55', planId: '3' } })
  await server.ask('admin', 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { id } } }', {
    input: { invoiceId: data.applyPlan.order.invoice.id, amount: 100, reason: 'Outage' },
  })
  await server.ask(77, PLACE, { planId: '2' })
  await server.settle()
  expect(await contents(server)).not.toEqual(before)
  expect((await server.ask('admin', RESET)).errors).toBeUndefined()
  expect(await contents(server)).toEqual(before)
})

test('leaves one audit entry about the reset, and no jobs of the deleted data', async () => {
  const server = await startDemo()
  await server.services.db.$executeRaw`SELECT graphile_worker.add_job('drawDocument', '{"invoiceId": 999}', job_key := 'left over')`
  await server.ask('admin', RESET)
  const entries = await server.services.db.auditEntry.findMany({ where: { action: 'resetDemo' } })
  expect(entries).toMatchObject([{ actor: 'user:1', subject: 'demo' }])
  const { rows } = await server.connections.pool.query("SELECT FROM graphile_worker.jobs WHERE key = 'left over'")
  expect(rows).toHaveLength(0)
})

test('invalidates the caches of every process: plans, documents and provisioned users', async () => {
  const server = await startDemo()
  const other = await startDemo({ database: server.database })
  const rename = 'mutation { updatePlan(input: { id: "3", name: "Changed" }) { plan { name } } }'
  await server.ask('admin', rename)
  await vi.waitFor(async () => expect((await other.ask(undefined, '{ plan(id: "3") { name } }')).data.plan.name).toBe('Changed'), {
    timeout: 60_000,
  })
  await other.ask(77, PLACE, { planId: '2' })
  const applied = await server.ask('admin', APPLY, { input: { userId: '77', planId: '3' } })
  const { invoice } = applied.data.applyPlan.order
  const link = new URL(invoice.pdfUrl)
  const open = () => fetch(`${other.url}${link.pathname}${link.search}`)
  expect((await open()).status).toBe(200)

  await server.ask('admin', RESET)
  await vi.waitFor(async () => expect((await other.ask(undefined, '{ plan(id: "3") { name } }')).data.plan.name).toBe('Pro'), {
    timeout: 60_000,
  })
  expect((await open()).status).toBe(404)
  // User 77 is created again by the next request, although this process has seen the token before.
  expect((await other.ask(77, PLACE, { planId: '2' })).errors).toBeUndefined()
})

test('still refuses to change invoices and audit entries after a reset', async () => {
  const server = await startDemo()
  await server.ask('admin', RESET)
  const { pool } = server.connections
  for (const statement of ['TRUNCATE invoices CASCADE', 'DELETE FROM invoices', 'TRUNCATE audit_entries', 'DELETE FROM audit_entries']) {
    await expect(pool.query(statement)).rejects.toMatchObject({ code: '23001' })
  }
})

test('sets the clock back to the real time', async () => {
  const server = await startDemo()
  await server.connections.pool.query(
    "INSERT INTO settings (key, value, updated_at) VALUES ('clock.offset', '86400000', now()), ('billing.enabled', 'false', now())",
  )
  await server.services.flag.refresh()
  expect((await server.ask('admin', RESET)).errors).toBeUndefined()
  expect((await server.services.db.setting.findMany()).map(({ key }) => key)).toEqual([DEMO_DATA_KEY, PAYMENT_METHODS_KEY])
  expect((await server.ask(undefined, '{ billingEnabled }')).data.billingEnabled).toBe(true)
})

test('waits for a running transaction and yields to it in a deadlock', async () => {
  const server = await startDemo()
  const other = await server.connections.pool.connect()
  await other.query('BEGIN')
  await other.query('SELECT id FROM invoices ORDER BY id LIMIT 1 FOR NO KEY UPDATE')
  const reset = server.ask('admin', RESET)
  // A render job locks the invoice before its documents; the reset locks the documents and waits for the
  // invoices.
  const resetLock = `SELECT FROM pg_locks WHERE granted AND mode = 'ShareRowExclusiveLock' AND relation = 'invoice_documents'::regclass
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
  await vi.waitFor(async () => expect((await server.connections.pool.query(resetLock)).rowCount).toBe(1), { timeout: 60_000, interval: 20 })
  await other.query('LOCK TABLE invoice_documents IN ROW EXCLUSIVE MODE')
  await other.query('COMMIT')
  other.release()
  expect((await reset).errors).toBeUndefined()
})

test('runs once for two concurrent requests', async () => {
  const server = await startDemo()
  const before = await contents(server)
  const responses = await Promise.all([server.ask('admin', RESET), server.ask('admin', RESET)])
  for (const { errors } of responses) expect(errors).toBeUndefined()
  expect(await contents(server)).toEqual(before)
})

test.each([
  ['under production rules', { NODE_ENV: 'production' }],
  ['without demo data', { DEMO_DATA: 'false' }],
])('is forbidden %s', async (_case, environment: Record<string, string>) => {
  const server = await start({ environment })
  const user = await server.services.db.user.create({ data: { id: '900' } })
  expect(codeOf(await server.ask('admin', RESET))).toBe('FORBIDDEN')
  expect(await server.services.db.user.findUnique({ where: { id: user.id } })).not.toBeNull()
})

test('is forbidden for data that the demo has not loaded', async () => {
  const server = await start()
  const user = await server.services.db.user.create({ data: { id: '900' } })
  const { errors } = await server.ask('admin', RESET)
  expect(errors?.[0]).toMatchObject({
    message: expect.stringContaining('was not filled by the demo'),
    extensions: { code: 'FORBIDDEN' },
  })
  expect(await server.services.db.user.findUnique({ where: { id: user.id } })).not.toBeNull()
})

test('is forbidden for everybody but administrators', async () => {
  const server = await startDemo()
  const before = await contents(server)
  expect(codeOf(await server.ask(55, RESET))).toBe('FORBIDDEN')
  expect(codeOf(await server.ask(undefined, RESET))).toBe('UNAUTHENTICATED')
  expect(await contents(server)).toEqual(before)
})
