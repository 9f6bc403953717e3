import { createHmac } from 'node:crypto'
import { createServer } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { Receiver } from '../../support/receiver.js'
import { startServer, type TestServer } from '../../support/server.js'

const HOUR_MS = 3_600_000

let server: TestServer
let plans: Catalog
let receiver: Receiver

beforeEach(async () => {
  server = await startServer()
  plans = await createCatalog(server)
  receiver = await Receiver.start()
})
afterEach(async () => {
  await receiver.close()
  await server.close()
})

const CREATE =
  'mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { secret endpoint { id url types isEnabled } } }'
const ROTATE = 'mutation ($id: ID!) { rotateWebhookEndpointSecret(input: { endpointId: $id }) { secret } }'
const DELETE = 'mutation ($id: ID!) { deleteWebhookEndpoint(input: { endpointId: $id }) { endpoint { id } } }'
const UPDATE =
  'mutation ($input: UpdateWebhookEndpointInput!) { updateWebhookEndpoint(input: $input) { endpoint { isEnabled types url } } }'
const DELIVERIES = `query ($endpoint: ID, $status: DeliveryStatus) { webhookDeliveries(endpointId: $endpoint, status: $status, first: 100) {
  totalCount nodes { id status attempts attemptedAt nextAttemptAt responseStatus response event { eventId type subject payload } } } }`

async function createEndpoint(url: string, types: string[] = []): Promise<{ id: string; secret: string }> {
  const { data, errors } = await server.ask('admin', CREATE, { input: { url, types } })
  expect(errors).toBeUndefined()
  return { id: data.createWebhookEndpoint.endpoint.id, secret: data.createWebhookEndpoint.secret }
}

async function apply(userId: number, planId: string): Promise<void> {
  const id = String(userId)
  await server.services.db.user.upsert({ where: { id }, create: { id }, update: {} })
  const { errors } = await server.ask('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
    input: { userId: id, planId },
  })
  expect(errors).toBeUndefined()
}

async function deliveries(endpoint: string, status?: string) {
  return (await server.ask('admin', DELIVERIES, { endpoint, status })).data.webhookDeliveries
}

function advance(ms: number): void {
  server.clock.set(new Date(server.clock.now().getTime() + ms).toISOString())
}

test('an endpoint is created once per idempotency key', async () => {
  const input = { url: receiver.url, types: ['PLAN_APPLIED'], idempotencyKey: 'create-endpoint-1' }
  const create = async () => (await server.ask('admin', CREATE, { input })).data.createWebhookEndpoint
  const [first, retry] = [await create(), await create()]
  expect(first.secret).toMatch(/^whsec_/)
  expect(retry).toEqual(first)
  expect(await server.services.db.webhookEndpoint.count()).toBe(1)
})

describe('a repeated creation of an endpoint', () => {
  const create = () => server.ask('admin', CREATE, { input: { url: receiver.url, idempotencyKey: 'create-endpoint-1' } })

  test('returns no secret after a day', async () => {
    const { endpoint } = (await create()).data.createWebhookEndpoint
    advance(24 * HOUR_MS)
    expect((await create()).data.createWebhookEndpoint).toEqual({ endpoint, secret: null })
  })

  test('returns no secret after a rotation', async () => {
    const { endpoint } = (await create()).data.createWebhookEndpoint
    await server.ask('admin', ROTATE, { id: endpoint.id })
    expect((await create()).data.createWebhookEndpoint).toMatchObject({ endpoint: { id: endpoint.id }, secret: null })
  })

  test('is refused when the endpoint has been deleted', async () => {
    const { endpoint } = (await create()).data.createWebhookEndpoint
    await server.ask('admin', DELETE, { id: endpoint.id })
    const message = `input.idempotencyKey: endpoint ${rowId(endpoint.id)}, which was created with this key, has been deleted; use a new key`
    const extensions = { code: 'BAD_USER_INPUT', field: 'input.idempotencyKey' }
    expect((await create()).errors).toMatchObject([{ message, extensions }])
    expect(await server.services.db.webhookEndpoint.count()).toBe(1)
  })
})

