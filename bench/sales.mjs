// Grants with an invoice, which take the next number of one series.
import { Agent, request } from 'undici'
import { median } from './measure.mjs'
import { SECRET, startQuittance, token } from './programs.mjs'

const CLIENTS = 16
const SECONDS = 10
const ROUNDS = 3
/** More than can buy in a round. A round ends early when all of them have bought. */
const USERS_PER_ROUND = 5000
/** The maximum of `upsertUsers`. */
const USER_BATCH_SIZE = 1000
const CREATE = `mutation { createPlan(input: { slug: "sold", name: "Sold", type: PAID, price: { minorUnits: 1500, currency: "USD" } }) { plan { id } } }`
const CREATE_USERS = 'mutation ($users: [UpsertUserInput!]!) { upsertUsers(input: { users: $users }) { __typename } }'
const APPLY = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { invoice { number } } } }'

/**
 * @returns invoices per second of one seller: with one process, and with two on the same database
 */
export async function benchSales() {
  const first = await startQuittance()
  const { host, user, database } = first.connection
  const second = await startQuittance({
    DATABASE_URL: `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(host)}`,
    AUTH_JWT_SECRET: SECRET,
  })
  const dispatcher = new Agent({ connections: CLIENTS })
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${await token('1', 'admin')}` }
  const send = async (url, body) => {
    const response = await request(url, { method: 'POST', headers, body: JSON.stringify(body), dispatcher })
    const { data, errors } = await response.body.json()
    if (errors) throw new Error(JSON.stringify(errors))
    return data
  }
  const { plan } = (await send(first.url, { query: CREATE })).createPlan
  const buyers = []
  let created = 0
  const createBuyers = async () => {
    while (buyers.length < USERS_PER_ROUND) {
      const length = Math.min(USER_BATCH_SIZE, USERS_PER_ROUND - buyers.length)
      const ids = Array.from({ length }, (_, index) => String(1000 + created + index))
      await send(first.url, { query: CREATE_USERS, variables: { users: ids.map((id) => ({ id })) } })
      created += length
      buyers.push(...ids)
    }
  }
  const sell = async (url, userId) => {
    const started = performance.now()
    const { applyPlan } = await send(url, { query: APPLY, variables: { input: { userId, planId: plan.id } } })
    if (!applyPlan.order.invoice.number) throw new Error('a grant has no invoice')
    return performance.now() - started
  }
  const run = async (urls, seconds) => {
    await createBuyers()
    return sellFor(seconds, sell, urls, buyers)
  }
  const results = { one: [], two: [] }
  // A warm-up.
  await run([first.url, second.url], 2)
  for (let round = 0; round < ROUNDS; round += 1) {
    results.one.push(await run([first.url], SECONDS))
    results.two.push(await run([first.url, second.url], SECONDS))
    process.stderr.write(`sales: round ${round + 1} of ${ROUNDS}\r`)
  }
  await dispatcher.close()
  await second.stopAndDelete()
  await first.stopAndDelete()
  return { one: summarize(results.one), two: summarize(results.two) }
}

async function sellFor(seconds, sell, urls, buyers) {
  const until = performance.now() + seconds * 1000
  const times = []
  const started = performance.now()
  const client = async (_, number) => {
    while (performance.now() < until && buyers.length > 0) times.push(await sell(urls[number % urls.length], buyers.pop()))
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  const elapsed = (performance.now() - started) / 1000
  times.sort((one, other) => one - other)
  return { rate: times.length / elapsed, p50: times[Math.floor(times.length / 2)], p99: times[Math.floor(times.length * 0.99)] }
}

function summarize(runs) {
  const of = (name) => runs.map((run) => run[name])
  return {
    rate: median(of('rate')),
    spread: [Math.min(...of('rate')), Math.max(...of('rate'))],
    p50: median(of('p50')),
    p99: median(of('p99')),
  }
}
