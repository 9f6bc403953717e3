import pg from 'pg'
import { expect, test } from 'vitest'
import { cloneDatabase, databaseUrl } from '../support/database.js'
import { Receiver } from '../support/receiver.js'
import { ask, type RunningServer, startProgram } from './program.js'

const USERS = 30
const APPLY = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }'

test('two processes send every event, in order for each user, although one of them is killed and the receiver stumbles', async () => {
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
  let turn = 0
  receiver.answer = (_received, response) => {
    turn += 1
    response.statusCode = turn % 7 === 0 ? 500 : 200
    setTimeout(() => response.end(), 5)
  }
  const servers: RunningServer[] = [await startProgram(environment), await startProgram(environment)]
  const administrator = servers[0]?.administrator ?? ''
  const on = (place: number) => servers[place % servers.length] as RunningServer
  const CREATE = 'mutation ($input: CreateEventEndpointInput!) { createEventEndpoint(input: $input) { endpoint { id } } }'
  await ask(on(0), administrator, CREATE, { input: { url: receiver.url } })
  const apply = (place: number) => ask(on(place), administrator, APPLY, { input: { userId: String(1000 + (place % USERS)), planId: '2' } })

  for (let place = 0; place < USERS; place += 1) expect((await apply(place)).errors).toBeUndefined()
  const [first] = servers.splice(0, 1)
  first?.child.kill('SIGKILL')
  for (let place = 0; place < USERS; place += 1) expect((await apply(place)).errors).toBeUndefined()

  const waiting = async () => (await db.query("SELECT count(*)::int AS n FROM event_deliveries WHERE status = 'PENDING'")).rows[0].n
  await expect.poll(waiting, { timeout: 120_000, interval: 500 }).toBe(0)
  const { rows } = await db.query<{ holder: string; eventId: string }>(
    'SELECT holder, event_id AS "eventId" FROM outbox_events ORDER BY id',
  )
  expect(rows.length).toBeGreaterThan(USERS * 6)
  for (let user = 1000; user < 1000 + USERS; user += 1) {
    const sent = rows.filter(({ holder }) => holder === `user:${user}`).map(({ eventId }) => eventId)
    const got = receiver.received
      .filter(({ event }) => event.data.userId === String(user))
      .map(({ headers }) => String(headers['webhook-id']))
    // At least once: what comes again is what came last, and what is new comes in its order.
    expect([...new Set(got)]).toEqual(sent)
  }
  for (const server of servers) {
    server.child.kill('SIGTERM')
    await server.exit
  }
  await receiver.close()
  await db.end()
}, 180_000)
