import pg from 'pg'
import { expect, test } from 'vitest'
import { cloneDatabase, databaseUrl } from '../support/database.js'
import { ask, type RunningServer, startProgram } from './program.js'

const CLIENTS = 20
const HOLDERS = 100
const ASKED_EACH = 100
const LIMIT = 60

/** Every server that is asked for, in an order in which the clients get in each other's way. */
function wishes(): { userId: string; externalId: string }[] {
  return Array.from({ length: HOLDERS * ASKED_EACH }, (_, turn) => {
    const userId = String(1000 + (turn % HOLDERS))
    return { userId, externalId: `${userId}-${Math.floor(turn / HOLDERS)}` }
  })
}

const CLAIM = 'mutation ($input: ClaimServerInput!) { claimServer(input: $input) { claim { externalId } } }'

test('10,000 claims from twenty clients, with a kill -9 in between: none too many, none refused that fitted, none lost', async () => {
  const connection = await cloneDatabase()
  const environment = {
    DATABASE_URL: databaseUrl(connection),
    DEMO: 'true',
    AUTH_JWT_SECRET: 'a secret that only this test knows, long enough',
    LOG_LEVEL: 'error',
  }
  const db = new pg.Client(connection)
  await db.connect()
  await db.query(`INSERT INTO plans (slug, name, type, price, currency, is_default, server_limit, created_at, updated_at)
    VALUES ('free', 'Free', 'FREE', 0, 'USD', true, ${LIMIT}, now(), now())`)
  await db.query(`INSERT INTO users (id) SELECT 1000 + n FROM generate_series(0, ${HOLDERS - 1}) AS n`)
  let server: RunningServer = await startProgram(environment)
  const { administrator } = server

  const waiting = wishes()
  const acknowledged = new Set<string>()
  const refused = new Map<string, number>()
  let killed = false
  const kill = async () => {
    killed = true
    server.child.kill('SIGKILL')
    await server.exit
    server = await startProgram(environment)
  }

  const client = async () => {
    for (let wish = waiting.shift(); wish; wish = waiting.shift()) {
      if (!killed && acknowledged.size >= 2000) await kill()
      const input = { ...wish, memory: 1, disk: 1, cpu: 1 }
      let answer: any
      while (!answer) {
        // What was not answered is asked for again: the same id is the same claim.
        answer = await ask(server, administrator, CLAIM, { input }).catch(() => new Promise((done) => setTimeout(done, 50)))
      }
      if (!answer.errors) acknowledged.add(wish.externalId)
      else {
        expect(answer.errors[0].extensions).toMatchObject({ code: 'PLAN_LIMIT_EXCEEDED', limit: LIMIT, used: LIMIT })
        refused.set(wish.userId, (refused.get(wish.userId) ?? 0) + 1)
      }
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))

  const { rows } = await db.query<{ userId: number; externalId: string }>(
    'SELECT user_id AS "userId", external_id AS "externalId" FROM server_claims',
  )
  expect(killed).toBe(true)
  expect(new Set(rows.map(({ externalId }) => externalId))).toEqual(acknowledged)
  const counts = new Map<number, number>()
  for (const { userId } of rows) counts.set(userId, (counts.get(userId) ?? 0) + 1)
  expect([...counts.values()]).toEqual(Array.from({ length: HOLDERS }, () => LIMIT))
  expect([...refused.values()]).toEqual(Array.from({ length: HOLDERS }, () => ASKED_EACH - LIMIT))
  server.child.kill('SIGTERM')
  await server.exit
  await db.end()
}, 180_000)
