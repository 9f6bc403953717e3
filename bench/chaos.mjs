// npm run chaos: steady load while everything around and inside the server breaks; afterwards the ledger of what was acknowledged
// is compared with the database. Loopback only. CHAOS_SECONDS (default 120, at most 240) and CHAOS_SEED say how long and what.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { FakeLemonSqueezy } from '../dist/chaos/lemon-squeezy.js'
import { startEmbeddedPostgres } from '../dist/platform/postgres/embedded/server.js'
import { migrate } from '../dist/platform/postgres/migrations.js'
import { audit } from './chaos/audit.mjs'
import { Load } from './chaos/load.mjs'
import { Service } from './chaos/service.mjs'
import { startWire } from './chaos/tcp-proxy.mjs'
import { ask } from './plans.mjs'
import { freePort, SECRET, token } from './programs.mjs'

const SECONDS = Math.min(240, Number(process.env.CHAOS_SECONDS ?? 120))
const HEAL_SECONDS = 50
const MAX_CONNECTIONS = 80
let seed = Number(process.env.CHAOS_SEED ?? 7)
const started = Date.now()
const say = (text) => console.log(`${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s  ${text}`)

const dataDir = await mkdtemp(join(tmpdir(), 'quittance-chaos-'))
const postgres = await startEmbeddedPostgres({ dataDir, settings: { max_connections: String(MAX_CONNECTIONS) } })
await migrate(postgres.connection)
const database = await startWire(join(postgres.connection.host, '.s.PGSQL.5432'))
const provider = await new FakeLemonSqueezy().start()
const providerWire = await startWire(Number(new URL(provider.url).port))
const receiver = await startReceiver()
const port = await freePort()
const url = `http://127.0.0.1:${port}`
const service = new Service({
  PORT: String(port),
  PUBLIC_URL: url,
  DATA_DIR: dataDir,
  // Events go to a receiver on this machine, which production rules do not allow.
  DEMO: 'true',
  DEMO_DATA: 'false',
  DATABASE_URL: `postgresql://quittance@127.0.0.1:${database.port}/quittance`,
  AUTH_JWT_SECRET: SECRET,
  LEMONSQUEEZY_API_KEY: 'key',
  LEMONSQUEEZY_STORE_ID: '1',
  LEMONSQUEEZY_API_URL: `http://127.0.0.1:${providerWire.port}`,
  LEMONSQUEEZY_WEBHOOK_SECRET: 'whsec_test_secret',
  RATE_LIMIT_POINTS: '1000000000',
  RATE_LIMIT_RESTORE: '1000000000',
  LOG_LEVEL: 'fatal',
})
await untilReady()
const administrator = await token('1', 'admin')
const load = new Load(url, administrator)
load.plan = await prepare()
load.start()
say(`load is on; breaking things for ${SECONDS} s, seed ${seed}`)

/** Each breaks something, waits, and mends it. */
const FAULTS = {
  'kill -9 of the server': () => service.kill('SIGKILL'),
  'the server is stopped and started': () => service.kill('SIGTERM'),
  'kill -9 of PostgreSQL': async () => process.kill(await postmaster(), 'SIGKILL'),
  'PostgreSQL is restarted': async () => process.kill(await postmaster(), 'SIGINT'),
  'connections to the database are cut': () => database.cut(),
  'the database is 150 ms away': () =>
    forAWhile(
      3000,
      () => database.slow(150),
      () => database.heal(),
    ),
  'the database cannot be reached': () =>
    forAWhile(
      3000,
      () => database.remove(),
      () => database.heal(),
    ),
  'every connection of the database is taken': takeConnections,
  'a PDF worker dies': () => process.kill(service.pid, 'SIGUSR2'),
  'the payment provider is away': () =>
    forAWhile(
      4000,
      () => providerWire.remove(),
      () => providerWire.heal(),
    ),
  'the receiver of events fails': () =>
    forAWhile(
      4000,
      () => receiver.fail(true),
      () => receiver.fail(false),
    ),
}
const counts = Object.fromEntries(Object.keys(FAULTS).map((name) => [name, 0]))
const probes = []
while (Date.now() - started < SECONDS * 1000) {
  const name = leastUsed()
  counts[name] += 1
  say(name)
  await Promise.resolve(FAULTS[name]()).catch((error) => say(`  (${error.message})`))
  if (name === 'the database cannot be reached') say(`  while it was away: ${probes.at(-1)}`)
  await sleep(1000 + random() * 2500)
}

say('everything is mended; the load goes on for a moment, then what was begun is finished')
await sleep(5000)
await load.stop()
const db = new pg.Client(postgres.connection)
await db.connect()
await finish()
const findings = await audit(db, load.ledger, receiver.received)
const { ledger, told, wrong } = load
const broken = Object.entries(findings).filter(([, found]) => found.length > 0)
const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
const slowest = told.toSorted((one, other) => one - other)
console.log(`
acknowledged: ${ledger.grants.size} grants, ${ledger.cancelled.size} cancellations, ${[...ledger.claims.values()].reduce((sum, mine) => sum + mine.size, 0)} claims, ${ledger.webhooks.size} webhooks of ${ledger.subscriptions.size} subscriptions; ${ledger.reads} reads, ${ledger.documents} documents, ${receiver.received.length} events received
broken ${total} times: ${Object.entries(counts)
  .map(([name, count]) => `${name} (${count})`)
  .join(', ')}
the server was started ${service.starts} times; it ended by itself ${service.crashes.length} times
told that the database is away: ${told.length} requests, half within ${at(slowest, 0.5)} s, the slowest in ${at(slowest, 1)} s; ${probes.join('; ')}
`)
for (const [rule, found] of Object.entries(findings))
  console.log(`${found.length === 0 ? 'holds ' : 'BROKEN'}  ${rule}${found.length ? `: ${found.slice(0, 3).join(', ')}` : ''}`)
