// Pages of orders by the size of the table, compared with a handwritten server on pg and node:http.

import { query } from './database.mjs'
import { graphqlRequest } from './graphql-peers.mjs'
import { raceHttp } from './http.mjs'
import { startPeer, token } from './programs.mjs'
import { BUSIEST_USER, seedOrders } from './seed-orders.mjs'
import { sized } from './size.mjs'

const SIZES = sized([10_000, 1_000_000], [1000, 2000])
const FIELDS = 'id status amount { minorUnits currency } date plan { id name }'
const MINE = `query Mine($first: Int) { orders(first: $first) { nodes { ${FIELDS} } } }`
const ALL = `query All($after: String) { allOrders(first: 100, after: $after) { nodes { ${FIELDS} } } }`
const LATE_PAGE = 1000

/**
 * @param quittance  a running server, whose database gets the orders
 * @returns the results of both servers for each size, and for the largest size those of the first and of a late page of
 *    all orders
 */
export async function benchPages(quittance) {
  const { database } = quittance
  const peer = await startPeer('bare-orders', { CONNECTION: database.peerConnection() })
  const headers = { authorization: `Bearer ${await token(String(BUSIEST_USER))}` }
  const expect = '"plan":{'
  const sizes = []
  for (const size of SIZES) {
    await seedOrders(quittance.connection, size)
    const first = Math.min(100, size / 100)
    const ours = graphqlRequest(quittance, { query: MINE, variables: { first }, headers, expect })
    const bare = { program: peer, url: `${peer.url}?user=${BUSIEST_USER}&first=${first}`, expect }
    sizes.push({ size, first, ...(await raceHttp(`a page of ${size} orders`, { ours, bare }, { database })) })
  }
  await peer.stop()
  return { sizes, late: await comparePages(quittance, SIZES.at(-1)) }
}

async function comparePages(quittance, size) {
  const page = Math.min(LATE_PAGE, size / 100 - 1)
  const headers = { authorization: `Bearer ${quittance.administrator}` }
  const expect = '"nodes":[{'
  const [{ id, placed_at: placedAt }] = await query(
    quittance.connection,
    'SELECT id, placed_at FROM orders ORDER BY placed_at DESC, id DESC OFFSET $1 LIMIT 1',
    [(page - 1) * 100 - 1],
  )
  // A cursor consists of the time and the id of an order.
  const after = Buffer.from(`${placedAt.getTime()}.${id}`).toString('base64url')
  const near = graphqlRequest(quittance, { query: ALL, variables: {}, headers, expect })
  const far = graphqlRequest(quittance, { query: ALL, variables: { after }, headers, expect })
  return { page, ...(await raceHttp(`page ${page} of all orders`, { near, far }, { database: quittance.database })) }
}
