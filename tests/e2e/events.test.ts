import pg from 'pg'
import { expect, test } from 'vitest'
import { cloneDatabase, databaseUrl } from '../support/database.js'
import { Receiver } from '../support/receiver.js'
import { ask, type RunningServer, startProgram } from './program.js'

const USERS = 30
const APPLY = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }'

test('delivers every event in order per user from two processes, even if one is killed and the receiver fails', async () => {
  const connection = await cloneDatabase()
  const environment = {
    DATABASE_URL: databaseUrl(connection),
    DEMO: 'true',
    AUTH_JWT_SECRET: 'a secret that only this test knows, long enough',
    LOG_LEVEL: 'error',
  }
  const db = new pg.Client(connection)
  await db.connect()
  await db.query(`INSERT INTO plans (slug, name, type, price, currency, rank, is_default, server_limit, created_at, updated_at) VALUES
    ('free', 'Free', 'FREE', 0, 'USD', 0, true, 1, now(), now()), ('pro', 'Pro', 'PAID', 1500, 'USD', 1, false, 9, now(), now())`)
  await db.query(`INSERT INTO users (id) SELECT 1000 + n FROM generate_series(0, ${USERS - 1}) AS n`)
  const receiver = await Receiver.start()
  let requests = 0
  receiver.answer = (_received, response) => {
    requests += 1
    response.statusCode = requests % 7 === 0 ? 500 : 200
    setTimeout(() => response.end(), 5)
  }
  const servers: RunningServer[] = [await startProgram(environment), await startProgram(environment)]
  const administrator = servers[0]?.administrator ?? ''
  const serverFor = (index: number) => servers[index % servers.length] as RunningServer
  const CREATE = 'mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { endpoint { id } } }'
  await ask(serverFor(0), administrator, CREATE, { input: { url: receiver.url } })
  const apply = (index: number) =>
    ask(serverFor(index), administrator, APPLY, { input: { userId: String(1000 + (index % USERS)), planId: '2' } })

  for (let index = 0; index < USERS; index += 1) expect((await apply(index)).errors).toBeUndefined()
  const [first] = servers.splice(0, 1)
  first?.child.kill('SIGKILL')
  for (let index = 0; index < USERS; index += 1) expect((await apply(index)).errors).toBeUndefined()

  const countPending = async () => (await db.query("SELECT count(*)::int AS n FROM event_deliveries WHERE status = 'PENDING'")).rows[0].n
  await expect.poll(countPending, { timeout: 240_000, interval: 500 }).toBe(0)
  const { rows } = await db.query<Record<string, string>>('SELECT * FROM outbox_events ORDER BY id')
  expect(rows.length).toBeGreaterThan(USERS * 6)
  for (let user = 1000; user < 1000 + USERS; user += 1) {
    const sent = rows.filter((row) => row.holder === `user:${user}`).map((row) => row.event_id)
    const received = receiver.received
      .filter(({ event }) => event.data.userId === String(user))
      .map(({ headers }) => String(headers['webhook-id']))
    // Delivery is at least once: events may be repeated, but new ones arrive in order.
    expect([...new Set(received)]).toEqual(sent)
  }
  for (const server of servers) {
    server.child.kill('SIGTERM')
    await server.exit
  }
  await receiver.close()
  await db.end()
})
