import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { signCheckout } from '../../../src/modules/payments/checkout-signature.js'
import { createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { checkLedger } from '../../support/ledger.js'
import { deliver, event, sign, order as wireOrder } from '../../support/lemon-squeezy.js'
import { readOrder } from '../../support/payments.js'
import { readUserBalance } from '../../support/refunds.js'
import { startServer, type TestServer } from '../../support/server.js'
import { orderTopUp } from '../../support/top-up.js'

// The payment of a top-up at the moment at which its order expires. Pending orders expire without the lock of their customer.

const START = '2026-05-01T10:00:00.000Z'
const BEFORE = '2026-05-08T09:59:59.999Z'
const EXPIRY = '2026-05-08T10:00:00.000Z'
const SECRET = 'a secret of the webhooks of the sandbox'
const USER = 10
let server: TestServer
let orderId: string
/** A connection that holds locks, to determine the order in which the others get theirs. */
let blocker: pg.Client

beforeEach(async () => {
  server = await startServer({ now: START, environment: { LEMONSQUEEZY_WEBHOOK_SECRET: SECRET } })
  await createCatalog(server)
  await server.ask(USER, '{ me { id } }')
  orderId = await orderTopUp(server, USER, 500)
  blocker = new pg.Client(server.database)
  await blocker.connect()
})
afterEach(async () => {
  await blocker.end()
  const problems = await checkLedger(server)
  await server.close()
  expect(problems).toEqual([])
})

/** Waits until the number of connections that wait for a lock is `count`. */
const waiting = async (count: number) => {
  const blocked = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  await expect.poll(async () => (await server.connections.pool.query(blocked)).rows[0].count, { timeout: 30_000 }).toBe(count)
}
const receive = async (total: number) => {
  const named = { user_id: String(USER), top_up_order_id: String(rowId(orderId)) }
  const body = event('order_created', wireOrder(1, START, { total }), { ...named, proof: signCheckout(server.config, named) })
  expect((await deliver(server.url, body, { 'x-signature': sign(body, SECRET) })).status).toBe(200)
}
/** Stops every transaction at its first event: that of a payment before it changes the order, that of the job afterwards. */
const blockEvents = async () => {
  await blocker.query('BEGIN')
  await blocker.query('LOCK TABLE outbox_events IN SHARE MODE')
}
const attempts = async () => (await server.services.db.providerEvent.findFirstOrThrow()).attempts
const outcome = async () => [(await readOrder(server, orderId)).status, await readUserBalance(server, USER)]

describe('a payment that has read its order when the job expires it', () => {
  /** The job runs while the payment has read its order and has not changed it yet. */
  const expireDuring = async (total: number) => {
    await receive(total)
    await blockEvents()
    server.clock.set(BEFORE)
    const recorded = server.settle()
    await waiting(1)
    server.clock.set(EXPIRY)
    const expired = server.tick()
    await waiting(2)
    await blocker.query('COMMIT')
    await Promise.all([recorded, expired])
    await server.settle()
  }

  test('completes the order', async () => {
    await expireDuring(500)
    expect(await outcome()).toEqual(['ACTIVE', { amount: 500, held: 0, granted: 0 }])
    expect(await attempts()).toBe(1)
  })

  test('becomes free balance if it is a part of the amount, because the order expires after it', async () => {
    await expireDuring(200)
    expect(await outcome()).toEqual(['EXPIRED', { amount: 200, held: 0, granted: 0 }])
    expect(await attempts()).toBe(1)
  })
})

test.each([500, 200])('a payment of %i waits for the job that expires its order, and becomes free balance', async (total) => {
  await receive(total)
  await blockEvents()
  server.clock.set(EXPIRY)
  const expired = server.tick()
  await waiting(1)
  // The clock of the process that records the payment is a little behind.
  server.clock.set(BEFORE)
  const recorded = server.settle()
  await waiting(2)
  await blocker.query('COMMIT')
  await Promise.all([recorded, expired])
  await server.settle()
  expect(await outcome()).toEqual(['EXPIRED', { amount: total, held: 0, granted: 0 }])
  expect(await attempts()).toBe(1)
})
