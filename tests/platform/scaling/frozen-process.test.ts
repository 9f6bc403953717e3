import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ask, type RunningServer, startProgram } from '../../e2e/program.js'
import { cloneDatabase, databaseUrl } from '../../support/database.js'
import { socketOf, TcpProxy } from '../../support/tcp-proxy.js'

const SECRET = 'one secret that all processes share'
const BARRIER = 4242
const GRANT =
  'mutation($userId: ID!, $key: String) { applyPlan(input: { userId: $userId, planId: "2", amount: 500, idempotencyKey: $key }) { order { id } } }'

let connection: pg.PoolConfig
let db: pg.Client
let proxy: TcpProxy
let failing: RunningServer
let healthy: RunningServer

beforeEach(async () => {
  connection = await cloneDatabase()
  proxy = await TcpProxy.start(socketOf(connection))
  const common = { DEMO: 'true', AUTH_JWT_SECRET: SECRET, DATABASE_STATEMENT_TIMEOUT_MS: '12000' }
  const { user, database } = connection
  failing = await startProgram({ ...common, DATABASE_URL: `postgresql://${user}@127.0.0.1:${proxy.port}/${database}` })
  healthy = await startProgram({ ...common, DATABASE_URL: databaseUrl(connection) })
  db = new pg.Client(connection)
  await db.connect()
})
afterEach(async () => {
  failing.child.kill('SIGCONT')
  failing.child.kill('SIGKILL')
  healthy.child.kill('SIGTERM')
  await Promise.all([failing.exit, healthy.exit])
  await proxy.close()
  await db.end()
})

/** Starts an activation in the failing process, which has locked the invoice counter when this resolves. */
async function lockCounter(): Promise<void> {
  await db.query(`
    CREATE FUNCTION wait_at_barrier() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM pg_advisory_xact_lock_shared(${BARRIER}); RETURN NULL; END $$;
    CREATE TRIGGER waits AFTER INSERT OR UPDATE ON invoice_counters FOR EACH ROW EXECUTE FUNCTION wait_at_barrier();
    SELECT pg_advisory_lock(${BARRIER})`)
  void ask(failing, failing.administrator, GRANT, { userId: '55' }).catch(() => undefined)
  await expect
    .poll(
      async () => {
        const { rows } = await db.query("SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'")
        return rows.length
      },
      { timeout: 120_000 },
    )
    .toBe(1)
}

/** The healthy process issues an invoice although the failing one locks the counter, and is not ready meanwhile. */
async function expectOthersContinue(): Promise<void> {
  await db.query(`SELECT pg_advisory_unlock(${BARRIER})`)
  let isDone = false
  const grant = ask(healthy, healthy.administrator, GRANT, { userId: '1' }).finally(() => {
    isDone = true
  })
  const statuses = new Set<number>()
  while (!isDone) {
    statuses.add((await fetch(`${healthy.url}/readyz`)).status)
    await new Promise((done) => setTimeout(done, 100))
  }
  expect((await grant).errors).toBeUndefined()
  expect(statuses).toContain(503)
  await expect.poll(async () => (await fetch(`${healthy.url}/readyz`)).status, { timeout: 60_000 }).toBe(200)
  const { rows } = await db.query("SELECT sequence FROM invoices WHERE series = 'TEST' OR series = 'INV' ORDER BY sequence")
  expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, index) => index + 1))
}

async function expectFailingRecovers(): Promise<void> {
  await expect
    .poll(async () => (await ask(failing, failing.administrator, GRANT, { userId: '55', key: 'after' })).errors, { timeout: 120_000 })
    .toBeUndefined()
}

test('does not stop the sales of others while it is frozen with the invoice counter locked', async () => {
  await lockCounter()
  failing.child.kill('SIGSTOP')
  await expectOthersContinue()
  failing.child.kill('SIGCONT')
  await expectFailingRecovers()
})

test('does not stop the sales of others when its host disappears without closing the connection', async () => {
  await lockCounter()
  proxy.silence()
  await expectOthersContinue()
  // Connections that have lost bytes are closed.
  proxy.switchTo(socketOf(connection))
  await expectFailingRecovers()
})
