import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { EventDeliverer } from '../../src/modules/webhooks/event-deliverer.js'
import { createWebhookSender, type WebhookSender } from '../../src/modules/webhooks/http-sender.js'
import { publishEvents } from '../../src/modules/webhooks/index.js'
import { runTransaction } from '../../src/platform/postgres/transaction.js'
import { testLogger } from './logger.js'
import { Receiver } from './receiver.js'
import { startServer, type TestServer } from './server.js'

/** Longer than any test: results are recorded when nothing is being sent. */
const RECORDING_DELAY_MS = 600_000

export interface Deliverers {
  /** Stands for a process. */
  create(options?: { monotonicNow?: () => number }): EventDeliverer
  close(): Promise<void>
}

export interface Delivery {
  server: TestServer
  receiver: Receiver
  deliverers: Deliverers
}

/** Starts a server, a receiver of its events, and deliverers on its database. */
export async function startDelivery(): Promise<Delivery> {
  const server = await startServer()
  return { server, receiver: await Receiver.start(), deliverers: await startDeliverers(server) }
}

export async function stopDelivery({ server, receiver, deliverers }: Delivery): Promise<void> {
  await deliverers.close()
  await receiver.close()
  await server.close()
}

/** Creates several deliverers on the database of a server. */
async function startDeliverers({ config, services }: TestServer): Promise<Deliverers> {
  const sender: WebhookSender = await createWebhookSender(config)
  const created: EventDeliverer[] = []
  return {
    create(options = {}) {
      const deliverer = new EventDeliverer(services, { sender, log: testLogger(), recordingDelayMs: RECORDING_DELAY_MS, ...options })
      created.push(deliverer)
      return deliverer
    },
    async close() {
      for (const deliverer of created) await deliverer.stop()
      await sender.close()
    },
  }
}

/** Publishes an event for each of the users, in this order, in one transaction. */
export async function publishFor({ services }: TestServer, userIds: readonly number[]): Promise<void> {
  const at = services.clock.now()
  const events = userIds.map((userId) => ({
    type: 'plan.applied' as const,
    customer: { userId: String(userId), organisationId: null },
    payload: { orderId: 0n, planId: null, subscriptionId: 0n, amount: '0', currency: 'USD' },
    at,
  }))
  await runTransaction(services.db, (tx) => publishEvents(tx, events))
}

/** @returns their ids */
export async function createEndpoints({ services }: TestServer, { url }: Receiver, count: number): Promise<bigint[]> {
  const at = services.clock.now()
  const endpoint = () => ({ url, types: [], secret: new Uint8Array(randomBytes(32)), createdAt: at, updatedAt: at })
  const created = await services.db.webhookEndpoint.createManyAndReturn({ data: Array.from({ length: count }, endpoint) })
  await services.db.webhookEndpointLease.createMany({ data: created.map(({ id }) => ({ endpointId: id })) })
  return created.map(({ id }) => id)
}

/** Makes a receiver hold back its responses. */
export function holdResponses(receiver: Receiver) {
  const held: ServerResponse[] = []
  receiver.answer = (_received, response) => void held.push(response)
  return {
    /** Resolves when this number of requests waits for responses. */
    async waitFor(count: number): Promise<void> {
      while (held.length < count) await new Promise((done) => setTimeout(done, 5))
    },
    /** Responds to the requests that wait, the first ones with the statuses, and to all later ones at once. */
    release(...statuses: number[]): void {
      receiver.answer = (_received, response) => void response.end()
      for (const [index, response] of held.splice(0).entries()) response.writeHead(statuses[index] ?? 200).end()
    },
  }
}
