// Concurrent server claims, compared with a handwritten server on pg and node:http.
import pg from 'pg'
import { Agent, request } from 'undici'
import { startPeer } from './programs.mjs'

const CLIENTS = 20
const CLAIMS = 10_000
const ROUNDS = 3
const SCENARIOS = [
  { name: '100 users with a limit of 60 each', users: 100, limit: 60 },
  { name: 'one user with a limit of 5,000', users: 1, limit: 5000 },
]

/**
 * @param quittance  a running server
 * @returns for each scenario: rates and latencies of both servers, and the number of reserved places
 */
export async function benchClaims({ url, administrator, connection }) {
  const bare = await startPeer('bare-claims', { CONNECTION: JSON.stringify(connection) })
  const db = new pg.Client(connection)
  await db.connect()
  const dispatcher = new Agent({ connections: CLIENTS })
  const contestants = {
    ours: { claim: quittanceClient(url, administrator, dispatcher) },
    bare: { claim: bareClient(bare.url, dispatcher) },
  }
  const results = []
  for (const { name, users, limit } of SCENARIOS) {
    const runs = { ours: [], bare: [] }
    let reserved = 0
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const [contestant, { claim }] of Object.entries(contestants)) {
        process.stderr.write(`claims, ${name}: round ${round} of ${ROUNDS}, ${contestant}      \r`)
        await prepare(db, users, limit)
        const run = await flood(claim, users)
        // The first round is a warm-up.
        if (round > 0) runs[contestant].push(run)
        if (contestant === 'ours') reserved = await check(db, users, limit)
      }
    }
    results.push({ name, users, limit, reserved, ours: medianRun(runs.ours), bare: medianRun(runs.bare) })
  }
  await db.end()
  await dispatcher.close()
  await bare.stop()
  return results
}

async function prepare(db, users, limit) {
  await db.query(`
    TRUNCATE server_claims; CREATE TABLE IF NOT EXISTS bench_claims (external_id text PRIMARY KEY, user_id int NOT NULL);
    CREATE INDEX IF NOT EXISTS bench_claims_user ON bench_claims (user_id); TRUNCATE bench_claims;
    CREATE TABLE IF NOT EXISTS bench_users (id int PRIMARY KEY, server_limit int NOT NULL);
    INSERT INTO plans (slug, name, type, price, currency, is_default, created_at, updated_at)
    VALUES ('free', 'Free', 'FREE', 0, 'USD', true, now(), now()) ON CONFLICT DO NOTHING;
    UPDATE plans SET server_limit = ${limit};
    INSERT INTO users (id) SELECT 1000 + n FROM generate_series(0, ${users - 1}) AS n ON CONFLICT DO NOTHING;
    INSERT INTO bench_users SELECT 1000 + n, ${limit} FROM generate_series(0, ${users - 1}) AS n
      ON CONFLICT (id) DO UPDATE SET server_limit = excluded.server_limit;
    ANALYZE server_claims`)
}

/** Runs twenty clients that send their next claim after each response. */
async function flood(claim, users) {
  const times = []
  let next = 0
  const started = performance.now()
  const client = async () => {
    for (let index = next++; index < CLAIMS; index = next++) {
      const sent = performance.now()
      await claim(1000 + (index % users), `server-${index}`)
      times.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  const seconds = (performance.now() - started) / 1000
  times.sort((one, other) => one - other)
  return { rate: CLAIMS / seconds, p50: times[CLAIMS / 2], p99: times[CLAIMS * 0.99] }
}

async function check(db, users, limit) {
  const { rows } = await db.query(
    'SELECT count(*)::int AS n, max(n)::int AS max FROM (SELECT user_id, count(*) AS n FROM server_claims GROUP BY user_id) AS each',
  )
  const { rows: all } = await db.query('SELECT count(*)::int AS n FROM server_claims')
  if (rows[0].max > limit || all[0].n !== users * limit)
    throw new Error(`reserved ${all[0].n} of ${users * limit} places, at most ${rows[0].max} for one user`)
  return all[0].n
}

const CLAIM = 'mutation ($input: ClaimServerInput!) { claimServer(input: $input) { claim { externalId } } }'

function quittanceClient(url, token, dispatcher) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  return (userId, externalId) => {
    const variables = { input: { userId: String(userId), externalId, memory: 1, disk: 1, cpu: 1 } }
    return post(url, headers, { query: CLAIM, variables }, dispatcher)
  }
}

function bareClient(url, dispatcher) {
  return (userId, externalId) => post(url, { 'content-type': 'application/json' }, { userId, externalId }, dispatcher)
}

async function post(url, headers, body, dispatcher) {
  const response = await request(url, { method: 'POST', headers, body: JSON.stringify(body), dispatcher })
  const text = await response.body.text()
  if (!text.includes('server-') && !text.includes('PLAN_LIMIT_EXCEEDED')) throw new Error(text)
}

function medianRun(runs) {
  return runs.toSorted((one, other) => one.rate - other.rate)[Math.floor(runs.length / 2)]
}
