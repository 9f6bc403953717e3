import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FakeLemonSqueezy } from '../../dist/chaos/lemon-squeezy.js'
import { TcpProxy } from '../../dist/chaos/tcp-proxy.js'
import { migrate } from '../../dist/platform/postgres/migrations.js'
import { execute, freePort, SECRET, SELLER, token } from '../programs.mjs'
import { Balancer } from './balancer.mjs'
import { ChaosDatabase } from './database.mjs'
import { mountSmallDisk } from './disk.mjs'
import { LIMITS } from './faults.mjs'
import { startReceiver } from './receiver.mjs'
import { Service } from './service.mjs'

const SERVERS = [0, 1]

/**
 * Starts two servers, PostgreSQL, a payment provider, a receiver of events, and proxies between them.
 * @param hasFaults  whether faults will be injected: on a small disk, with short limits of the sessions
 */
export async function startSystem({ hasFaults, report }) {
  const dataDir = await mkdtemp(join(tmpdir(), 'quittance-chaos-'))
  const disk = hasFaults ? mountSmallDisk(dataDir) : undefined
  process.once('exit', () => disk?.unmount())
  if (hasFaults && !disk) report('a full disk is not tested: this user may not mount one')
  const database = await ChaosDatabase.start(dataDir)
  await migrate(database.connection)
  const proxies = await Promise.all(SERVERS.map(() => TcpProxy.start(database.socketPath())))
  const provider = await new FakeLemonSqueezy().start()
  const providerProxy = await TcpProxy.start(Number(new URL(provider.url).port))
  const receiver = await startReceiver()
  const ports = await Promise.all(SERVERS.map(freePort))
  const urls = ports.map((port) => `http://127.0.0.1:${port}`)
  const environment = (server) => ({
    ...(hasFaults && Object.fromEntries(Object.entries(LIMITS).map(([name, milliseconds]) => [name, String(milliseconds)]))),
    PORT: String(ports[server]),
    PUBLIC_URL: urls[server],
    CHECKOUT_ORIGINS: urls.join(','),
    // Events go to a receiver on this machine, which production rules do not allow.
    DEMO: 'true',
    DEMO_DATA: 'false',
    DATABASE_URL: `postgresql://quittance@127.0.0.1:${proxies[server].port}/quittance`,
    AUTH_JWT_SECRET: SECRET,
    ...SELLER,
    // New checkouts use the sandbox.
    PAYMENT_PROVIDER: 'sandbox,lemonsqueezy',
    LEMONSQUEEZY_API_KEY: 'key',
    LEMONSQUEEZY_STORE_ID: '1',
    LEMONSQUEEZY_API_URL: `http://127.0.0.1:${providerProxy.port}`,
    LEMONSQUEEZY_WEBHOOK_SECRET: 'whsec_test_secret',
    RATE_LIMIT_POINTS: '1000000000',
    RATE_LIMIT_RESTORE_RATE: '1000000000',
    LOG_LEVEL: 'error',
  })
  const servers = SERVERS.map((server) => new Service(environment(server)))
  const balancer = new Balancer(urls, { dropsRequests: hasFaults })
  while (!balancer.areAllReady()) await sleep(50)
  const administrator = await token('1', 'admin')
  const plans = await createPlans(database)
  await createEndpoint(urls[0], receiver.url, administrator)
  return {
    ...{ disk, database, proxies, provider, providerProxy, receiver, urls, servers, balancer, administrator, plans },
    async stop() {
      balancer.stop()
      await Promise.all(servers.map((server) => server.stop()))
      await Promise.all([...proxies, providerProxy, provider, receiver].map((each) => each.close()))
      await database.stop()
      disk?.unmount()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Creates a plan to grant, two to buy, and the default plan. @returns the ids of those that are not the default */
async function createPlans(database) {
  const rows =
    await database.query(`INSERT INTO plans (slug, name, type, price, currency, rank, is_default, provider_variant_id, server_limit, created_at, updated_at)
    VALUES ('free', 'Free', 'FREE', 0, 'USD', 0, true, NULL, 0, now(), now()), ('pro', 'Pro', 'PAID', 1500, 'USD', 2, false, '1001', 5, now(), now()),
      ('max', 'Max', 'PAID', 3000, 'USD', 3, false, '1002', 9, now(), now()), ('chaos', 'Chaos', 'PAID', 500, 'USD', 1, false, NULL, 5, now(), now())
    RETURNING slug, id::text`)
  const ids = Object.fromEntries(rows.map(({ slug, id }) => [slug, id]))
  return { grant: ids.chaos, pro: ids.pro, max: ids.max }
}

/** Creates a webhook endpoint for all events. */
async function createEndpoint(origin, url, administrator) {
  const query = 'mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { secret } }'
  await execute({ url: `${origin}/graphql`, administrator }, query, { input: { url } })
}
