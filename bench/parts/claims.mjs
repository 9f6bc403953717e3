// Concurrent server claims, compared with a handwritten server on pg and node:http.
import { openClient } from '../database.mjs'
import { atLeast, compare, milliseconds, number, percent } from '../format.mjs'
import { measureCpu, ROUNDS, summarize as summarizeRuns } from '../http.mjs'
import { load } from '../load.mjs'
import { startPeer, withQuittance } from '../programs.mjs'
import { showProgress, sized } from '../size.mjs'
import { countStatements } from '../statements.mjs'

const CLIENTS = 20
/** In each round: three rounds make more than 10,000. */
const CLAIMS = sized(3500, 100)
/** Three of five claims exceed the limits. */
const RESERVED = (CLAIMS / 5) * 3
const SCENARIOS = [
  { name: '100 users', users: sized(100, 10), limit: RESERVED / sized(100, 10) },
  { name: 'one user', users: 1, limit: RESERVED },
]
const CLAIM = 'mutation ($input: ClaimServerInput!) { claimServer(input: $input) { claim { externalId } } }'
const LACKS = 'GraphQL, tokens, plans, overrides, other resources, idempotency'

export const claims = { name: 'claims', title: 'Claiming servers', run: () => withQuittance(measure), summarize }

async function measure(quittance) {
  const { database, connection } = quittance
  const bare = await startPeer('bare-claims', { CONNECTION: database.peerConnection() })
  const db = await openClient(connection)
  const contestants = { ours: claimAtQuittance(quittance), bare: claimAtPeer(bare) }
  const results = []
  for (const { name, users, limit } of SCENARIOS) {
    const runs = { ours: [], bare: [] }
    let reserved = 0
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const [contestant, request] of Object.entries(contestants)) {
        showProgress(`claims of ${name}: round ${round} of ${ROUNDS}, ${contestant}`)
        await prepare(db, users, limit)
        const run = await measureCpu(request, database, () =>
          load({ ...request, next: claimsOf(request, users) }, { requests: CLAIMS }, CLIENTS),
        )
        // The first round is a warm-up.
        if (round > 0) runs[contestant].push(run)
        if (contestant === 'ours') reserved += await check(db, users, limit)
      }
    }
    const summary = { ours: summarizeRuns(runs.ours), bare: summarizeRuns(runs.bare) }
    await prepare(db, users, limit)
    for (const [contestant, request] of Object.entries(contestants)) {
      const next = claimsOf(request, users)
      Object.assign(
        summary[contestant],
        await countStatements(database, request.program.role, () => load({ ...request, next }, { requests: 1 })),
      )
    }
    results.push({ name, users, limit, reserved, tried: CLAIMS * (ROUNDS + 1), ...summary })
  }
  await db.end()
  await bare.stop()
  return results
}

/** Claims of all users in turn. */
function claimsOf({ bodyOf }, users) {
  let index = -1
  return () => {
    index += 1
    return { body: JSON.stringify(bodyOf(1000 + (index % users), `server-${index}`)) }
  }
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

async function check(db, users, limit) {
  const { rows } = await db.query(
    'SELECT count(*)::int AS n, max(n)::int AS max FROM (SELECT user_id, count(*) AS n FROM server_claims GROUP BY user_id) AS each',
  )
  const { rows: all } = await db.query('SELECT count(*)::int AS n FROM server_claims')
  if (rows[0].max > limit || all[0].n !== users * limit)
    throw new Error(`reserved ${all[0].n} of ${users * limit} places, at most ${rows[0].max} for one user`)
  return all[0].n
}

const EXPECTED = ['server-', 'PLAN_LIMIT_EXCEEDED']

function claimAtQuittance(quittance) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${quittance.administrator}` }
  const bodyOf = (userId, externalId) => ({
    query: CLAIM,
    variables: { input: { userId: String(userId), externalId, memory: 1, disk: 1, cpu: 1 } },
  })
  return { program: quittance, url: quittance.url, method: 'POST', headers, bodyOf, expect: EXPECTED }
}

function claimAtPeer(peer) {
  const bodyOf = (userId, externalId) => ({ userId, externalId })
  return { program: peer, url: `${peer.url}/`, method: 'POST', headers: { 'content-type': 'application/json' }, bodyOf, expect: EXPECTED }
}

function summarize(scenarios) {
  const compared = scenarios.map(({ name, ours, bare }) =>
    compare({
      work: `\`claimServer\`, ${name}`,
      unit: 'claims per second',
      ours: { name: `Quittance, ${name}`, result: ours },
      peers: [{ name: 'a handwritten pg transaction on node:http', lacks: LACKS, result: bare }],
    }),
  )
  const tried = scenarios.reduce((sum, scenario) => sum + scenario.tried, 0)
  return {
    goals: scenarios.map(({ name, ours, bare }) =>
      atLeast(`\`claimServer\`, ${name}, compared with a handwritten pg transaction`, ours.rate / bare.rate, 0.5, percent),
    ),
    comparisons: compared.flatMap(({ comparisons }) => comparisons),
    text: `${number(scenarios[0].tried / (ROUNDS + 1))} claims from ${CLIENTS} clients in each round; two of five exceed the limit. PostgreSQL syncs to disk. The peer is a transaction
that locks the user, counts and inserts.

${compared.map(({ table }, index) => (index === 0 ? table : table.split('\n').slice(2).join('\n'))).join('\n')}

The slowest hundredth of Quittance's claims takes more than ${scenarios.map(({ name, ours }) => `${milliseconds(ours.p99)} (${name})`).join(' and ')}. Of ${number(tried)} claims, none
exceeded a limit and no place was lost: every round that exceeds one fails the measurement. A test repeats this with a \`kill -9\` in between.`,
  }
}
