import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createEndpoints, type Deliverers, holdResponses, publishFor, startDelivery, stopDelivery } from '../../support/deliverers.js'
import type { Receiver } from '../../support/receiver.js'
import type { TestServer } from '../../support/server.js'

let server: TestServer
let receiver: Receiver
let deliverers: Deliverers

beforeEach(async () => {
  ;({ server, receiver, deliverers } = await startDelivery())
})
afterEach(() => stopDelivery({ server, receiver, deliverers }))

function expireLeases() {
  return server.connections.pool.query(
    "UPDATE event_endpoint_leases SET expires_at = clock_timestamp() - interval '1 second' WHERE owner IS NOT NULL",
  )
}

function countLeases(): Promise<number> {
  return server.services.db.webhookEndpointLease.count({ where: { owner: { not: null } } })
}

function listDeliveries() {
  return server.services.db.webhookDelivery.findMany({ select: { status: true, attempts: true }, orderBy: { id: 'asc' } })
}

function receivedIds(): string[] {
  return receiver.received.map(({ headers }) => String(headers['webhook-id']))
}

test('a process that was frozen for longer than its lease sends and changes nothing afterwards', async () => {
  await createEndpoints(server, receiver, 1)
  await publishFor(server, [55, 56, 55, 56, 55, 56])
  let now = 0
  const responses = holdResponses(receiver)
  const frozen = deliverers.create({ monotonicNow: () => now })
  frozen.poll()
  await responses.waitFor(2)
  now += 20_000
  await expireLeases()
  receiver.answer = (_received, response) => void response.end()
  const other = deliverers.create()
  other.poll()
  await other.whenIdle()
  expect(receiver.received).toHaveLength(8)
  responses.release(500, 200)
  await frozen.whenIdle()
  expect(receiver.received).toHaveLength(8)
  expect(await listDeliveries()).toEqual(Array.from({ length: 6 }, () => ({ status: 'DELIVERED', attempts: 1 })))
})

test('a process sends nothing more when it learns that another one has taken over', async () => {
  await createEndpoints(server, receiver, 1)
  await publishFor(server, [55, 55, 55])
  const responses = holdResponses(receiver)
  const previous = deliverers.create()
  previous.poll()
  await responses.waitFor(1)
  await server.connections.pool.query('UPDATE event_endpoint_leases SET owner = gen_random_uuid()')
  await pollOnce(previous)
  responses.release()
  await previous.whenIdle()
  expect(receiver.received).toHaveLength(1)
})

/** Waits for a poll while requests are running. */
async function pollOnce(deliverer: ReturnType<Deliverers['create']>): Promise<void> {
  deliverer.poll()
  await deliverer.whenPolled()
}

test('two processes deliver every event once, in order for each customer', async () => {
  await createEndpoints(server, receiver, 3)
  const pair = [deliverers.create(), deliverers.create()]
  const customers = [55, 56, 57, 58]
  for (let round = 0; round < 20; round += 1) {
    await publishFor(server, customers)
    for (const deliverer of pair) deliverer.poll({ releaseIdle: round % 3 === 0 })
    // Each process is idle in turn, so that the endpoints change hands.
    await pair[round % 2]?.whenIdle()
  }
  for (const deliverer of [...pair, ...pair]) {
    deliverer.poll({ releaseIdle: true })
    await deliverer.whenIdle()
  }
  const events = await server.services.db.outboxEvent.findMany({ orderBy: { id: 'asc' } })
  expect(receivedIds()).toHaveLength(3 * events.length)
  for (const customer of customers) {
    const expected = events.filter(({ holder }) => holder === `user:${customer}`).map(({ eventId }) => eventId)
    const received = receivedIds().filter((id) => expected.includes(id))
    expect([...new Set(received)]).toEqual(expected)
  }
})

test('no other process sends to an endpoint while its owner waits for responses, or while it is down', async () => {
  await createEndpoints(server, receiver, 1)
  const users = Array.from({ length: 8 }, (_, index) => 100 + index)
  await publishFor(server, users)
  const responses = holdResponses(receiver)
  const owner = deliverers.create()
  owner.poll()
  await responses.waitFor(users.length)
  const other = deliverers.create()
  other.poll()
  await other.whenIdle()
  expect(receiver.received).toHaveLength(users.length)
  responses.release(...users.map(() => 503))
  await owner.whenIdle()
  owner.poll({ releaseIdle: true })
  await owner.whenIdle()
  server.clock.set('2026-05-01T10:00:05.000Z')
  other.poll()
  await other.whenIdle()
  expect(receiver.received).toHaveLength(users.length)
})

async function pause(id: bigint): Promise<void> {
  const PAUSE = 'mutation ($id: ID!) { updateWebhookEndpoint(input: { id: $id, isEnabled: false }) { endpoint { isEnabled } } }'
  expect((await server.ask('admin', PAUSE, { id: String(id) })).errors).toBeUndefined()
}

test('a change of an endpoint notifies the processes that deliver events', async () => {
  const [id = 0n] = await createEndpoints(server, receiver, 1)
  const client = new pg.Client(server.database)
  await client.connect()
  await client.query('LISTEN quittance')
  const notified = new Promise((done) => client.on('notification', ({ payload }) => done(payload)))
  await pause(id)
  expect(await notified).toBe('{"deliveries":true}')
  await client.end()
})

test('a paused endpoint receives no more than what is being sent', async () => {
  const [id = 0n] = await createEndpoints(server, receiver, 1)
  await publishFor(server, [55, 55, 55])
  const responses = holdResponses(receiver)
  const deliverer = deliverers.create()
  deliverer.poll()
  await responses.waitFor(1)
  await pause(id)
  await pollOnce(deliverer)
  responses.release()
  await deliverer.whenIdle()
  expect(receiver.received).toHaveLength(1)
  expect((await listDeliveries()).map(({ status }) => status)).toEqual(['DELIVERED', 'PENDING', 'PENDING'])
})

test('a process that stops records what was sent, and releases its endpoints', async () => {
  await createEndpoints(server, receiver, 1)
  await publishFor(server, [55, 55])
  const responses = holdResponses(receiver)
  const deliverer = deliverers.create()
  deliverer.poll()
  await responses.waitFor(1)
  const stopped = deliverer.stop()
  responses.release()
  await stopped
  expect((await listDeliveries()).map(({ status }) => status)).toEqual(['DELIVERED', 'PENDING'])
  expect(await countLeases()).toBe(0)
  expect(await server.deliver()).toEqual({ [String((await server.services.db.webhookEndpoint.findFirst())?.id)]: 'done' })
  expect(receiver.received).toHaveLength(2)
})

test('an endpoint is released when nothing is due any more', async () => {
  await createEndpoints(server, receiver, 1)
  await publishFor(server, [55])
  const deliverer = deliverers.create()
  deliverer.poll()
  await deliverer.whenIdle()
  expect(await countLeases()).toBe(1)
  deliverer.poll({ releaseIdle: true })
  await deliverer.whenIdle()
  expect(await countLeases()).toBe(0)
})

test('an endpoint without a lease gets one from the hourly job, and its events are delivered', async () => {
  await createEndpoints(server, receiver, 1)
  await publishFor(server, [55])
  // As a process of version 0.2 does when it ends.
  await server.owner.query('DELETE FROM event_endpoint_leases')
  await server.runTask('sweep')
  const deliverer = deliverers.create()
  deliverer.poll()
  await deliverer.whenIdle()
  expect(receiver.received).toHaveLength(1)
})
