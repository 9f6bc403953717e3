// npm run chaos: injects faults into two servers and their dependencies under steady load. Afterwards it
// compares the acknowledged requests with the database, and checks the laws of the ledger. It uses loopback only. CHAOS_SECONDS
// (default 120, at most 240) sets how long faults are injected, and CHAOS_SEED their order.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { FakeLemonSqueezy } from '../dist/chaos/lemon-squeezy.js'
import { TcpProxy } from '../dist/chaos/tcp-proxy.js'
import { migrate } from '../dist/platform/postgres/migrations.js'
import { audit } from './chaos/audit.mjs'
import { Balancer } from './chaos/balancer.mjs'
import { Client } from './chaos/client.mjs'
import { ChaosDatabase } from './chaos/database.mjs'
import { mountSmallDisk } from './chaos/disk.mjs'
import { createFaults, LIMITS } from './chaos/faults.mjs'
import { Load } from './chaos/load.mjs'
import { killMigration } from './chaos/migration.mjs'
import { createRandom } from './chaos/random.mjs'
import { startReceiver } from './chaos/receiver.mjs'
import { printResult } from './chaos/result.mjs'
import { Service } from './chaos/service.mjs'
import { Timeline } from './chaos/timeline.mjs'
import { endAbandonedClaims, finishPendingWork } from './chaos/work.mjs'
import { sendOperation } from './plans.mjs'
import { freePort, SECRET, token } from './programs.mjs'

const DEFAULT_SECONDS = 120
const SECONDS = Math.min(240, Number(process.env.CHAOS_SECONDS ?? DEFAULT_SECONDS))
const SERVERS = [0, 1]
const MAX_SETTLE_MS = 60_000
const MAX_EXTRA_SECONDS = SECONDS >= DEFAULT_SECONDS ? 60 : 0
const LOAD_AFTER_FAULTS_MS = 5000
const seed = Number(process.env.CHAOS_SEED ?? 7)
const random = createRandom(seed)
const started = Date.now()
const report = (text) => console.log(`${String(Math.round(secondsSince(started))).padStart(4)} s  ${text}`)

const dataDir = await mkdtemp(join(tmpdir(), 'quittance-chaos-'))
const disk = mountSmallDisk(dataDir)
process.once('exit', () => disk?.unmount())
if (!disk) report('a full disk is not tested: this user may not mount one')
const database = await ChaosDatabase.start(dataDir)
await migrate(database.connection)
const killed = await killMigration(database.connection)
report(`kill -9 inside a migration: ${killed.length === 0 ? 'the next start applies it' : killed.join('; ')}`)

const proxies = await Promise.all(SERVERS.map(() => TcpProxy.start(database.socketPath())))
const provider = await new FakeLemonSqueezy().start()
const providerProxy = await TcpProxy.start(Number(new URL(provider.url).port))
const receiver = await startReceiver()
const ports = await Promise.all(SERVERS.map(freePort))
const urls = ports.map((port) => `http://127.0.0.1:${port}`)
const servers = SERVERS.map((server) => new Service(environment(server)))
const balancer = new Balancer(urls)
while (!balancer.areAllReady()) await sleep(50)
const administrator = await token('1', 'admin')
const client = new Client(balancer)
const load = new Load({ client, provider, administrator, plans: await prepare() })
load.start()
report(`load started on two servers; injecting faults for ${SECONDS} s, seed ${seed}`)

const faults = createFaults({ servers, proxies, database, disk, provider: providerProxy, receiver, random })
const counts = Object.fromEntries(Object.keys(faults).map((name) => [name, 0]))
const timeline = new Timeline()
const failed = []
const loadedAt = Date.now()
// Every fault is injected once, if that does not take much longer.
while (secondsSince(loadedAt) < SECONDS + (leastCount() === 0 ? MAX_EXTRA_SECONDS : 0)) {
  const name = leastUsed()
  counts[name] += 1
  await inject(name, faults[name])
}
report('a synchronous standby is started')
await database.startStandby()
await inject('a synchronous standby takes over', async () => {
  await database.failOver()
  for (const proxy of proxies) proxy.switchTo(database.socketPath())
})