test('the audit log states the format of a changed endpoint, and how many pending deliveries were deleted', async () => {
  const { id } = await createEndpoint(receiver.url, [])
  await apply(55, plans.pro)
  const pending = await server.services.db.webhookDelivery.count()
  await server.ask('admin', UPDATE, { input: { id, format: 'ESCLUSE' } })
  await server.ask('admin', DELETE, { id })
  const entries = await server.services.db.auditEntry.findMany({
    where: { subject: `webhookEndpoint:${rowId(id)}` },
    orderBy: { id: 'asc' },
  })
  expect(entries.map(({ details }) => details)).toMatchObject([
    { format: 'STANDARD' },
    { format: 'ESCLUSE', deletedDeliveries: pending - 1 },
    { format: 'ESCLUSE', deletedDeliveries: 1 },
  ])
})

describe('webhook events', () => {
  test('are delivered in the order in which they occurred, and the standardwebhooks package verifies them', async () => {
    const { id, secret } = await createEndpoint(receiver.url)
    await apply(55, plans.pro)
    await server.ask('admin', 'mutation ($input: CancelPlanInput!) { cancelPlan(input: $input) { success } }', { input: { userId: '55' } })
    expect(await server.deliver()).toEqual({ [rowId(id)]: 'done' })
    expect(receiver.types()).toEqual([
      'order.placed',
      'limits.changed',
      'plan.applied',
      'invoice.issued',
      'limits.changed',
      'plan.cancelled',
      // The credit note for the unused share.
      'invoice.issued',
    ])
    const webhook = new Webhook(secret)
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    for (const { headers, body } of receiver.received) {
      const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
      expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
      expect(webhook.verify(body, headers as Record<string, string>)).toEqual(JSON.parse(body))
      expect(() => webhook.verify(body.replace('user', 'uzer'), headers as Record<string, string>)).toThrow()
    }
    expect(receiver.received[2]?.event).toEqual({
      type: 'plan.applied',
      timestamp: '2026-05-01T10:00:00.000Z',
      data: {
        userId: '55',
        orderId: expect.any(String),
        subscriptionId: expect.any(String),
        planId: plans.pro,
        amount: '1500',
        currency: 'USD',
      },
    })
    expect(receiver.received[1]?.event.data).toMatchObject({
      userId: '55',
      plan: 'pro',
      limits: { serverLimit: 15 },
      features: { modpacks: true },
    })
    const { totalCount, nodes } = await deliveries(id)
    expect(totalCount).toBe(7)
    expect(nodes[0]).toMatchObject({ status: 'DELIVERED', attempts: 1, responseStatus: 200, response: 'thanks', nextAttemptAt: null })
    expect(nodes[0].event.eventId).toBe(receiver.received[6]?.headers['webhook-id'])
  })

  test('are sent only to endpoints that subscribe to their type', async () => {
    await createEndpoint(receiver.url, ['PLAN_APPLIED'])
    await apply(55, plans.pro)
    await server.deliver()
    expect(receiver.types()).toEqual(['plan.applied'])
  })

  test('of a transaction that was rolled back are never sent', async () => {
    await createEndpoint(receiver.url)
    await server.owner.query(`
      CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
      CREATE TRIGGER no_invoice BEFORE INSERT ON invoices FOR EACH ROW EXECUTE FUNCTION fail()`)
    await server.services.db.user.create({ data: { id: '55' } })
    const { errors } = await server.ask('admin', 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { success } }', {
      input: { userId: '55', planId: plans.pro },
    })
    expect(errors).toHaveLength(1)
    await server.deliver()
    expect(receiver.received).toEqual([])
  })

  test('are delivered in order for each customer, independently of other customers', async () => {
    const { id } = await createEndpoint(receiver.url)
    for (const user of [55, 56]) await apply(user, plans.pro)
    receiver.answer = ({ event }, response) => {
      response.statusCode = event.data.userId === '55' && event.type === 'limits.changed' ? 500 : 200
      response.end(`no\u0000t now ${'x'.repeat(5000)}`)
    }
    await server.deliver()
    const typesOf = (user: string) => receiver.received.filter(({ event }) => event.data.userId === user).map(({ event }) => event.type)
    expect(typesOf('55')).toEqual(['order.placed', 'limits.changed'])
    expect(typesOf('56')).toEqual(['order.placed', 'limits.changed', 'plan.applied', 'invoice.issued'])
    const [failed] = (await deliveries(id, 'PENDING')).nodes.filter((node: { attempts: number }) => node.attempts > 0)
    expect(failed).toMatchObject({ status: 'PENDING', attempts: 1, responseStatus: 500, nextAttemptAt: '2026-05-01T10:00:05.000Z' })
    expect(failed.response).toHaveLength(2048)
    receiver.answer = (_received, response) => void response.end()
    await server.deliver()
    expect(typesOf('55')).toHaveLength(2)
    advance(5000)
    await server.deliver()
    expect(typesOf('55')).toEqual(['order.placed', 'limits.changed', 'limits.changed', 'plan.applied', 'invoice.issued'])
    const ids = receiver.received.filter(({ event }) => event.data.userId === '55').map(({ headers }) => headers['webhook-id'])
    expect(ids[1]).toBe(ids[2])
  })

  test('are all delivered, in order for each customer, after the endpoint was down for a day', async () => {
    const { id } = await createEndpoint(receiver.url)
    const users = Array.from({ length: 20 }, (_, index) => 100 + index)
    receiver.answer = (_received, response) => {
      response.statusCode = 503
      response.end()
    }
    for (const user of users) await apply(user, plans.starter)
    expect(await server.deliver()).toEqual({ [rowId(id)]: 'down' })
    for (let hour = 0; hour < 24; hour += 1) {
      advance(HOUR_MS)
      await server.deliver(true)
    }
    for (const user of users) await apply(user, plans.pro)
    expect((await deliveries(id, 'DELIVERED')).totalCount).toBe(0)
    receiver.received.length = 0
    receiver.answer = (_received, response) => void response.end()
    advance(60_000)
    expect(await server.deliver(true)).toEqual({ [rowId(id)]: 'done' })
    const events = await server.services.db.outboxEvent.findMany({ orderBy: { id: 'asc' } })
    for (const user of users) {
      const expected = events.filter(({ holder }) => holder === `user:${user}`).map(({ eventId }) => eventId)
      const received = receiver.received
        .filter(({ event }) => event.data.userId === String(user))
        .map(({ headers }) => headers['webhook-id'])
      expect(received).toEqual(expected)
    }
    expect((await deliveries(id, 'PENDING')).totalCount).toBe(0)
    expect((await deliveries(id, 'FAILED')).totalCount).toBe(0)
  })

  test('are attempted only a few times per round while the endpoint is down, however many are pending', async () => {
    await createEndpoint(receiver.url)
    receiver.answer = (_received, response) => {
      response.statusCode = 500
      response.end()
    }
    for (let user = 100; user < 140; user += 1) await apply(user, plans.starter)
    await server.deliver()
    expect(receiver.received.length).toBeLessThanOrEqual(16)
  })

  test('are not delayed by another endpoint that hangs', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done))
    const { port } = silent.address() as { port: number }
    await createEndpoint(`http://127.0.0.1:${port}/`)
    const { id } = await createEndpoint(receiver.url)
    for (let user = 100; user < 105; user += 1) await apply(user, plans.starter)
    const all = server.deliver()
    await expect.poll(async () => (await deliveries(id, 'PENDING')).totalCount).toBe(0)
    expect(receiver.received).toHaveLength(20)
    expect((await all)[rowId(id)]).toBe('done')
    const [hung] = (await server.ask('admin', DELIVERIES)).data.webhookDeliveries.nodes.filter(
      (node: { attempts: number; status: string }) => node.attempts > 0 && node.status === 'PENDING',
    )
    expect(hung).toMatchObject({ responseStatus: null, response: 'no response within 1.5 seconds' })
    silent.close()
  })

  test('fail after three days of attempts, are listed, and can be replayed', async () => {
    const { id } = await createEndpoint(receiver.url, ['PLAN_APPLIED'])
    receiver.answer = (_received, response) => {
      response.statusCode = 400
      response.end('invalid event')
    }
    await apply(55, plans.pro)
    await apply(55, plans.starter)
    for (let attempt = 0; attempt < 7; attempt += 1) {
      await server.deliver()
      advance(HOUR_MS)
    }
    advance(65 * HOUR_MS)
    expect((await deliveries(id, 'FAILED')).totalCount).toBe(0)
    await server.deliver()
    const failed = await deliveries(id, 'FAILED')
    expect(failed.totalCount).toBe(1)
    expect(failed.nodes[0]).toMatchObject({ attempts: 8, responseStatus: 400, response: 'invalid event', nextAttemptAt: null })
    receiver.answer = (_received, response) => void response.end()
    receiver.received.length = 0
    advance(HOUR_MS)
    await server.deliver()
    expect(receiver.received.map(({ event }) => event.data.planId)).toEqual([plans.starter])
    const REPLAY =
      'mutation ($id: ID!, $since: DateTime!, $failed: Boolean!) { replayWebhookDeliveries(input: { endpointId: $id, since: $since, failedOnly: $failed }) { count deliveries { id status event { type } } } }'
    const since = '2026-05-01T00:00:00.000Z'
    const { replayWebhookDeliveries: replayed } = (await server.ask('admin', REPLAY, { id, since, failed: true })).data
    const stored = (await deliveries(id, 'PENDING')).nodes.map(({ id }: { id: string }) => id)
    expect(replayed).toEqual({ count: 1, deliveries: [{ id: stored[0], status: 'PENDING', event: { type: 'PLAN_APPLIED' } }] })
    expect((await server.ask('admin', REPLAY, { id, since, failed: true })).data.replayWebhookDeliveries.count).toBe(0)
    await server.deliver()
    expect(receiver.received.map(({ event }) => event.data.planId)).toEqual([plans.starter, plans.pro])
    expect((await server.ask('admin', REPLAY, { id, since, failed: true })).data.replayWebhookDeliveries.count).toBe(0)
    const all = (await server.ask('admin', REPLAY, { id, since, failed: false })).data.replayWebhookDeliveries
    expect(all.count).toBe(2)
    expect(all.deliveries.map(({ id }: { id: string }) => id)).toEqual(
      (await deliveries(id, 'PENDING')).nodes.map(({ id }: { id: string }) => id).reverse(),
    )
    const ONE = 'mutation ($id: ID!) { replayWebhookDelivery(input: { deliveryId: $id }) { delivery { status event { type } } } }'
    expect((await server.ask('admin', ONE, { id: failed.nodes[0].id })).data.replayWebhookDelivery.delivery).toEqual({
      status: 'PENDING',
      event: { type: 'PLAN_APPLIED' },
    })
    await server.deliver()
    expect(receiver.received).toHaveLength(5)
  })
})

