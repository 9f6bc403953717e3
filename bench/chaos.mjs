// npm run chaos: injects faults into the server and its dependencies under steady load. Afterwards it
// compares the ledger of acknowledged requests with the database. It uses loopback only. CHAOS_SECONDS
// (default 120, at most 240) sets the duration and CHAOS_SEED the order of faults.
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
import { startProxy } from './chaos/tcp-proxy.mjs'
import { sendOperation } from './plans.mjs'
import { freePort, SECRET, token } from './programs.mjs'

const SECONDS = Math.min(240, Number(process.env.CHAOS_SECONDS ?? 120))
const RECOVERY_SECONDS = 50
const MAX_CONNECTIONS = 80
let seed = Number(process.env.CHAOS_SEED ?? 7)
const started = Date.now()
const report = (text) => console.log(`${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s  ${text}`)

const dataDir = await mkdtemp(join(tmpdir(), 'quittance-chaos-'))
const postgres = await startEmbeddedPostgres({ dataDir, settings: { max_connections: String(MAX_CONNECTIONS) } })
await migrate(postgres.connection)
const database = await startProxy(join(postgres.connection.host, '.s.PGSQL.5432'))
const provider = await new FakeLemonSqueezy().start()
const providerProxy = await startProxy(Number(new URL(provider.url).port))
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
  LEMONSQUEEZY_API_URL: `http://127.0.0.1:${providerProxy.port}`,
  LEMONSQUEEZY_WEBHOOK_SECRET: 'whsec_test_secret',
  RATE_LIMIT_POINTS: '1000000000',
  RATE_LIMIT_RESTORE_RATE: '1000000000',
  LOG_LEVEL: 'fatal',
})
await untilReady()
const administrator = await token('1', 'admin')
const load = new Load(url, administrator)
load.plan = await prepare()
load.start()
report(`load started; injecting faults for ${SECONDS} s, seed ${seed}`)

/** Each fault breaks something, waits and restores it. */
const FAULTS = {
  'the server is killed': () => service.kill('SIGKILL'),
  'the server is stopped and started': () => service.kill('SIGTERM'),
  'PostgreSQL is killed': async () => process.kill(await postmaster(), 'SIGKILL'),
  'PostgreSQL is restarted': async () => process.kill(await postmaster(), 'SIGINT'),
  'connections to the database are cut': () => database.cut(),
  'the database has a latency of 150 ms': () =>
    injectTemporarily(
      3000,
      () => database.setDelay(150),
      () => database.restore(),
    ),
  'the database is unavailable': () =>
    injectTemporarily(
      3000,
      () => database.disable(),
      () => database.restore(),
    ),
  'all database connections are in use': takeConnections,
  'a PDF worker is terminated': () => process.kill(service.pid, 'SIGUSR2'),
  'the payment provider is unavailable': () =>
    injectTemporarily(
      4000,
      () => providerProxy.disable(),
      () => providerProxy.restore(),
    ),
  'the webhook endpoint fails': () =>
    injectTemporarily(
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
  report(name)
  await Promise.resolve(FAULTS[name]()).catch((error) => report(`  (${error.message})`))
  if (name === 'the database is unavailable') report(`  meanwhile: ${probes.at(-1)}`)
  await sleep(1000 + random() * 2500)
}

report('faults ended; the load continues for 5 s, then pending work is finished')
await sleep(5000)
await load.stop()
const db = new pg.Client(postgres.connection)
await db.connect()
await finishPendingWork()
const findings = await audit(db, load.ledger, receiver.received)
const { ledger, unavailableSeconds, wrong } = load
const broken = Object.entries(findings).filter(([, found]) => found.length > 0)
const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
const sortedSeconds = unavailableSeconds.toSorted((one, other) => one - other)
console.log(`
acknowledged: ${ledger.grants.size} grants, ${ledger.cancelled.size} cancellations, ${[...ledger.claims.values()].reduce((sum, mine) => sum + mine.size, 0)} claims, ${ledger.webhooks.size} webhooks of ${ledger.subscriptions.size} subscriptions; ${ledger.reads} reads, ${ledger.documents} documents, ${receiver.received.length} events received
${total} faults: ${Object.entries(counts)
  .map(([name, count]) => `${name} (${count})`)
  .join(', ')}
the server was started ${service.starts} times and crashed ${service.crashes.length} times
DATABASE_UNAVAILABLE: ${unavailableSeconds.length} responses, median ${at(sortedSeconds, 0.5)} s, maximum ${at(sortedSeconds, 1)} s; ${probes.join('; ')}
`)
for (const [rule, found] of Object.entries(findings))
  console.log(`${found.length === 0 ? 'holds ' : 'BROKEN'}  ${rule}${found.length ? `: ${found.slice(0, 3).join(', ')}` : ''}`)
const unexpected = [...new Set(wrong)]
console.log(
  `${unexpected.length === 0 ? 'holds ' : 'BROKEN'}  every response is a result, an expected refusal or 503 with Retry-After${unexpected.length ? `: ${unexpected.slice(0, 3).join(', ')}` : ''}`,
)
console.log(
  `${service.crashes.length === 0 ? 'holds ' : 'BROKEN'}  the server never crashes${service.crashes.length ? `: ${service.crashes[0]}` : ''}`,
)

await service.stop()
await db.end()
await Promise.all([database.close(), providerProxy.close(), provider.close(), receiver.close()])
await postgres.stop()
await rm(dataDir, { recursive: true, force: true })
report(
  broken.length + unexpected.length + service.crashes.length === 0
    ? 'no acknowledged work was lost or duplicated'
    : 'some rules are BROKEN',
)
process.exit(broken.length + unexpected.length + service.crashes.length === 0 ? 0 : 1)

function at(sorted, part) {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(2)
}

/** Mulberry32: a seed gives the same faults in the same order. */
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

async function injectTemporarily(milliseconds, inject, restore) {
  inject()
  await sleep(milliseconds / 2)
  if (milliseconds === 3000) probes.push(await probe())
  await sleep(milliseconds / 2)
  restore()
}

/** The current status of the health checks. */
async function probe() {
  const status = async (path) =>
    (await fetch(`${url}${path}`, { signal: AbortSignal.timeout(3000) }).catch(() => ({ status: 'no response' }))).status
  return `/livez ${await status('/livez')}, /readyz ${await status('/readyz')}`
}

async function postmaster() {
  return Number((await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])
}

async function takeConnections() {
  const clients = []
  for (let number = 0; number < MAX_CONNECTIONS; number += 1) {
    const client = new pg.Client(postgres.connection)
    client.on('error', () => undefined)
    if (
      await client.connect().then(
        () => true,
        () => false,
      )
    )
      clients.push(client)
  }
  // Cuts the connections of the server, so that it needs new ones and gets none.
  database.cut()
  await sleep(2500)
  await Promise.all(clients.map((client) => client.end().catch(() => undefined)))
}

async function untilReady() {
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined)
    if (answer?.ok) return
    await sleep(50)
  }
}

