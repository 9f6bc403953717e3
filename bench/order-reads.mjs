// Reads of orders with their plans, compared with GraphQL servers on the same tables and with the same tokens, and
// the same reads through the REST routes.

import { query as select } from './database.mjs'
import { graphqlRequest, startGraphqlPeers } from './graphql-peers.mjs'
import { raceHttp } from './http.mjs'
import { token } from './programs.mjs'
import { BUSIEST_USER, seedOrders } from './seed-orders.mjs'
import { sized } from './size.mjs'

const FIELDS = 'id status amount { minorUnits currency } date plan { id name }'
const ONE = `query One($id: ID!) { order(id: $id) { ${FIELDS} } }`
const PAGE = `query Page($first: Int!) { orders(first: $first) { nodes { ${FIELDS} } } }`
/** PostGraphile names types and fields by tables and columns. */
const ROW = 'id status amount currency placedAt planByPlanId { id name }'
const ONE_ROW = `query One($id: BigInt!) { orderById(id: $id) { ${ROW} } }`
const ROWS = `query Page($first: Int!) { allOrders(condition: { userId: "${BUSIEST_USER}" }, orderBy: PLACED_AT_DESC, first: $first) { nodes { ${ROW} } } }`

/** The REST routes have no pages. The customer has a hundredth of the orders, which are one page. */
const ORDERS = sized(10_000, 1000)

/**
 * @param quittance  a running server
 * @returns the results of one order and of a page, by server
 */
export async function benchReads(quittance) {
  await seedOrders(quittance.connection, ORDERS)
  const { peers, stop } = await startGraphqlPeers(quittance.database)
  const headers = { authorization: `Bearer ${await token(String(BUSIEST_USER))}` }
  const id = await newestOrder(quittance.connection)
  const { postgraphile, ...others } = peers
  const race = (label, { query, tables, variables, rest }) => {
    const same = { query, variables, headers, expect: '"plan":{' }
    const servers = Object.entries({ quittance, ...others }).map(([name, program]) => [name, graphqlRequest(program, same)])
    const contestants = {
      ...Object.fromEntries(servers),
      postgraphile: graphqlRequest(postgraphile, { query: tables, variables, headers, expect: '"planByPlanId":{' }),
      rest: { program: quittance, url: `${quittance.origin}${rest}`, headers, expect: '"planId":' },
    }
    return raceHttp(label, contestants, { database: quittance.database })
  }
  const one = await race('one order', { query: ONE, tables: ONE_ROW, variables: { id }, rest: `/api/orders/${id}` })
  const page = await race('100 orders', { query: PAGE, tables: ROWS, variables: { first: 100 }, rest: '/api/orders' })
  await stop()
  return { one, page }
}

async function newestOrder(connection) {
  const newest = 'SELECT id FROM orders WHERE user_id = $1 ORDER BY placed_at DESC LIMIT 1'
  const [{ id }] = await select(connection, newest, [String(BUSIEST_USER)])
  return id
}