describe('a webhook endpoint', () => {
  test('cannot redirect events, and only the beginning of its response is stored', async () => {
    const { id } = await createEndpoint(receiver.url, ['PLAN_APPLIED'])
    const other = await Receiver.start()
    receiver.answer = (_received, response) => {
      response.writeHead(307, { location: other.url })
      response.end()
    }
    await apply(55, plans.pro)
    await server.deliver()
    expect(other.received).toEqual([])
    expect((await deliveries(id)).nodes[0]).toMatchObject({ status: 'PENDING', responseStatus: 307 })
    receiver.answer = (_received, response) => {
      const timer = setInterval(() => response.write('x'.repeat(10_000)), 1)
      response.on('close', () => clearInterval(timer))
    }
    advance(HOUR_MS)
    await server.deliver()
    const [delivery] = (await deliveries(id)).nodes
    expect(delivery).toMatchObject({ status: 'DELIVERED', responseStatus: 200 })
    expect(delivery.response).toHaveLength(2048)
    await other.close()
  })

  test('can be paused without losing events, updated, given a new secret, and deleted', async () => {
    const { id, secret } = await createEndpoint(receiver.url, ['PLAN_APPLIED'])
    await server.ask('admin', UPDATE, { input: { id, isEnabled: false } })
    await apply(55, plans.pro)
    await server.deliver()
    expect(receiver.received).toEqual([])
    expect((await server.ask('admin', UPDATE, { input: { id, isEnabled: true } })).data.updateWebhookEndpoint.endpoint).toMatchObject({
      types: ['PLAN_APPLIED'],
    })
    const fresh = (await server.ask('admin', ROTATE, { id })).data.rotateWebhookEndpointSecret.secret
    await server.deliver()
    const verify = (key: string, index: number) => {
      const { body, headers } = receiver.received[index] as { body: string; headers: Record<string, string> }
      return new Webhook(key).verify(body, headers)
    }
    expect(verify(secret, 0)).toEqual(verify(fresh, 0))
    advance(24 * HOUR_MS)
    await apply(56, plans.pro)
    await server.deliver()
    expect(() => verify(secret, 1)).toThrow()
    expect(verify(fresh, 1)).toBeDefined()
    const audit = await server.services.db.auditEntry.findMany({ where: { subject: `webhookEndpoint:${rowId(id)}` } })
    expect(JSON.stringify(audit.map(({ details }) => details))).not.toContain(fresh.slice(6))
    await apply(57, plans.pro)
    await server.ask('admin', DELETE, { id })
    await server.deliver()
    expect(receiver.received).toHaveLength(2)
    expect((await server.ask('admin', '{ webhookEndpoints { totalCount } }')).data.webhookEndpoints.totalCount).toBe(0)
    expect((await deliveries(id)).totalCount).toBe(2)
  })

  test('is paused by a 410 response', async () => {
    const { id } = await createEndpoint(receiver.url, ['PLAN_APPLIED'])
    receiver.answer = (_received, response) => {
      response.statusCode = 410
      response.end()
    }
    await apply(55, plans.pro)
    await server.deliver()
    expect((await server.ask('admin', '{ webhookEndpoints { nodes { id isEnabled } } }')).data.webhookEndpoints.nodes).toEqual([
      { id, isEnabled: false },
    ])
  })

  test('receives a test event that is sent to no other endpoint', async () => {
    const { id } = await createEndpoint(receiver.url, ['ORDER_PLACED'])
    const other = await Receiver.start()
    await createEndpoint(other.url)
    const sent = await server.ask(
      'admin',
      'mutation ($id: ID!) { sendTestEvent(input: { endpointId: $id }) { delivery { event { type subject } } } }',
      {
        id,
      },
    )
    expect(sent.data.sendTestEvent.delivery.event).toEqual({ type: 'ENDPOINT_TEST', subject: `endpoint:${rowId(id)}` })
    await server.deliver()
    expect(receiver.received.map(({ event }) => [event.type, event.data])).toEqual([['endpoint.test', { endpointId: String(rowId(id)) }]])
    expect(other.received).toEqual([])
    await other.close()
  })

  test('deletes events after a month unless a delivery is pending', async () => {
    const { id } = await createEndpoint(receiver.url, ['PLAN_APPLIED'])
    await apply(55, plans.pro)
    await server.deliver()
    await server.ask('admin', UPDATE, { input: { id, isEnabled: false } })
    await apply(56, plans.pro)
    advance(31 * 24 * HOUR_MS)
    await server.runTask('sweep')
    const left = await server.services.db.outboxEvent.findMany()
    expect(left.map(({ type, holder }) => [type, holder])).toEqual([['plan.applied', 'user:56']])
  })

  test('can be managed by administrators only', async () => {
    for (const query of [
      '{ webhookEndpoints { totalCount } }',
      '{ webhookDeliveries { totalCount } }',
      'mutation { createWebhookEndpoint(input: {url: "https://example.com"}) { secret } }',
      'mutation { sendTestEvent(input: { endpointId: 1 }) { delivery { id } } }',
      'mutation { replayWebhookDeliveries(input: { endpointId: 1, since: "2026-01-01T00:00:00Z" }) { count } }',
    ]) {
      expect([query, (await server.ask(55, query)).errors?.[0]?.extensions.code]).toEqual([query, 'FORBIDDEN'])
    }
  })

  test.each([
    [{ url: 'ftp://example.com' }, 'input.url'],
    [{ url: 'nonsense' }, 'input.url'],
    [{ url: 'https://user:secret@example.com' }, 'input.url'],
    [{ url: 'https://example.com', types: ['plan.applied'] }, 'input.types[0]'],
    [{ url: 'https://example.com', types: ['ENDPOINT_TEST'] }, 'input.types.0'],
  ])('rejects %j and names the field', async (input, field) => {
    expect((await server.ask('admin', CREATE, { input })).errors?.[0]?.extensions).toEqual({
      code: 'BAD_USER_INPUT',
      field,
      fields: [{ field, message: expect.any(String) }],
    })
  })
})