/** Creates a plan to grant, one to buy, the default plan, and a webhook endpoint for all events. */
async function prepare() {
  const db = new pg.Client(postgres.connection)
  await db.connect()
  await db.query(`INSERT INTO plans (slug, name, type, price, currency, rank, is_default, provider_variant_id, server_limit, created_at, updated_at)
    VALUES ('free', 'Free', 'FREE', 0, 'USD', 0, true, NULL, 0, now(), now()), ('pro', 'Pro', 'PAID', 1500, 'USD', 2, false, '1001', 5, now(), now()),
      ('chaos', 'Chaos', 'PAID', 500, 'USD', 1, false, NULL, 5, now(), now())`)
  const { rows } = await db.query("SELECT id FROM plans WHERE slug = 'chaos'")
  await db.end()
  const query = 'mutation ($input: CreateEventEndpointInput!) { createEventEndpoint(input: $input) { secret } }'
  await sendOperation(`${url}/graphql`, { query, variables: { input: { url: receiver.url } } }, administrator)
  return String(rows[0].id)
}

/** Waits until no background work is pending, or until the deadline. */
async function finishPendingWork() {
  const deadline = Date.now() + RECOVERY_SECONDS * 1000
  for (;;) {
    // Retries of failed work are due in minutes, so they are rescheduled to run now.
    await db.query('UPDATE graphile_worker._private_jobs SET run_at = now() WHERE locked_at IS NULL AND run_at > now() AND attempts > 0')
    await db.query("UPDATE event_deliveries SET next_attempt_at = now() WHERE status = 'PENDING' AND next_attempt_at > now()")
    const { rows } =
      await db.query(`SELECT (SELECT count(*) FROM graphile_worker.jobs WHERE task_identifier NOT IN ('tick', 'reconcile', 'sweep'))::int
      + (SELECT count(*) FROM event_deliveries WHERE status = 'PENDING')::int + (SELECT count(*) FROM webhook_events WHERE status = 'RECEIVED')::int AS open`)
    process.stderr.write(`${rows[0].open} tasks pending      \r`)
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
