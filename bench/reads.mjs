// Reads of orders with their plans, compared with GraphQL servers on the same tables and with the same tokens, and
// the same reads through the REST routes.
import pg from 'pg'
import { raceHttp } from './http.mjs'
import { installPeers } from './install-peers.mjs'
import { SECRET, startPeer, token } from './programs.mjs'
import { BUSIEST_USER } from './seed-orders.mjs'

const FIELDS = 'id status amount { minorUnits currency } date plan { id name }'
const ONE = `query One($id: ID!) { order(id: $id) { ${FIELDS} } }`
const PAGE = `query Page($first: Int!) { orders(first: $first) { nodes { ${FIELDS} } } }`
/** PostGraphile names types and fields by tables and columns. */
const ROW = 'id status amount currency placedAt planByPlanId { id name }'
const ONE_ROW = `query One($id: BigInt!) { orderById(id: $id) { ${ROW} } }`
const ROWS = `query Page($first: Int!) { allOrders(condition: { userId: "${BUSIEST_USER}" }, orderBy: PLACED_AT_DESC, first: $first) { nodes { ${ROW} } } }`
const ROUNDS = 3

/**
 * @param quittance  a running server with orders
 * @returns the rates of one order and of a page, by server
 */
export async function benchReads(quittance) {
  installPeers()
  const environment = { NODE_ENV: 'production', CONNECTION: JSON.stringify(quittance.connection), SECRET, SCHEMA: 'public' }
  const peers = {}
  for (const name of ['apollo', 'mercurius', 'yoga', 'postgraphile']) peers[name] = await startPeer(`orders-${name}`, environment)
  const headers = { authorization: `Bearer ${await token(String(BUSIEST_USER))}` }
  const id = await newestOrder(quittance.connection)
  const servers = { quittance, apollo: peers.apollo, mercurius: peers.mercurius, yoga: peers.yoga }
  const race = (label, query, tables, variables, rest) =>
    raceHttp(
      label,
      {
        ...Object.fromEntries(Object.entries(servers).map(([name, { url }]) => [name, post(url, headers, query, variables, '"plan":{')])),
        postgraphile: post(peers.postgraphile.url, headers, tables, variables, '"planByPlanId":{'),
        rest: { url: `${quittance.origin}${rest}`, headers, expect: '"planId":' },
      },
      ROUNDS,
    )
  const one = await race('one order', ONE, ONE_ROW, { id }, `/api/orders/${id}`)
  const page = await race('100 orders', PAGE, ROWS, { first: 100 }, '/api/orders')
  for (const peer of Object.values(peers)) await peer.stop()
  return { one, page }
}

async function newestOrder(connection) {
  const db = new pg.Client(connection)
  await db.connect()
  const { rows } = await db.query('SELECT id FROM orders WHERE user_id = $1 ORDER BY placed_at DESC LIMIT 1', [String(BUSIEST_USER)])
  await db.end()
  return rows[0].id
}

function post(url, headers, query, variables, expect) {
  const body = JSON.stringify({ query, variables })
  return { url, method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body, expect }
}
