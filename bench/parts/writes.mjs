// placeOrder, applyPlan and recordPayment over HTTP, compared with a handwritten server on node:http and pg.
import { collectDueSubscriptions } from '../../dist/modules/subscriptions/renewals/collect.js'
import { connectDirectly, connectIdleCheck, query } from '../database.mjs'
import { atMost, compare, count, times } from '../format.mjs'
import { graphqlRequest } from '../graphql-peers.mjs'
import { raceHttp } from '../http.mjs'
import { TABLES } from '../peers/bare-transactions.mjs'
import { startPeer, startQuittance, token, withQuittance } from '../programs.mjs'
import { seedPurchases, servicesAt } from '../seed-purchases.mjs'
import { showProgress, sized } from '../size.mjs'

const DAY_MS = 86_400_000
/** Each is paid once, by one of the requests of all rounds. */
const OPEN_INVOICES = sized(6000, 200)
const BUYERS = sized(500, 20)
const FIRST_BUYER = 1_000_000
/** Each is granted a plan once. */
const GRANTED = sized(60_000, 2000)
const FIRST_GRANTED = 2_000_000
const SECONDS = sized(3, 0.3)
/** The maximum of a round. Some are left to count their statements, and a second race grants plans. */
const REQUESTS = { placeOrder: undefined, applyPlan: GRANTED / 12, recordPayment: OPEN_INVOICES / 5 }
const SHARED_CONNECTIONS = 4
const PLACE = 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id amount { minorUnits } } } }'
const APPLY = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { id invoice { number } } } }'
const PAY = 'mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) { payment { id } } }'
/**
 * The Node CPU of commit 47ae39e, before the writes were made faster, as a multiple of that of the same peer. Measured once by this
 * part, because the commit cannot be built in a run.
 */
const NODE_CPU_OF_47AE39E = { placeOrder: 37, applyPlan: 55 }
const LACKS = 'GraphQL, tokens, rate limits, tax, ledger, events, audit log, limits, invoice snapshot, PDF'

export const writes = { name: 'writes', title: 'Writes', run: () => withQuittance(measure), summarize }

async function measure(quittance) {
  const { database, connection } = quittance
  const planId = await seedShop(connection)
  const peer = await startBarePeer(database)
  const idle = await connectIdleCheck(connection)
  const contestants = {
    placeOrder: await placeOrderBy(quittance, peer, planId),
    applyPlan: applyPlanBy(quittance, peer, planId),
    recordPayment: await recordPaymentBy(quittance, peer),
  }
  const results = {}
  for (const [operation, { ours, bare }] of Object.entries(contestants)) {
    const limits = { database, seconds: SECONDS, requests: REQUESTS[operation] }
    results[operation] = await raceHttp(operation, { ours: { ...ours, settle: idle.settle }, bare }, limits)
  }
  results.processes = await compareProcesses(quittance, contestants.applyPlan.ours)
  await idle.close()
  await peer.stop()
  return results
}

/** Customers with open renewal invoices, and users without a plan. @returns the id of the plan */
async function seedShop(connection) {
  showProgress(`writes: ${OPEN_INVOICES} open invoices`)
  const { db, pool, close } = connectDirectly(connection, SHARED_CONNECTIONS)
  const now = Date.now()
  const at = (days) => new Date(now + days * DAY_MS).toISOString()
  await seedPurchases(pool, OPEN_INVOICES, { bought: at(-25), periodEnd: at(5), collectAt: at(-2) })
  await collectDueSubscriptions(servicesAt(db, at(0)))
  await pool.query(`
    INSERT INTO users (id) SELECT ${FIRST_BUYER} + generate_series(0, ${BUYERS - 1});
    INSERT INTO users (id) SELECT ${FIRST_GRANTED} + generate_series(0, ${GRANTED - 1}); ANALYZE`)
  const { rows } = await pool.query("SELECT id FROM plans WHERE slug = 'pro'")
  await close()
  return rows[0].id
}

async function startBarePeer(database) {
  const name = await database.create('peer_writes', { isMigrated: false })
  const connection = JSON.parse(database.peerConnection(name))
  await query(connection, TABLES)
  await query(connection, "INSERT INTO orders (user_id, plan_id, status, amount) VALUES ('1', 1, 'PENDING', 1500)")
  await query(
    connection,
    `INSERT INTO invoices SELECT 'OPEN-' || n, 1, '1', 1500, 0, 'OPEN' FROM generate_series(0, ${OPEN_INVOICES - 1}) AS n; ANALYZE`,
  )
  return startPeer('bare-writes', { CONNECTION: database.peerConnection(name) })
}

