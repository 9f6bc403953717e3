import crypto from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { publishEvent } from '../../../src/modules/webhooks/index.js'
import { runTransaction } from '../../../src/platform/postgres/transaction.js'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { publishFor } from '../../support/deliverers.js'
import { type Received, Receiver } from '../../support/receiver.js'
import { cancelPlan } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

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

/** The function that Escluse's documentation recommends to receivers. */
function verifyWebhook(payload: string, signature: string, secret: string): boolean {
  const hmac = crypto.createHmac('sha256', secret)
  const digest = hmac.update(payload).digest('hex')
  return crypto.timingSafeEqual(Buffer.from(digest), Buffer.from(signature))
}

const ENDPOINT = 'id format types'
const CREATE = `mutation ($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { secret endpoint { ${ENDPOINT} } } }`
const UPDATE = `mutation ($input: UpdateWebhookEndpointInput!) { updateWebhookEndpoint(input: $input) { endpoint { ${ENDPOINT} } } }`
const ESCLUSE_TYPES = ['PLAN_APPLIED', 'SUBSCRIPTION_UPDATED', 'PLAN_CANCELLED', 'PLAN_EXPIRED', 'REFUND_ISSUED']

async function must(query: string, variables: object = {}) {
  const { data, errors } = await server.ask('admin', query, variables)
  expect(errors).toBeUndefined()
  return data
}

async function createEndpoint(input: object = { format: 'ESCLUSE' }) {
  const { createWebhookEndpoint } = await must(CREATE, { input: { url: receiver.url, ...input } })
  return createWebhookEndpoint
}

async function buyPro(userId: string, email?: string): Promise<string> {
  await must('mutation ($input: UpsertUserInput!) { upsertUser(input: $input) { user { id } } }', { input: { id: userId, email } })
  const APPLY = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { id } } }'
  return (await must(APPLY, { input: { userId, planId: plans.pro } })).applyPlan.order.id
}

async function receivedBodies(): Promise<string[]> {
  await server.deliver()
  return receiver.received.map(({ body }) => body)
}

