import { describe, expect, test } from 'vitest'
import { createCatalog } from '../../support/catalog.js'
import { applyPlan, placeOrder } from '../../support/requests.js'
import type { TestServer } from '../../support/server.js'
import { serversOfEachTest } from '../../support/servers.js'
import { countStatements } from '../../support/statements.js'

const start = serversOfEachTest()

const LOW_RATE_LIMIT = { RATE_LIMIT_POINTS: '200', RATE_LIMIT_RESTORE_RATE: '1', TRUST_PROXY: '127.0.0.0/8' }

async function download(url: string, headers: Record<string, string>) {
  const response = await fetch(url, { headers })
  await response.arrayBuffer()
  return { status: response.status, retryAfter: Number(response.headers.get('retry-after')) }
}

async function statusesOf(count: number, url: string, headers: Record<string, string>): Promise<number[]> {
  const statuses = []
  for (let downloaded = 0; downloaded < count; downloaded += 1) statuses.push((await download(url, headers)).status)
  return statuses
}

const authorizationOf = async (server: TestServer, userId: number) => ({ authorization: `Bearer ${await server.token(userId)}` })

/** Advances the clock until every token bucket is full. */
function refill(server: TestServer): void {
  server.clock.set(new Date(server.clock.now().getTime() + 600_000).toISOString())
}

describe('a download', () => {
  test('of a pro forma costs the user 50 points each time', async () => {
    const server = await start({ environment: LOW_RATE_LIMIT })
    const plans = await createCatalog(server)
    const { data } = await placeOrder(server, 55, { planId: plans.pro })
    refill(server)
    const headers = await authorizationOf(server, 55)
    const url = `${server.url}/orders/${data.placeOrder.order.id}/invoice`
    expect(await statusesOf(5, url, headers)).toEqual([200, 200, 200, 200, 429])
    const refused = await countStatements(
      async () => {
        const { status, retryAfter } = await download(url, headers)
        expect([status, retryAfter]).toEqual([429, 10])
      },
      { includeRateLimit: true },
    )
    expect(refused).toEqual([])
    expect((await download(url, await authorizationOf(server, 1))).status).toBe(404)
  })

  test('of a receipt costs the user 50 points each time', async () => {
    const server = await start({ environment: LOW_RATE_LIMIT })
    const plans = await createCatalog(server)
    await server.services.db.user.create({ data: { id: '55' } })
    await applyPlan(server, { userId: '55', planId: plans.pro })
    const { id } = await server.services.db.payment.findFirstOrThrow({ where: { userId: '55' } })
    refill(server)
    expect(await statusesOf(5, `${server.url}/payments/${id}/receipt`, await authorizationOf(server, 55))).toEqual([
      200, 200, 200, 200, 429,
    ])
  })

  test('of an invoice costs 50 points when it is rendered, and 10 afterwards', async () => {
    const server = await start({ environment: LOW_RATE_LIMIT })
    const plans = await createCatalog(server)
    await server.services.db.user.create({ data: { id: '55' } })
    await applyPlan(server, { userId: '55', planId: plans.pro })
    const { data } = await server.ask(55, '{ invoices { nodes { id } } }')
    refill(server)
    const headers = await authorizationOf(server, 55)
    const url = `${server.url}/invoices/${data.invoices.nodes[0].id}/pdf`
    expect(await statusesOf(17, url, headers)).toEqual([...Array(16).fill(200), 429])
  })

  test('by a signed link costs points of the IP address', async () => {
    const server = await start({ environment: LOW_RATE_LIMIT })
    const plans = await createCatalog(server)
    const { data } = await placeOrder(server, 55, { planId: plans.pro })
    refill(server)
    const { invoicePdfUrl } = (await server.ask(55, `{ order(id: "${data.placeOrder.order.id}") { invoicePdfUrl } }`)).data.order
    const from = (address: string) => ({ 'x-forwarded-for': address })
    expect(await statusesOf(5, invoicePdfUrl, from('198.51.100.1'))).toEqual([200, 200, 200, 200, 429])
    expect((await download(invoicePdfUrl, from('198.51.100.2'))).status).toBe(200)
    expect((await server.ask(55, '{ me { id } }')).status).toBe(200)
  })
})
