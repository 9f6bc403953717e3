// Delivering events to webhook endpoints, compared with a loop that sends them.
import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { Agent, request } from 'undici'
import { parseConfig } from '../../dist/config/config.js'
import { EventDeliverer } from '../../dist/modules/webhooks/event-deliverer.js'
import { createWebhookSender } from '../../dist/modules/webhooks/http-sender.js'
import { publishEvents } from '../../dist/modules/webhooks/index.js'
import { runTransaction } from '../../dist/platform/postgres/transaction.js'
import { connectDirectly, withDatabase } from '../database.mjs'
import { atMost, compare, count, number, times } from '../format.mjs'
import { race } from '../measure.mjs'
import { SECRET, SELLER, startPeer } from '../programs.mjs'
import { sized } from '../size.mjs'

const DELIVERIES = sized(2000, 50)
const MANY_ENDPOINTS = sized(50, 5)
/** Customers whose events are sent to one endpoint at the same time. */
const CONCURRENCY = 8
const CUSTOMERS = 200
const LACKS = 'a record of each attempt, retries, order for each customer, several processes, pauses for endpoints that are down'

export const delivery = { name: 'delivery', title: 'Delivering events', run: () => withDatabase(measure), summarize }

async function measure(database) {
  const receiver = await startPeer('receiver')
  const config = parseConfig({ DEMO: 'false', AUTH_JWT_SECRET: SECRET, WEBHOOK_PRIVATE_HOSTS: '127.0.0.1', ...SELLER })
  const sender = await createWebhookSender(config)
  const one = await prepareDeliverer(database, { name: 'one_endpoint', endpoints: 1, url: receiver.url, sender })
  const many = await prepareDeliverer(database, { name: 'many_endpoints', endpoints: MANY_ENDPOINTS, url: receiver.url, sender })
  const loopOne = prepareLoop(receiver.url, 1)
  const loopMany = prepareLoop(receiver.url, MANY_ENDPOINTS)
  const contestants = { one: one.contestant, many: many.contestant, loopOne: loopOne.contestant, loopMany: loopMany.contestant }
  const results = await race('delivery', contestants, { rounds: sized(3, 1), database })
  for (const { close } of [one, many, loopOne, loopMany]) await close()
  await sender.close()
  await receiver.stop()
  return { endpoints: MANY_ENDPOINTS, ...results }
}

/** The part of the server that delivers, on a database of its own. */
async function prepareDeliverer(database, { name, endpoints, url, sender }) {
  await database.create(name)
  const { db, rawQuery, pool, close } = connectDirectly({ ...database.connectionTo(name), user: 'quittance' }, 4)
  await createEndpoints(db, endpoints, url)
  const clock = { now: () => new Date() }
  const deliverer = new EventDeliverer({ db, rawQuery, clock }, { sender, log: pino({ level: 'warn' }, process.stderr) })
  const expectDelivered = async () => {
    const { rows } = await pool.query("SELECT count(*)::int AS pending FROM event_deliveries WHERE status <> 'DELIVERED'")
    if (rows[0].pending > 0) throw new Error(`${rows[0].pending} events were not delivered`)
  }
  const contestant = {
    role: 'quittance',
    operations: DELIVERIES,
    start: () => publish(db, DELIVERIES / endpoints, clock.now()),
    async run() {
      deliverer.poll()
      await deliverer.whenIdle()
    },
    stop: expectDelivered,
  }
  return {
    contestant,
    async close() {
      await deliverer.stop()
      await close()
    },
  }
}

async function createEndpoints(db, endpoints, url) {
  const at = new Date()
  const endpoint = () => ({ url, types: [], secret: new Uint8Array(randomBytes(32)), createdAt: at, updatedAt: at })
  const created = await db.webhookEndpoint.createManyAndReturn({ data: Array.from({ length: endpoints }, endpoint) })
  await db.webhookEndpointLease.createMany({ data: created.map(({ id }) => ({ endpointId: id })) })
}

function publish(db, events, at) {
  const list = Array.from({ length: events }, (_, index) => ({
    type: 'plan.applied',
    customer: { userId: String(1000 + (index % CUSTOMERS)), organisationId: null },
    payload: eventPayload(index),
    at,
  }))
  return runTransaction(db, (tx) => publishEvents(tx, list))
}

function eventPayload(index) {
  return { orderId: BigInt(index), planId: null, subscriptionId: BigInt(index), amount: '1500', currency: 'USD' }
}

/** The same events from memory, as fast as the same concurrency allows. */
function prepareLoop(url, endpoints) {
  const agent = new Agent()
  const secret = randomBytes(32)
  const send = async (index) => {
    const { orderId, subscriptionId, ...payload } = eventPayload(index)
    const data = { userId: String(1000 + index), orderId: Number(orderId), subscriptionId: Number(subscriptionId), ...payload }
    const body = JSON.stringify({ type: 'plan.applied', timestamp: new Date().toISOString(), data })
    const id = randomUUID()
    const timestamp = String(Math.floor(Date.now() / 1000))
    const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    }
    const response = await request(url, { method: 'POST', headers, body, dispatcher: agent })
    await response.body.text()
    if (response.statusCode !== 200) throw new Error(`the receiver responded with HTTP ${response.statusCode}`)
  }
  const sendAll = async () => {
    let next = 0
    const sendNext = async () => {
      while (next < DELIVERIES) {
        next += 1
        await send(next)
      }
    }
    await Promise.all(Array.from({ length: endpoints * CONCURRENCY }, sendNext))
  }
  return { contestant: { operations: DELIVERIES, run: sendAll }, close: () => agent.close() }
}

function summarize({ endpoints, one, many, loopOne, loopMany }) {
  const against = (name, ours, loop) =>
    compare({
      work: `delivering events to ${name}`,
      unit: 'deliveries per second',
      ours: { name: `Quittance, ${name}`, result: ours },
      peers: [{ name: 'a loop of signed requests from memory', lacks: LACKS, result: loop }],
    })
  const compared = [against('1 endpoint', one, loopOne), against(`${number(endpoints)} endpoints`, many, loopMany)]
  return {
    goals: [
      atMost(
        `delivering events to ${number(endpoints)} endpoints, compared with 1: Node CPU of a delivery`,
        many.nodeCpu / one.nodeCpu,
        1.2,
      ),
    ],
    comparisons: compared.flatMap(({ comparisons }) => comparisons),
    text: `Events of ${number(CUSTOMERS)} customers to receivers on the same machine, ${CONCURRENCY} at a time for each endpoint, with signatures. A delivery takes
${count(one.statements)} SQL statements with one endpoint and ${count(many.statements)} with ${number(endpoints)}, because one statement serves many. With ${number(endpoints)} endpoints
a delivery takes ${times(one.rate / many.rate)} the time. The peer reads nothing and records nothing.

${compared.map(({ table }, index) => (index === 0 ? table : table.split('\n').slice(2).join('\n'))).join('\n')}`,
  }
}
