// Webhooks of a payment provider: receiving and processing them, by the number of subscriptions in the database.
import { createHmac } from 'node:crypto'
import { connectIdleCheck, openClient, withDatabase } from '../database.mjs'
import { atMost, compare, count, milliseconds, number, times } from '../format.mjs'
import { measureCpu, ROUNDS, summarize as summarizeRuns } from '../http.mjs'
import { load } from '../load.mjs'
import { startPeer, startQuittance } from '../programs.mjs'
import { seedSubscriptions } from '../seed-subscriptions.mjs'
import { showProgress, sized } from '../size.mjs'
import { countStatements } from '../statements.mjs'

const SUBSCRIPTIONS = sized(100_000, 100)
const EVENTS_PER_ROUND = sized(400, 10)
/** More than there are events in all rounds. */
const BUYERS = EVENTS_PER_ROUND * (ROUNDS + 1) + 50
const WEBHOOK_SECRET = 'a secret for the webhooks of the benchmarks'
const PEER_TABLES = `
  CREATE TABLE bench_events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body jsonb NOT NULL UNIQUE, processed_at timestamptz);
  CREATE INDEX ON bench_events (id) WHERE processed_at IS NULL;
  CREATE TABLE bench_subscriptions (id text PRIMARY KEY, user_id text NOT NULL, plan text NOT NULL, status text NOT NULL)`
/** A difference within the noise of a run. */
const SAME_COST = 1.1

export const webhooks = { name: 'webhooks', title: 'Webhooks of payment providers', run: () => withDatabase(measure), summarize }

async function measure(database) {
  const none = await startContestant(database, 'without_subscriptions', 0)
  const many = await startContestant(database, 'with_subscriptions', SUBSCRIPTIONS)
  const peer = await startBarePeer(database)
  const contestants = { none, many, peer }
  const runs = { none: [], many: [], peer: [] }
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, contestant] of Object.entries(contestants)) {
      showProgress(`webhooks: round ${round} of ${ROUNDS}, ${name}`)
      const run = await measureCpu(contestant, database, () => deliver(contestant))
      // The first round is a warm-up.
      if (round > 0) runs[name].push(run)
    }
  }
  const results = {}
  for (const [name, contestant] of Object.entries(contestants)) {
    const { program, settle, request } = contestant
    const statements = await countStatements(database, program.role, () => load(request, { requests: 1 }), settle)
    results[name] = { ...summarizeRuns(runs[name]), statements: statements.withJobs }
    await contestant.stop()
  }
  return { subscriptions: SUBSCRIPTIONS, ...results }
}

/** Quittance with a database of its own. */
async function startContestant(database, name, subscriptions) {
  showProgress(`webhooks: ${subscriptions} subscriptions`)
  await database.create(name)
  const client = await openClient(database.connectionTo(name))
  await seedSubscriptions(client, subscriptions, BUYERS)
  const program = await startQuittance({ ESCLUSE_WEBHOOK_SECRET: WEBHOOK_SECRET }, database, name)
  const idle = await connectIdleCheck(database.connectionTo(name))
  const settle = async () => {
    await idle.settle()
    const { rows } = await client.query("SELECT status, last_error FROM webhook_events WHERE status <> 'PROCESSED' LIMIT 1")
    if (rows.length > 0) throw new Error(`an event is ${rows[0].status}: ${rows[0].last_error}`)
  }
  const stop = async () => {
    await client.end()
    await idle.close()
    await program.stopAndDelete()
  }
  return { program, settle, stop, request: signedEvents(`${program.origin}/webhooks/escluse`) }
}

async function startBarePeer(database) {
  const name = await database.create('peer_webhooks')
  const client = await openClient(database.connectionTo(name))
  await seedSubscriptions(client, 0, BUYERS)
  await client.query(PEER_TABLES)
  const program = await startPeer('bare-webhooks', { CONNECTION: database.peerConnection(name), WEBHOOK_SECRET })
  const settle = async () => {
    const isPending = async () =>
      (await client.query('SELECT EXISTS (SELECT FROM bench_events WHERE processed_at IS NULL) AS pending')).rows[0]
    while ((await isPending()).pending) await new Promise((done) => setTimeout(done, 10))
  }
  const stop = async () => {
    await client.end()
    await program.stop()
  }
  return { program, settle, stop, request: signedEvents(`${program.url}/webhooks`) }
}

/** Each event is the first of a subscription of another customer. */
function signedEvents(url) {
  let index = -1
  const next = () => {
    index += 1
    const data = { subscription_id: `sub_${index}`, plan: 'pro', customer_email: `buyer${index}@example.com` }
    const body = JSON.stringify({ event: 'subscription_created', data })
    const signature = createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex')
    return { body, headers: { 'content-type': 'application/json', 'x-signature': signature } }
  }
  return { url, method: 'POST', next, expect: '"received":true' }
}

/** @returns the rate until the last event has been processed, and the latencies until each has been received */
async function deliver({ request, settle }) {
  const started = performance.now()
  const received = await load(request, { requests: EVENTS_PER_ROUND })
  await settle()
  return { ...received, rate: (EVENTS_PER_ROUND * 1000) / (performance.now() - started) }
}

function summarize({ subscriptions, none, many, peer }) {
  const { table, comparisons } = compare({
    work: 'a webhook received and processed',
    unit: 'events per second',
    ours: [
      { name: 'Quittance, no subscriptions before', result: none },
      { name: `Quittance, ${number(subscriptions)} subscriptions before`, result: many },
    ],
    peers: [
      {
        name: 'handwritten on node:http and pg',
        lacks: 'periods, limits, orders, events, audit log, the order of events of a subscription, retries, parked events',
        result: peer,
      },
    ],
  })
  const cpu = ({ nodeCpu, databaseCpu }) => nodeCpu + databaseCpu
  const work = `a webhook received and processed, with ${number(subscriptions)} subscriptions compared with none`
  return {
    goals: [
      atMost(`${work}: CPU of Node and PostgreSQL`, cpu(many) / cpu(none), SAME_COST),
      atMost(`${work}: SQL statements`, many.statements / none.statements, 1),
    ],
    comparisons,
    text: `Signed events of Escluse, each the first of a subscription of another customer, from 16 connections. The rate ends when the last one has been
processed; p50 is the time until one has been received. CPU time and statements (${count(none.statements)}) include the processing, but not the polls for jobs. With ${number(subscriptions)} subscriptions
and as many processed events in the database, an event takes ${times(none.rate / many.rate)} the time and is acknowledged within ${milliseconds(many.p99)} (p99) instead of
${milliseconds(none.p99)}. The peer checks the signature, stores the event, and inserts a subscription in a second transaction.

${table}`,
  }
}