/** Each request is that of another of some users, whose tokens the server has seen before. */
async function placeOrderBy(quittance, peer, planId) {
  const tokens = await Promise.all(Array.from({ length: BUYERS }, (_, index) => token(String(FIRST_BUYER + index))))
  const ours = {
    ...graphqlRequest(quittance, { query: PLACE, variables: { input: { planId } }, expect: '"minorUnits":1500' }),
    next: inTurn(BUYERS, (index) => ({ headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens[index]}` } })),
  }
  const bare = bareRequest(
    peer,
    'placeOrder',
    inTurn(BUYERS, (index) => ({ userId: String(FIRST_BUYER + index), planId: 1 })),
  )
  return { ours, bare }
}

/** Each request grants the plan to another user. */
function applyPlanBy(quittance, peer, planId) {
  const variables = (index) => ({ input: { userId: String(FIRST_GRANTED + index), planId } })
  const ours = mutation(quittance, APPLY, { expect: '"number":"', variables: onceEach(GRANTED, variables) })
  const bare = bareRequest(
    peer,
    'applyPlan',
    onceEach(GRANTED, (index) => ({ userId: String(FIRST_GRANTED + index), planId: 1 })),
  )
  return { ours, bare }
}

/** Each request pays another invoice in full. */
async function recordPaymentBy(quittance, peer) {
  const open = await query(quittance.connection, "SELECT id FROM invoices WHERE status = 'OPEN' ORDER BY id")
  const variables = (index) => ({
    input: { invoiceId: open[index].id, amount: 1500, kind: 'BANK_TRANSFER', reference: `transfer ${index}` },
  })
  const ours = mutation(quittance, PAY, { expect: '"payment":{', variables: onceEach(open.length, variables) })
  const bodies = (index) => ({ invoice: `OPEN-${index}`, amount: 1500, reference: `transfer ${index}` })
  return { ours, bare: bareRequest(peer, 'recordPayment', onceEach(OPEN_INVOICES, bodies)) }
}

/** The rates of one process, and of two on the same database. */
async function compareProcesses(quittance, request) {
  const second = await startQuittance({}, quittance.database)
  const both = { ...request, url: [quittance.url, second.url] }
  const results = await raceHttp('applyPlan in two processes', { one: request, both }, { seconds: SECONDS, requests: REQUESTS.applyPlan })
  await second.stopAndDelete()
  return results
}

/** A mutation of an administrator. */
function mutation(quittance, query, { expect, variables }) {
  const headers = { authorization: `Bearer ${quittance.administrator}` }
  return {
    ...graphqlRequest(quittance, { query, headers, expect }),
    next: () => {
      const next = variables()
      return next && { body: JSON.stringify({ query, variables: next }) }
    },
  }
}

function bareRequest(peer, operation, bodies) {
  const next = () => {
    const body = bodies()
    return body && { body: JSON.stringify(body) }
  }
  return {
    program: peer,
    url: `${peer.url}/${operation}`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    expect: '{"',
    next,
  }
}

/** Repeats after the last. */
function inTurn(length, create) {
  let index = -1
  return () => {
    index += 1
    return create(index % length)
  }
}

function onceEach(length, create) {
  let index = -1
  return () => {
    index += 1
    return index < length ? create(index) : undefined
  }
}

function summarize({ processes, ...operations }) {
  const compared = Object.entries(operations).map(([operation, { ours, bare }]) =>
    compare({
      work: `\`${operation}\``,
      unit: 'per second',
      ours: { name: `Quittance, \`${operation}\``, result: ours },
      peers: [{ name: 'handwritten pg transaction on node:http', lacks: LACKS, result: bare }],
    }),
  )
  const before = (operation) => operations[operation].ours.nodeCpu / operations[operation].bare.nodeCpu / NODE_CPU_OF_47AE39E[operation]
  const { placeOrder, applyPlan } = operations
  return {
    goals: [
      atMost('`placeOrder`: SQL statements', placeOrder.ours.statements, 5, count),
      atMost('`applyPlan`: SQL statements', applyPlan.ours.statements, 15, count),
      atMost('`placeOrder`: Node CPU, compared with commit 47ae39e', before('placeOrder'), 1 / 3),
      atMost('`applyPlan`: Node CPU, compared with commit 47ae39e', before('applyPlan'), 1 / 3),
    ],
    comparisons: compared.flatMap(({ comparisons }) => comparisons),
    text: `An order of a customer; a grant by an administrator with an order, an invoice with the next number of one series and a subscription; and
a payment that settles an open invoice. Each request is that of another customer. The CPU time includes that of the jobs that follow, with
which an operation takes ${joinCounts(operations)} statements. PostgreSQL syncs to disk. The peer inserts the order; the order, the subscription, the number and the
invoice; and locks the invoice, inserts the payment and updates the invoice. The CPU time of commit 47ae39e is known as a multiple of that
of the same peer.

${compared.map(({ table }, index) => (index === 0 ? table : table.split('\n').slice(2).join('\n'))).join('\n')}

Two processes on one database, whose invoices have numbers of one series, grant **${times(processes.both.rate / processes.one.rate)}** the plans of one process; the
database and the load generator run on the same machine.`,
  }
}

function joinCounts(operations) {
  return Object.entries(operations)
    .map(([operation, { ours }]) => `${count(ours.withJobs)} (\`${operation}\`)`)
    .join(', ')
}
