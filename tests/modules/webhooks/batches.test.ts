import { afterEach, beforeEach, expect, test } from 'vitest'
import { readDueDeliveries } from '../../../src/modules/webhooks/due-deliveries.js'
import { createEndpoints, type Deliverers, publishFor, startDelivery, stopDelivery } from '../../support/deliverers.js'
import type { Receiver } from '../../support/receiver.js'
import type { TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'

const CLAIM = 'WITH event_endpoints'
const READ = 'SELECT event_endpoints'
const RECORD = 'UPDATE event_deliveries'
const PUBLISH = 'WITH outbox_events'
/** What every transaction sends, also one that publishes no event. */
const OF_TRANSACTIONS = ['BEGIN', 'COMMIT', 'SELECT unnest']

let server: TestServer
let receiver: Receiver
let deliverers: Deliverers

beforeEach(async () => {
  ;({ server, receiver, deliverers } = await startDelivery())
})
afterEach(() => stopDelivery({ server, receiver, deliverers }))

async function listStatements(work: () => Promise<unknown>): Promise<string[]> {
  return (await countStatements(work)).filter((statement) => !OF_TRANSACTIONS.includes(statement))
}

function countByStatus() {
  return server.services.db.webhookDelivery.groupBy({ by: ['status'], _count: true })
}

test('an event costs five statements with 50 endpoints, including the poll that finds nothing more', async () => {
  await createEndpoints(server, receiver, 50)
  const deliverer = deliverers.create()
  const deliverOne = async () => {
    await publishFor(server, [55])
    deliverer.poll()
    await deliverer.whenIdle()
    deliverer.poll()
    await deliverer.whenIdle()
  }
  expect(await listStatements(deliverOne)).toEqual([READ, RECORD, CLAIM, CLAIM, PUBLISH])
  expect(await countByStatus()).toEqual([{ status: 'DELIVERED', _count: 50 }])
  expect(receiver.received).toHaveLength(50)
  expect(await listStatements(deliverOne)).toHaveLength(5)
})

test('a backlog is delivered in batches', async () => {
  await createEndpoints(server, receiver, 1)
  await publishFor(
    server,
    Array.from({ length: 400 }, (_, index) => 100 + (index % 40)),
  )
  const deliverer = deliverers.create()
  const statements = await listStatements(async () => {
    deliverer.poll()
    await deliverer.whenIdle()
  })
  expect(await countByStatus()).toEqual([{ status: 'DELIVERED', _count: 400 }])
  expect(statements.length).toBeLessThanOrEqual(20)
})

test('an event that waits for the retry of an earlier one is not polled for again and again', async () => {
  await createEndpoints(server, receiver, 1)
  receiver.answer = (_received, response) => void response.writeHead(500).end()
  await publishFor(server, [55, 55])
  const deliverer = deliverers.create()
  deliverer.poll()
  await deliverer.whenIdle()
  expect(receiver.received).toHaveLength(1)
  const statements = await listStatements(async () => {
    deliverer.poll()
    await deliverer.whenIdle()
  })
  expect(statements).toEqual([CLAIM])
  expect(receiver.received).toHaveLength(1)
})

test('endpoints with a backlog get equal parts of a batch, and each customer the same part', async () => {
  const ids = await createEndpoints(server, receiver, 21)
  const { services } = server
  for (let round = 0; round < 5; round += 1)
    await publishFor(
      server,
      Array.from({ length: 20 }, (_, user) => 100 + user),
    )
  const batches = await readDueDeliveries(services, ids, [], services.clock.now())
  const sizes = [...batches.values()].map(({ byCustomer }) => [...byCustomer.values()].flat().length)
  expect(sizes).toHaveLength(21)
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
  for (const { byCustomer } of batches.values()) {
    expect(byCustomer.size).toBe(20)
    for (const deliveries of byCustomer.values()) {
      const order = deliveries.map(({ id }) => id)
      expect(order).toEqual(order.toSorted((a, b) => Number(a - b)))
    }
  }
})
