// Pages of orders by the size of the table, compared with a handwritten server on pg and node:http.
import pg from 'pg'
import { raceHttp } from './http.mjs'
import { startPeer, token } from './programs.mjs'
import { BUSIEST_USER, seedOrders } from './seed-orders.mjs'

const SIZES = [1000, 10_000, 100_000, 1_000_000]
const FIELDS = 'id status amount { minorUnits currency } date plan { id name }'
const MINE = `query Mine($first: Int) { orders(first: $first) { nodes { ${FIELDS} } } }`
const ALL = `query All($after: String) { allOrders(first: 100, after: $after) { nodes { ${FIELDS} } } }`
const LATE_PAGE = 1000

/**
 * @param quittance  a running server, whose database gets the orders
 * @returns both rates for each size, and for the largest size the rates of the first and of a late page of
 *    all orders
 */
export async function benchOrders(quittance, sizes = SIZES) {
  const peer = await startPeer('bare-orders', { CONNECTION: JSON.stringify(quittance.connection) })
  const headers = { authorization: `Bearer ${await token(String(BUSIEST_USER))}` }
  const results = []
  for (const size of sizes) {
    await seedOrders(quittance.connection, size)
    const first = Math.min(100, size / 100)
    const ours = { ...post(quittance.url, headers, MINE, { first }), expect: '"plan":{' }
    const bare = { url: `${peer.url}?user=${BUSIEST_USER}&first=${first}`, expect: '"plan":{' }
    results.push({ size, first, ...(await raceHttp(`orders, ${size}`, { ours, bare }, 3)) })
  }
  await peer.stop()
  return { sizes: results, pages: await comparePages(quittance, sizes.at(-1)) }
}

async function comparePages(quittance, size) {
  const page = Math.min(LATE_PAGE, size / 100 - 1)
  const headers = { authorization: `Bearer ${quittance.administrator}` }
  const db = new pg.Client(quittance.connection)
  await db.connect()
  const { rows } = await db.query('SELECT id, placed_at FROM orders ORDER BY placed_at DESC, id DESC OFFSET $1 LIMIT 1', [
    (page - 1) * 100 - 1,
  ])
  await db.end()
  // A cursor consists of the time and the id of an order.
  const after = Buffer.from(`${rows[0].placed_at.getTime()}.${rows[0].id}`).toString('base64url')
  const near = { ...post(quittance.url, headers, ALL, {}), expect: '"nodes":[{' }
  const far = { ...post(quittance.url, headers, ALL, { after }), expect: '"nodes":[{' }
  return { page, ...(await raceHttp(`page ${page}`, { near, far }, 3)) }
}

function post(url, headers, query, variables) {
  return { url, method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query, variables }) }
}