describe('an endpoint in the Escluse format', () => {
  test('receives the four events with a signature that the documented function verifies, and no other event', async () => {
    const { secret, endpoint } = await createEndpoint()
    expect(endpoint).toMatchObject({ format: 'ESCLUSE', types: ESCLUSE_TYPES })
    const orderId = await buyPro('55', 'user@example.com')
    const subscription = await server.services.db.subscription.findFirstOrThrow()
    // The event follows when all the money is returned, which it is at once on the balance.
    await must(
      'mutation ($id: ID!) { requestRefund(input: { orderId: $id, reason: "customer_request", to: BALANCE }) { refund { id } } }',
      {
        id: orderId,
      },
    )
    const refund = await server.services.db.refund.findFirstOrThrow()
    expect(await receivedBodies()).toEqual([
      `{"event":"subscription_created","data":{"subscription_id":"sub_${subscription.id}","plan":"pro","customer_email":"user@example.com"}}`,
      `{"event":"refund_processed","data":{"refund_id":"ref_${refund.id}","amount":1500,"reason":"customer_request",` +
        '"eligibility":{"type":"full","days_since_subscription":0}}}',
    ])
    for (const { headers, body } of receiver.received) {
      expect(verifyWebhook(body, String(headers['x-signature']), secret)).toBe(true)
      expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': expect.any(String) })
      expect(headers['webhook-signature']).toBeUndefined()
    }
  })

  test('receives each change of a subscription as the event that it is in Escluse', async () => {
    await createEndpoint()
    await server.services.db.user.create({ data: { id: '56' } })
    await cancelPlan(server, { userId: '56' })
    await buyPro('55', 'user@example.com')
    const { id, planId, userId } = await server.services.db.subscription.findFirstOrThrow()
    const publish = async (type: 'subscription.updated' | 'plan.expired', status: 'PAST_DUE' | 'UNPAID' | 'CANCELLED' | 'EXPIRED') => {
      const at = server.clock.now()
      const customer = { userId, organisationId: null }
      await runTransaction(server.services.db, async (tx) => {
        await tx.subscription.update({ where: { id }, data: { status } })
        const payload = { subscriptionId: id, status, planId }
        await publishEvent(tx, { type, customer, payload, at })
      })
    }
    await publish('subscription.updated', 'PAST_DUE')
    await publish('plan.expired', 'UNPAID')
    await publish('subscription.updated', 'CANCELLED')
    await cancelPlan(server, { userId: '55' })
    await publish('plan.expired', 'EXPIRED')
    await publish('subscription.updated', 'EXPIRED')
    const updated = (status: string) => ({ event: 'subscription_updated', data: { subscription_id: `sub_${id}`, plan: 'pro', status } })
    const canceled = (date: string) => ({ event: 'subscription_canceled', data: { subscription_id: `sub_${id}`, effective_date: date } })
    expect((await receivedBodies()).slice(1).map((body) => JSON.parse(body))).toEqual([
      updated('past_due'),
      updated('unpaid'),
      canceled('2026-06-01T10:00:00Z'),
      canceled('2026-05-01T10:00:00Z'),
      canceled('2026-05-01T10:00:00Z'),
      canceled('2026-05-01T10:00:00Z'),
    ])
  })

  test('receives the end of a subscription without an active order', async () => {
    await createEndpoint()
    await buyPro('55', 'user@example.com')
    const { id } = await server.services.db.subscription.findFirstOrThrow()
    await server.services.db.order.updateMany({ data: { status: 'EXPIRED' } })
    await cancelPlan(server, { userId: '55' })
    const data = { subscription_id: `sub_${id}`, effective_date: '2026-05-01T10:00:00Z' }
    expect((await receivedBodies()).slice(1).map((body) => JSON.parse(body))).toEqual([{ event: 'subscription_canceled', data }])
  })

  test('is the reason why personal data are copied into events, which otherwise contain none', async () => {
    const copied = () =>
      server.services.db.outboxEvent.count({ where: { escluseDetails: { path: ['email'], equals: 'user@example.com' } } })
    await buyPro('55', 'user@example.com')
    expect(await copied()).toBe(0)
    await createEndpoint()
    await buyPro('55', 'user@example.com')
    expect(await copied()).toBe(1)
  })

  test('receives the same bytes with every attempt, whatever has changed since', async () => {
    await createEndpoint()
    await buyPro('55', 'first@example.com')
    receiver.answer = (_received, response) => {
      response.statusCode = 500
      response.end()
    }
    await server.deliver()
    await server.services.db.user.update({ where: { id: '55' }, data: { email: 'second@example.com' } })
    receiver.answer = (_received, response) => void response.end()
    server.clock.set('2026-05-01T10:00:10.000Z')
    const [first, second, ...others] = await receivedBodies()
    expect(first).toContain('first@example.com')
    expect([second, others]).toEqual([first, []])
  })

  test('gets a valid placeholder for the address of a user without one', async () => {
    await createEndpoint()
    await buyPro('shop:55.a')
    expect(JSON.parse((await receivedBodies())[0] ?? '').data.customer_email).toBe('user-shop-55-a@users.invalid')
  })

  test('cannot subscribe to other types or receive a test event', async () => {
    const refused = [{ extensions: { code: 'BAD_USER_INPUT', field: 'input.types' } }]
    const url = receiver.url
    expect(await server.ask('admin', CREATE, { input: { url, format: 'ESCLUSE', types: ['ORDER_PLACED'] } })).toMatchObject({
      errors: refused,
    })
    const { endpoint } = await createEndpoint({ types: ['ORDER_PLACED', 'PLAN_APPLIED'] })
    const { id } = endpoint
    expect(await server.ask('admin', UPDATE, { input: { id, format: 'ESCLUSE' } })).toMatchObject({ errors: refused })
    await must(UPDATE, { input: { id, format: 'ESCLUSE', types: ['PLAN_APPLIED'] } })
    expect(await server.ask('admin', UPDATE, { input: { id, types: ['LIMITS_CHANGED'] } })).toMatchObject({ errors: refused })
    const TEST = 'mutation ($id: ID!) { sendTestEvent(input: { endpointId: $id }) { delivery { id } } }'
    expect((await server.ask('admin', TEST, { id })).errors?.[0]?.message).toContain('the Escluse format has no test event')
  })

  test('can be made of one in the standard format, and back', async () => {
    const { endpoint } = await createEndpoint({})
    expect(endpoint).toMatchObject({ format: 'STANDARD', types: [] })
    await buyPro('55', 'user@example.com')
    const changed = await must(UPDATE, { input: { id: endpoint.id, format: 'ESCLUSE' } })
    expect(changed.updateWebhookEndpoint.endpoint).toMatchObject({ format: 'ESCLUSE', types: ESCLUSE_TYPES })
    expect((await receivedBodies()).map((body) => JSON.parse(body).event)).toEqual(['subscription_created'])
    await must(UPDATE, { input: { id: endpoint.id, format: 'STANDARD', types: [] } })
    await cancelPlan(server, { userId: '55' })
    await receivedBodies()
    expect(receiver.types().slice(1)).toEqual(['limits.changed', 'plan.cancelled', 'invoice.issued'])
  })

  test('gets events signed with the new secret at once when it is rotated', async () => {
    const { endpoint, secret: previous } = await createEndpoint()
    const ROTATE = 'mutation ($id: ID!) { rotateWebhookEndpointSecret(input: { endpointId: $id }) { secret } }'
    const { secret } = (await must(ROTATE, { id: endpoint.id })).rotateWebhookEndpointSecret
    await buyPro('55', 'user@example.com')
    await server.deliver()
    const [{ body, headers }] = receiver.received as [Received]
    const signature = String(headers['x-signature'])
    expect([verifyWebhook(body, signature, secret), verifyWebhook(body, signature, previous)]).toEqual([true, false])
  })

  test('is not sent the pending events that have no counterpart in the format', async () => {
    const { endpoint } = await createEndpoint({})
    await publishFor(server, [55])
    await buyPro('55', 'user@example.com')
    await must(UPDATE, { input: { id: endpoint.id, format: 'ESCLUSE' } })
    expect((await receivedBodies()).map((body) => JSON.parse(body).event)).toEqual(['subscription_created'])
    expect(await server.services.db.webhookDelivery.groupBy({ by: ['status'], _count: true })).toEqual([{ status: 'DELIVERED', _count: 1 }])
  })

  test('is not held up by events that cannot be written in the format', async () => {
    const { endpoint } = await createEndpoint({})
    const customers = [55, 60, 61, 62, 63, 64, 65, 66, 67]
    await publishFor(server, customers)
    await server.services.db.webhookEndpoint.update({
      where: { id: BigInt(endpoint.id.slice('whe_'.length)) },
      data: { format: 'ESCLUSE', types: ['plan.applied'] },
    })
    await buyPro('55', 'user@example.com')
    expect((await receivedBodies()).map((body) => JSON.parse(body).event)).toEqual(['subscription_created'])
    const failed = await server.services.db.webhookDelivery.findMany({ where: { status: 'FAILED' } })
    expect(failed).toHaveLength(customers.length)
    const response = 'an event of the type plan.applied cannot be sent in the Escluse format'
    for (const delivery of failed) expect(delivery).toMatchObject({ attempts: 1, responseStatus: null, response })
  })

  test('is not sent events again that were published before the format existed', async () => {
    const { endpoint } = await createEndpoint({})
    await buyPro('55', 'user@example.com')
    await server.deliver()
    await server.owner.query('UPDATE outbox_events SET escluse_details = NULL')
    await must(UPDATE, { input: { id: endpoint.id, format: 'ESCLUSE' } })
    const since = '2026-01-01T00:00:00Z'
    const ALL =
      'mutation ($id: ID!, $since: DateTime!) { replayWebhookDeliveries(input: { endpointId: $id, since: $since, failedOnly: false }) { count } }'
    expect((await must(ALL, { id: endpoint.id, since })).replayWebhookDeliveries.count).toBe(0)
    const { id: deliveryId } = await server.services.db.webhookDelivery.findFirstOrThrow()
    const ONE = 'mutation ($id: ID!) { replayWebhookDelivery(input: { deliveryId: $id }) { delivery { id } } }'
    expect((await server.ask('admin', ONE, { id: String(deliveryId) })).errors?.[0]?.extensions.field).toBe('input.deliveryId')
  })
})
