import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCatalog } from '../../support/catalog.js'
import { buy, dataOf } from '../../support/payments.js'
import { startServer, type TestServer } from '../../support/server.js'

// Lists that are sorted by their ids.

let server: TestServer

beforeAll(async () => {
  server = await startServer()
  const { starter } = await createCatalog(server)
  await dataOf(
    server.ask('admin', 'mutation { createWebhookEndpoint(input: { url: "https://panel.example.com/hooks" }) { endpoint { id } } }'),
  )
  await buy(server, 301, starter)
  await server.services.db.providerEvent.createMany({
    data: [1, 2, 3, 4, 5].map((n) => ({
      source: 'lemon-squeezy',
      bodyHash: Buffer.from(`event-${n}`),
      name: 'subscription_updated',
      body: {},
      status: 'PARKED' as const,
      receivedAt: server.clock.now(),
    })),
  })
})
afterAll(() => server.close())

test('deliveries are listed by whether they were sent again', async () => {
  const read = async (resent: boolean): Promise<string[]> => {
    const list = `query ($resent: Boolean) { webhookDeliveries(first: 100, resent: $resent) { totalCount nodes { id } } }`
    const { webhookDeliveries } = await dataOf(server.ask('admin', list, { resent }))
    expect(webhookDeliveries.totalCount).toBe(webhookDeliveries.nodes.length)
    return webhookDeliveries.nodes.map(({ id }: any) => id)
  }
  const before = await read(false)
  expect(await read(true)).toEqual([])
  const [, id] = before
  const replay = 'mutation ($id: ID!) { replayWebhookDelivery(input: { deliveryId: $id }) { delivery { id } } }'
  const { replayWebhookDelivery } = await dataOf(server.ask('admin', replay, { id }))
  expect(await read(true)).toEqual([id])
  expect(await read(false)).toEqual([replayWebhookDelivery.delivery.id, ...before.filter((each) => each !== id)])
})

async function readPage(list: string, page: object): Promise<{ ids: string[]; pageInfo: any }> {
  const query = `query ($first: Int, $after: String, $last: Int, $before: String, $orderBy: TimeSort) {
    list: ${list}(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) {
      nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`
  const { list: read } = await dataOf(server.ask('admin', query, page))
  return { ids: read.nodes.map(({ id }: any) => id), pageInfo: read.pageInfo }
}

describe.each(['auditEntries', 'webhookDeliveries', 'providerEvents'])('%s', (list) => {
  test('are the newest first by default, and the oldest first on request', async () => {
    const { ids } = await readPage(list, { first: 100 })
    expect(ids.length).toBeGreaterThan(2)
    expect((await readPage(list, { first: 100, orderBy: 'NEWEST_FIRST' })).ids).toEqual(ids)
    expect((await readPage(list, { first: 100, orderBy: 'OLDEST_FIRST' })).ids).toEqual([...ids].reverse())
  })

  test.each(['NEWEST_FIRST', 'OLDEST_FIRST'])('%s: pages forward and backward have every entry once', async (orderBy) => {
    const { ids } = await readPage(list, { first: 100, orderBy })
    const forward: string[] = []
    for (let after: string | null = null, hasNext = true; hasNext; ) {
      const page = await readPage(list, { first: 2, after, orderBy })
      expect(page.pageInfo.hasPreviousPage).toBe(after !== null)
      forward.push(...page.ids)
      after = page.pageInfo.endCursor
      hasNext = page.pageInfo.hasNextPage
    }
    expect(forward).toEqual(ids)
    const backward: string[] = []
    for (let before: string | null = null, hasPrevious = true; hasPrevious; ) {
      const page = await readPage(list, { last: 2, before, orderBy })
      backward.unshift(...page.ids)
      before = page.pageInfo.startCursor
      hasPrevious = page.pageInfo.hasPreviousPage
    }
    expect(backward).toEqual(ids)
  })
})
