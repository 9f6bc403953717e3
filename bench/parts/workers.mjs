// Latency of reads at a fixed rate from a server with two worker processes, alone and while plans are applied.
import { Agent, request } from 'undici'
import { atMost, milliseconds, table } from '../format.mjs'
import { median } from '../measure.mjs'
import { startQuittance, token } from '../programs.mjs'
import { showProgress, sized } from '../size.mjs'

const WORKERS = 2
const READS_PER_SECOND = 40
const GRANTS_PER_SECOND = 10
const SECONDS = sized(10, 1)
const ROUNDS = sized(5, 1)
const WARM_UP_SECONDS = sized(4, 1)
const CONNECTIONS = 32
const READER = '500'
const READER_ORDERS = 25
const FIRST_BUYER = 1000
/** The maximum of `upsertUsers`. */
const USER_BATCH_SIZE = 1000
const CREATE = `mutation { createPlan(input: { slug: "sold", name: "Sold", type: PAID, price: { minorUnits: 1500, currency: "USD" } }) { plan { id } } }`
const CREATE_USERS = 'mutation ($users: [UpsertUserInput!]!) { upsertUsers(input: { users: $users }) { __typename } }'
const APPLY = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { invoice { number } } } }'
const READS = [
  '{ orders(first: 20) { nodes { id status amount { minorUnits currency } date plan { id name } } } }',
  '{ plans { id name price { minorUnits currency } rank } }',
]

export const workers = { name: 'workers', title: 'Reads while plans are applied', run: measure, summarize }

/**
 * Requests arrive at fixed times, whether or not earlier ones have been answered, and the latency counts from that time.
 * @returns p50 and p99 in milliseconds of reads alone and while plans are applied, medians of the rounds, which take
 *   turns; and the medians of the ratio of a round with grants to the round before it
 */
async function measure() {
  const server = await startQuittance({ WORKERS: String(WORKERS) })
  const dispatcher = new Agent({ connections: CONNECTIONS, pipelining: 1 })
  const send = async (bearer, query, variables) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${bearer}` }
    const response = await request(server.url, { method: 'POST', headers, body: JSON.stringify({ query, variables }), dispatcher })
    const { data, errors } = await response.body.json()
    if (errors) throw new Error(JSON.stringify(errors))
    return data
  }
  const reader = await token(READER)
  const { administrator } = server
  const { plan } = (await send(administrator, CREATE)).createPlan
  const apply = (userId) => send(administrator, APPLY, { input: { userId: String(userId), planId: plan.id } })
  await createUsers(send, administrator, 1 + GRANTS_PER_SECOND * (SECONDS * ROUNDS + WARM_UP_SECONDS))
  for (let order = 0; order < READER_ORDERS; order += 1) await apply(READER)
  let buyer = FIRST_BUYER
  const grants = (seconds) => arrive(GRANTS_PER_SECOND, seconds, () => apply(buyer++))
  const reads = (seconds) => arrive(READS_PER_SECOND, seconds, (index) => send(reader, READS[index % READS.length]))
  await Promise.all([reads(WARM_UP_SECONDS), grants(WARM_UP_SECONDS)])
  const rounds = []
  for (let round = 0; round < ROUNDS; round += 1) {
    showProgress(`workers: round ${round + 1} of ${ROUNDS}`)
    const alone = percentiles(await reads(SECONDS))
    const [withGrants, granted] = await Promise.all([reads(SECONDS), grants(SECONDS)])
    rounds.push({ alone, during: percentiles(withGrants), grants: percentiles(granted) })
  }
  await dispatcher.close()
  await server.stopAndDelete()
  const of = (name) => ({ p50: median(rounds.map((each) => each[name].p50)), p99: median(rounds.map((each) => each[name].p99)) })
  const ratio = median(rounds.map(({ alone, during }) => during.p99 / alone.p99))
  return { reads: READS_PER_SECOND, applied: GRANTS_PER_SECOND, alone: of('alone'), during: of('during'), grants: of('grants'), ratio }
}

async function createUsers(send, administrator, count) {
  const ids = [READER, ...Array.from({ length: count }, (_, index) => String(FIRST_BUYER + index))]
  for (let at = 0; at < ids.length; at += USER_BATCH_SIZE) {
    await send(administrator, CREATE_USERS, { users: ids.slice(at, at + USER_BATCH_SIZE).map((id) => ({ id })) })
  }
}

/** @returns the latencies in milliseconds */
async function arrive(perSecond, seconds, run) {
  const started = performance.now()
  const pending = Array.from({ length: perSecond * seconds }, async (_, index) => {
    const due = started + (index * 1000) / perSecond
    await new Promise((done) => setTimeout(done, due - performance.now()))
    await run(index)
    return performance.now() - due
  })
  return Promise.all(pending)
}

function percentiles(latencies) {
  const sorted = latencies.toSorted((one, other) => one - other)
  const at = (part) => sorted[Math.floor(sorted.length * part)]
  return { p50: at(0.5), p99: at(0.99) }
}

function summarize({ reads, applied, alone, during, grants, ratio }) {
  const row = (name, { p50, p99 }) => [name, milliseconds(p50), milliseconds(p99)]
  return {
    goals: [atMost('p99 of reads while plans are applied, compared with reads alone, with two worker processes', ratio, 1.5)],
    text: `${reads} reads of orders and of the catalog per second arrive at fixed times, alone and with ${applied} grants per second, each with its
invoice and its PDF, at a server with two worker processes. A latency includes the time that a request waits to be sent.

${table([['', 'p50', 'p99'], row('reads alone', alone), row('reads while plans are applied', during), row('the grants', grants)])}`,
  }
}