report('faults ended; the load continues for 5 s, then pending work is finished')
await sleep(LOAD_AFTER_FAULTS_MS)
const summary = timeline.summarize(balancer.checks, client.writes, SERVERS)
const db = new pg.Client(database.connection)
await db.connect()
const stopEnding = endAbandonedClaims(db)
await load.stop()
await finishPendingWork(db)
stopEnding()
const findings = {
  ...(await audit(db, load.acknowledged, receiver.received)),
  'a migration that was killed is applied by the next start': killed,
  'every fault was injected and restored, and all servers recovered from it': failed,
}
const isGood = printResult({ findings, summary, missing: missingFaults(), client, servers, acknowledged: load.acknowledged, receiver })

balancer.stop()
await Promise.all(servers.map((server) => server.stop()))
await db.end()
await Promise.all([...proxies, providerProxy, provider, receiver].map((each) => each.close()))
await database.stop()
disk?.unmount()
await rm(dataDir, { recursive: true, force: true })
report(isGood ? 'no acknowledged work was lost or duplicated' : 'some rules are BROKEN')
process.exit(isGood ? 0 : 1)

function environment(server) {
  return {
    ...Object.fromEntries(Object.entries(LIMITS).map(([name, milliseconds]) => [name, String(milliseconds)])),
    PORT: String(ports[server]),
    PUBLIC_URL: urls[server],
    CHECKOUT_ORIGINS: urls.join(','),
    // Events go to a receiver on this machine, which production rules do not allow.
    DEMO: 'true',
    DEMO_DATA: 'false',
    DATABASE_URL: `postgresql://quittance@127.0.0.1:${proxies[server].port}/quittance`,
    AUTH_JWT_SECRET: SECRET,
    // New checkouts use the sandbox.
    PAYMENT_PROVIDER: 'sandbox,lemonsqueezy',
    LEMONSQUEEZY_API_KEY: 'key',
    LEMONSQUEEZY_STORE_ID: '1',
    LEMONSQUEEZY_API_URL: `http://127.0.0.1:${providerProxy.port}`,
    LEMONSQUEEZY_WEBHOOK_SECRET: 'whsec_test_secret',
    RATE_LIMIT_POINTS: '1000000000',
    RATE_LIMIT_RESTORE_RATE: '1000000000',
    LOG_LEVEL: 'error',
  }
}

/** Injects a fault, and waits until all servers are ready and have acknowledged a write. */
async function inject(name, fault) {
  report(name)
  const { end } = await timeline.record(name, () => Promise.resolve(fault()).catch((error) => failed.push(`${name}: ${error.message}`)))
  const hasWritten = (server) => client.writes.findLast((write) => write.server === server)?.at > end
  while (!(balancer.areAllReady() && SERVERS.every(hasWritten)) && Date.now() < end + MAX_SETTLE_MS) await sleep(50)
  if (Date.now() >= end + MAX_SETTLE_MS) failed.push(`${name}: no recovery within ${MAX_SETTLE_MS / 1000} s`)
  await sleep(200 + random() * 500)
}

function secondsSince(time) {
  return (Date.now() - time) / 1000
}

function leastCount() {
  return Math.min(...Object.values(counts))
}

function leastUsed() {
  const least = leastCount()
  const names = Object.keys(counts).filter((name) => counts[name] === least)
  return names[Math.floor(random() * names.length)]
}

function missingFaults() {
  const notReached = Object.keys(counts).filter((name) => counts[name] === 0)
  return {
    ...Object.fromEntries(notReached.map((name) => [name, 'CHAOS_SECONDS is too short'])),
    ...(!disk && { 'the disk is full': 'this user may not mount a disk' }),
  }
}

/** Creates a plan to grant, two to buy, the default plan, and a webhook endpoint for all events. @returns the ids of plans */
async function prepare() {
  const rows =
    await database.query(`INSERT INTO plans (slug, name, type, price, currency, rank, is_default, provider_variant_id, server_limit, created_at, updated_at)
    VALUES ('free', 'Free', 'FREE', 0, 'USD', 0, true, NULL, 0, now(), now()), ('pro', 'Pro', 'PAID', 1500, 'USD', 2, false, '1001', 5, now(), now()),
      ('max', 'Max', 'PAID', 3000, 'USD', 3, false, '1002', 9, now(), now()), ('chaos', 'Chaos', 'PAID', 500, 'USD', 1, false, NULL, 5, now(), now())
    RETURNING slug, id::text`)
  const query = 'mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { secret } }'
  await sendOperation(`${urls[0]}/graphql`, { query, variables: { input: { url: receiver.url } } }, administrator)
  const ids = Object.fromEntries(rows.map(({ slug, id }) => [slug, id]))
  return { grant: ids.chaos, pro: ids.pro, max: ids.max }
}