const answers = [...new Set(wrong)]
console.log(
  `${answers.length === 0 ? 'holds ' : 'BROKEN'}  no answer but results, known refusals and 503 with Retry-After${answers.length ? `: ${answers.slice(0, 3).join(', ')}` : ''}`,
)
console.log(
  `${service.crashes.length === 0 ? 'holds ' : 'BROKEN'}  the server never ended by itself${service.crashes.length ? `: ${service.crashes[0]}` : ''}`,
)

await service.stop()
await db.end()
await Promise.all([database.close(), providerWire.close(), provider.close(), receiver.close()])
await postgres.stop()
await rm(dataDir, { recursive: true, force: true })
say(broken.length + answers.length + service.crashes.length === 0 ? 'nothing lost, nothing doubled' : 'NOT as it should be')
process.exit(broken.length + answers.length + service.crashes.length === 0 ? 0 : 1)

function at(sorted, part) {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(2)
}

/** Mulberry32: the same faults in the same order for a seed. */
function random() {
  seed = (seed + 0x6d2b79f5) | 0
  let value = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
  return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296
}

function leastUsed() {
  const least = Math.min(...Object.values(counts))
  const names = Object.keys(counts).filter((name) => counts[name] === least)
  return names[Math.floor(random() * names.length)]
}

async function forAWhile(milliseconds, breakIt, mendIt) {
  breakIt()
  await sleep(milliseconds / 2)
  if (milliseconds === 3000) probes.push(await probe())
  await sleep(milliseconds / 2)
  mendIt()
}

/** What a monitor would see at this moment. */
async function probe() {
  const status = async (path) =>
    (await fetch(`${url}${path}`, { signal: AbortSignal.timeout(3000) }).catch(() => ({ status: 'no answer' }))).status
  return `/livez ${await status('/livez')}, /readyz ${await status('/readyz')}`
}

async function postmaster() {
  return Number((await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])
}

async function takeConnections() {
  const taken = []
  for (let number = 0; number < MAX_CONNECTIONS; number += 1) {
    const client = new pg.Client(postgres.connection)
    client.on('error', () => undefined)
    if (
      await client.connect().then(
        () => true,
        () => false,
      )
    )
      taken.push(client)
  }
  // Those that the server has are cut, so that it has to ask for new ones and gets none.
  database.cut()
  await sleep(2500)
  await Promise.all(taken.map((client) => client.end().catch(() => undefined)))
}

async function untilReady() {
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined)
    if (answer?.ok) return
    await sleep(50)
  }
}

/** A plan to grant, one to buy, one to fall back to, and somebody who is told of everything. */
async function prepare() {
  const db = new pg.Client(postgres.connection)
  await db.connect()
  await db.query(`INSERT INTO plans (slug, name, type, price, currency, rank, is_default, provider_variant_id, server_limit, created_at, updated_at)
    VALUES ('free', 'Free', 'FREE', 0, 'USD', 0, true, NULL, 0, now(), now()), ('pro', 'Pro', 'PAID', 1500, 'USD', 2, false, '1001', 5, now(), now()),
      ('chaos', 'Chaos', 'PAID', 500, 'USD', 1, false, NULL, 5, now(), now())`)
  const { rows } = await db.query("SELECT id FROM plans WHERE slug = 'chaos'")
  await db.end()
  const query = 'mutation ($input: CreateEventEndpointInput!) { createEventEndpoint(input: $input) { secret } }'
  await ask(`${url}/graphql`, { query, variables: { input: { url: receiver.url } } }, administrator)
  return String(rows[0].id)
}

/** Waits until background work has nothing left to do, or for as long as it may take. */
async function finish() {
  const deadline = Date.now() + HEAL_SECONDS * 1000
  for (;;) {
    // What failed while things were broken would be tried again in minutes: nobody wants to wait for them.
    await db.query('UPDATE graphile_worker._private_jobs SET run_at = now() WHERE locked_at IS NULL AND run_at > now() AND attempts > 0')
    await db.query("UPDATE event_deliveries SET next_attempt_at = now() WHERE status = 'PENDING' AND next_attempt_at > now()")
    const { rows } =
      await db.query(`SELECT (SELECT count(*) FROM graphile_worker.jobs WHERE task_identifier NOT IN ('tick', 'reconcile', 'sweep'))::int
      + (SELECT count(*) FROM event_deliveries WHERE status = 'PENDING')::int + (SELECT count(*) FROM webhook_events WHERE status = 'RECEIVED')::int AS open`)
    process.stderr.write(`${rows[0].open} things to finish      \r`)
    if (rows[0].open === 0 || Date.now() > deadline) return
    await sleep(500)
  }
}

async function startReceiver() {
  const received = []
  let failing = false
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (failing) return response.writeHead(500).end()
      received.push(request.headers['webhook-id'])
      response.end()
    })
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return {
    received,
    url: `http://127.0.0.1:${server.address().port}/events`,
    fail(on) {
      failing = on
    },
    close() {
      server.closeAllConnections()
      return new Promise((done) => server.close(done))
    },
  }
}
