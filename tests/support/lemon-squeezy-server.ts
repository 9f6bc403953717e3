import { type Catalog, createCatalog } from './catalog.js'
import { FakeLemonSqueezy } from './lemon-squeezy.js'
import { startServer, type TestServer } from './server.js'

interface Started {
  api: FakeLemonSqueezy
  server: TestServer
  plans: Catalog
}

/**
 * Starts a server with Lemon Squeezy as provider, two plans that are sold
 * there, and user 10, ada@example.com.
 */
export async function startWithLemonSqueezy(now: string, environment: Record<string, string> = {}): Promise<Started> {
  const api = await new FakeLemonSqueezy().start()
  const server = await startServer({
    now,
    environment: {
      LEMONSQUEEZY_API_KEY: 'key',
      LEMONSQUEEZY_STORE_ID: '1',
      LEMONSQUEEZY_API_URL: api.url,
      LEMONSQUEEZY_WEBHOOK_SECRET: 'whsec_test_secret',
      ...environment,
    },
  })
  const plans = await createCatalog(server)
  for (const [id, providerVariantId, price] of [
    [plans.pro, '1001', 1500],
    [plans.starter, '1002', 500],
  ] as const) {
    await server.ask('admin', 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { id } } }', {
      input: { id, providerVariantId, price },
    })
  }
  await server.services.db.user.create({ data: { id: '10', email: 'ada@example.com' } })
  return { api, server, plans }
}
