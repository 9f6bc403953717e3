import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Catalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import type { FakeLemonSqueezy } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { applyPlan, codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

const START = '2026-05-01T10:00:00.000Z'
const LOCK_NOT_AVAILABLE = '55P03'
let api: FakeLemonSqueezy
let server: TestServer
let other: TestServer
let plans: Catalog
/** A connection that holds locks, to determine the order in which the others get theirs. */
let blocker: pg.Client

beforeAll(async () => {
  ;({ api, server, plans } = await startWithLemonSqueezy(START))
  other = await startServer({ now: START, database: server.database, environment: { AUTH_JWT_SECRET: server.config.auth.secret ?? '' } })
  blocker = new pg.Client(server.database)
  await blocker.connect()
})
afterAll(async () => {
  await blocker.end()
  await other.close()
  await server.close()
  await api.close()
})

async function purchase(userId: number): Promise<{ orderId: string; invoiceId: string }> {
  await server.ask(userId, '{ me { id } }')
  const { data } = await applyPlan(server, { userId: String(userId), planId: plans.pro })
  const { id } = data.applyPlan.order
  const read = await server.ask('admin', 'query ($id: ID!) { order(id: $id) { invoice { id } } }', { id })
  return { orderId: id, invoiceId: read.data.order.invoice.id }
}
const refund = (on: TestServer, userId: number, orderId: string) =>
  on.ask(userId, 'mutation ($id: ID!) { requestRefund(input: { orderId: $id }) { refund { status } } }', { id: orderId })
const credit = (on: TestServer, invoiceId: string, amount: number) =>
  on.ask('admin', 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { id } } }', {
    input: { invoiceId, amount },
  })
const creditedAmount = async (invoiceId: string) =>
  (await blocker.query('SELECT sum(total)::int AS sum FROM invoices WHERE credited_invoice_id = $1', [rowId(invoiceId)])).rows[0].sum

const lockCounter = async (series: string) => {
  await blocker.query(
    `INSERT INTO invoice_counters VALUES ($1, 2026, 0, now()) ON CONFLICT (series, year) DO UPDATE SET last_sequence = invoice_counters.last_sequence`,
    [series],
  )
}
/** Waits until the number of connections that wait for a lock is `count`. */
const waiting = async (count: number) => {
  const blocked = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  await expect.poll(async () => (await server.connections.pool.query(blocked)).rows[0].count, { timeout: 30_000 }).toBe(count)
}
/** The error code of a statement that locks a row without waiting; undefined when it gets the lock. */
const tryLock = async (table: string, condition: string) => {
  const client = await server.connections.pool.connect()
  try {
    await client.query(`SELECT 1 FROM ${table} WHERE ${condition} FOR NO KEY UPDATE NOWAIT`)
    return undefined
  } catch (error) {
    return (error as pg.DatabaseError).code
  } finally {
    client.release()
  }
}

describe('a refund and a credit note of the same invoice', () => {
  test('both succeed, because the refund locks the invoice before the number counter', async () => {
    const { orderId, invoiceId } = await purchase(50)
    server.clock.set('2026-05-16T10:00:00.000Z')
    await blocker.query('BEGIN')
    await lockCounter('CN')
    const refunded = refund(server, 50, orderId)
    await waiting(1)
    expect(await tryLock('invoices', `id = ${rowId(invoiceId)}`)).toBe(LOCK_NOT_AVAILABLE)
    const credited = credit(other, invoiceId, 100)
    await waiting(2)
    await blocker.query('COMMIT')
    expect([codeOf(await refunded), codeOf(await credited)]).toEqual(['none', 'none'])
    expect(await creditedAmount(invoiceId)).toBe(774 + 100)
  })

  test('never exceed the invoice, because the refund calculates what is left after it has the lock', async () => {
    const { orderId, invoiceId } = await purchase(51)
    await blocker.query('BEGIN')
    await lockCounter('CN')
    const credited = credit(other, invoiceId, 1000)
    await waiting(1)
    const refunded = refund(server, 51, orderId)
    await waiting(2)
    await blocker.query('COMMIT')
    expect([codeOf(await refunded), codeOf(await credited)]).toEqual(['none', 'none'])
    expect(await creditedAmount(invoiceId)).toBe(1500)
  })

  test('cause no internal error for many invoices on two servers', async () => {
    const purchases = await Promise.all(Array.from({ length: 20 }, (_, index) => purchase(100 + index)))
    const answers = await Promise.all(
      purchases.flatMap(({ orderId, invoiceId }, index) => {
        const [first, second] = index % 2 === 0 ? [server, other] : [other, server]
        return [credit(first, invoiceId, 400), refund(second, 100 + index, orderId), credit(second, invoiceId, 300)]
      }),
    )
    for (const answer of answers) expect(['none', 'BAD_USER_INPUT']).toContain(codeOf(answer))
    for (const { invoiceId } of purchases) expect(await creditedAmount(invoiceId)).toBe(1500)
  })
})

test('a payment that arrives already refunded locks the number counters by name of the series', async () => {
  const sandbox = await startServer({
    now: START,
    database: server.database,
    environment: { AUTH_JWT_SECRET: server.config.auth.secret ?? '', TEST_CREDIT_NOTE_SERIES: 'ACN' },
  })
  const offer = { variantId: '1001', planName: 'Pro', interval: 'MONTH', amount: 1500n, currency: 'USD' } as const
  const urls = { email: 'ada@example.com', successUrl: '', cancelUrl: '', custom: { user_id: '10' } }
  const page = await sandbox.services.providers.getActive().createCheckout({ ...offer, ...urls })
  await fetch(`${page}/pay`, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  const { id } = await sandbox.services.db.sandboxRecord.findFirstOrThrow({ where: { type: 'subscription-invoices' } })
  await sandbox.services.providers.getActive().refund(String(id), 500n)
  await lockCounter('TEST')
  await blocker.query('BEGIN')
  await lockCounter('ACN')
  const reconciled = sandbox.runTask('reconcile')
  await waiting(1)
  expect(await tryLock('invoice_counters', `series = 'TEST'`)).toBeUndefined()
  await blocker.query('COMMIT')
  await reconciled
  const { rows } = await blocker.query("SELECT series, sequence, total::int FROM invoices WHERE user_id = '10' ORDER BY id")
  expect(rows).toEqual([
    { series: 'TEST', sequence: 1, total: 1500 },
    { series: 'ACN', sequence: 1, total: 500 },
  ])
  await sandbox.close()
})
