import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { retryableError } from '../../../src/platform/postgres/database-errors.js'
import { runTransaction } from '../../../src/platform/postgres/transaction.js'
import type { TestServer } from '../../support/server.js'
import { serversOfEachTest } from '../../support/servers.js'

const start = serversOfEachTest()
let server: TestServer
let other: pg.Client

beforeEach(async () => {
  server = await start({ environment: { DATABASE_LOCK_TIMEOUT_MS: '1000' } })
  other = new pg.Client(server.database)
  other.on('error', () => undefined)
  await other.connect()
})
afterEach(() => other.end())

/** A statement that fails with a code, sent in each way in which the server sends statements. */
function failWith(sqlState: string): (() => Promise<unknown>)[] {
  const raise = `DO $$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = '${sqlState}'; END $$`
  const { db, pool } = server.connections
  return [() => pool.query(raise), () => db.$executeRawUnsafe(raise), () => runTransaction(db, (tx) => tx.$executeRawUnsafe(raise))]
}

test.each([
  ['53100', 'a full disk', 'DATABASE_UNAVAILABLE'],
  ['53200', 'out of memory', 'DATABASE_UNAVAILABLE'],
  ['53300', 'too many connections', 'DATABASE_UNAVAILABLE'],
  ['58030', 'an I/O error', 'DATABASE_UNAVAILABLE'],
  ['25P03', 'an idle transaction', 'DATABASE_UNAVAILABLE'],
  ['25P04', 'a long transaction', 'DATABASE_UNAVAILABLE'],
  ['57P05', 'an idle session', 'DATABASE_UNAVAILABLE'],
  ['57P01', 'a shutdown', 'DATABASE_UNAVAILABLE'],
  ['25006', 'a read-only server after a fail-over', 'DATABASE_UNAVAILABLE'],
  ['57014', 'a cancelled statement', 'BUSY'],
  ['55P03', 'a lock timeout', 'BUSY'],
  ['40001', 'a serialization failure', 'BUSY'],
  ['40P01', 'a deadlock', 'BUSY'],
])('tells the client to retry after %s (%s)', async (sqlState, _name, code) => {
  for (const fail of failWith(sqlState)) {
    const error = retryableError(await fail().catch((thrown: unknown) => thrown))
    expect(error).toMatchObject({ code, isOutcome: false, details: { retryAfter: 5 } })
  }
})

test('does not tell the client to retry an error in a statement', async () => {
  for (const fail of failWith('23505')) expect(retryableError(await fail().catch((thrown: unknown) => thrown))).toBeUndefined()
})

describe('a mutation', () => {
  const MUTATION = 'mutation($key: String) { placeOrder(input: { planId: "2", idempotencyKey: $key }) { order { id } } }'

  beforeEach(async () => {
    await server.services.db.user.create({ data: { id: '55' } })
    await server.services.db.plan.create({
      data: { id: 2, slug: 'pro', name: 'Pro', type: 'PAID', price: 500n, currency: 'USD', createdAt: new Date(), updatedAt: new Date() },
    })
  })

  const countOrders = () => server.services.db.order.count()

  test('is BUSY while another session holds a lock, changes nothing, and can be retried with its key', async () => {
    await other.query('BEGIN; LOCK TABLE order_items IN ACCESS EXCLUSIVE MODE')
    const { errors } = await server.ask(55, MUTATION, { key: 'once' })
    expect(errors?.[0]?.extensions).toEqual({ code: 'BUSY', retryAfter: 5 })
    await other.query('ROLLBACK')
    expect(await countOrders()).toBe(0)
    expect((await server.ask(55, MUTATION, { key: 'once' })).errors).toBeUndefined()
    expect((await server.ask(55, MUTATION, { key: 'once' })).errors).toBeUndefined()
    expect(await countOrders()).toBe(1)
  })

  test('is BUSY when an operator cancels its statement', async () => {
    await other.query('BEGIN; LOCK TABLE order_items IN ACCESS EXCLUSIVE MODE')
    const response = server.ask(55, MUTATION)
    await expect
      .poll(async () => {
        const { rowCount } = await other.query(
          "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
        return rowCount
      })
      .toBeGreaterThan(0)
    expect((await response).errors?.[0]?.extensions.code).toBe('BUSY')
    await other.query('ROLLBACK')
  })

  test.each(['53100', '53200', '58030', '25006'])('is DATABASE_UNAVAILABLE with HTTP 503 and Retry-After on %s', async (sqlState) => {
    await other.query(`
      CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'secret detail' USING ERRCODE = '${sqlState}'; END $$;
      CREATE TRIGGER fails BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION fail()`)
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await server.token(55)}` },
      body: JSON.stringify({ query: MUTATION }),
    })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    const text = await response.text()
    expect(text).toContain('DATABASE_UNAVAILABLE')
    expect(text).not.toContain('secret detail')
  })
})

describe('a change of types while the server runs', () => {
  test('does not fail a statement or a transaction that had prepared statements', async () => {
    const { db, rawQuery } = server.connections
    const { Prisma } = await import('../../../src/platform/postgres/generated/client.js')
    const read = () => Promise.all(Array.from({ length: 8 }, () => db.setting.findMany()))
    const readRaw = () => Promise.all(Array.from({ length: 8 }, () => rawQuery(Prisma.sql`SELECT * FROM settings WHERE key <> ${'none'}`)))
    const write = () =>
      Promise.all(
        Array.from({ length: 8 }, (_, key) =>
          runTransaction(db, async (tx) => {
            await tx.setting.findMany()
            await tx.setting.upsert({
              where: { key: `key ${key}` },
              create: { key: `key ${key}`, value: 1, updatedAt: new Date() },
              update: { value: 2 },
            })
          }),
        ),
      )
    for (let round = 0; round < 2; round += 1) await Promise.all([read(), readRaw(), write()])
    await other.query('ALTER TABLE settings ALTER COLUMN key TYPE varchar(400)')
    await read()
    await other.query('ALTER TABLE settings ALTER COLUMN key TYPE text')
    await readRaw()
    await other.query('ALTER TABLE settings ALTER COLUMN key TYPE varchar(300)')
    await write()
    expect(await db.setting.count({ where: { key: { startsWith: 'key ' } } })).toBe(8)
  })
})

test('repeats transactions that deadlock, and both succeed', async () => {
  const { db } = (await start()).connections
  await db.user.createMany({ data: [{ id: '1' }, { id: '2' }] })
  let waiting: (() => void)[] = []
  let attempts = 0
  /** Resolves when both transactions have taken their first lock. */
  const bothLocked = () =>
    new Promise<void>((done) => {
      waiting.push(done)
      if (waiting.length < 2 && attempts <= 2) return
      for (const resolve of waiting) resolve()
      waiting = []
    })
  const lockBoth = (first: string, second: string) =>
    runTransaction(db, async (tx) => {
      attempts += 1
      await tx.user.update({ where: { id: first }, data: { name: `${first} then ${second}` } })
      await bothLocked()
      await tx.user.update({ where: { id: second }, data: { name: `${first} then ${second}` } })
    })
  await Promise.all([lockBoth('1', '2'), lockBoth('2', '1')])
  expect(attempts).toBe(3)
  const names = await db.user.findMany({ where: { id: { in: ['1', '2'] } }, select: { name: true } })
  expect(names[0]).toEqual(names[1])
})
