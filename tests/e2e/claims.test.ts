import pg from 'pg'
import { expect, test } from 'vitest'
import { cloneDatabase, databaseUrl } from '../support/database.js'
import { ask, type RunningServer, startProgram } from './program.js'

const CLIENTS = 20
const USERS = 100
const CLAIMS_PER_USER = 100
const LIMIT = 60

/** Lists the claims in an order in which the clients compete for the same users. */
function listClaims(): { userId: string; externalId: string }[] {
  return Array.from({ length: USERS * CLAIMS_PER_USER }, (_, index) => {
    const userId = String(1000 + (index % USERS))
    return { userId, externalId: `${userId}-${Math.floor(index / USERS)}` }
  })
}

const CLAIM = 'mutation ($input: ClaimServerInput!) { claimServer(input: $input) { claim { externalId } } }'

test('handles 10,000 claims from twenty clients through a kill -9 without exceeding limits, false rejections or losses', async () => {
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
  await db.query(`INSERT INTO users (id) SELECT 1000 + n FROM generate_series(0, ${USERS - 1}) AS n`)
  let server: RunningServer = await startProgram(environment)
  const { administrator } = server

  const queue = listClaims()
  const acknowledged = new Set<string>()
  const rejected = new Map<string, number>()
  let killed = false
  const kill = async () => {
    killed = true
    server.child.kill('SIGKILL')
    await server.exit
    server = await startProgram(environment)
  }

  const client = async () => {
    for (let claim = queue.shift(); claim; claim = queue.shift()) {
      if (!killed && acknowledged.size >= 2000) await kill()
      const input = { ...claim, memory: 1, disk: 1, cpu: 1 }
      let response: any
      while (!response) {
        // Retry failed requests: the same id is the same claim.
        response = await ask(server, administrator, CLAIM, { input }).catch(() => new Promise((done) => setTimeout(done, 50)))
      }
      if (!response.errors) acknowledged.add(claim.externalId)
      else {
        expect(response.errors[0].extensions).toMatchObject({ code: 'PLAN_LIMIT_EXCEEDED', limit: LIMIT, used: LIMIT })
        rejected.set(claim.userId, (rejected.get(claim.userId) ?? 0) + 1)
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
  expect([...counts.values()]).toEqual(Array.from({ length: USERS }, () => LIMIT))
  expect([...rejected.values()]).toEqual(Array.from({ length: USERS }, () => CLAIMS_PER_USER - LIMIT))
  server.child.kill('SIGTERM')
  await server.exit
  await db.end()
})
