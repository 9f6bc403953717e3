// Reads of orders: one, pages, and the layers below.
import { atLeast, atMost, compare, count, milliseconds, number, percent, times } from '../format.mjs'
import { graphqlPeers } from '../graphql-peers.mjs'
import { benchLayers } from '../layers.mjs'
import { benchPages } from '../order-pages.mjs'
import { benchReads } from '../order-reads.mjs'
import { withQuittance } from '../programs.mjs'

const BARE = { name: 'plain pg and node:http, one statement with a join', lacks: 'GraphQL, tokens, rate limits, organisations, metrics' }

export const reads = { name: 'reads', title: 'Orders', run: () => withQuittance(measure), summarize }

async function measure(quittance) {
  // The table grows.
  const servers = await benchReads(quittance)
  return { servers, pages: await benchPages(quittance), layers: await benchLayers(quittance.connection) }
}

function summarize({ pages: { sizes, late }, servers: { one, page }, layers }) {
  const largest = sizes.at(-1)
  const readers = (work, results) =>
    compare({
      work,
      unit: 'requests per second',
      ours: [
        { name: 'Quittance, GraphQL', result: results.quittance },
        { name: 'Quittance, REST', result: results.rest },
      ],
      peers: graphqlPeers(results),
    })
  const single = readers('`order(id)` with plan', one)
  const hundred = readers('`orders(first: 100)` with plan', page)
  const bySize = sizes.map(({ size, ours, bare }) =>
    compare({
      work: `a page of a customer's orders, of ${number(size)}`,
      unit: 'pages per second',
      ours: { name: `Quittance, ${number(size)} orders`, result: ours },
      peers: [{ ...BARE, result: bare }],
    }),
  )
  return {
    goals: [
      atLeast('`order(id)` with plan, compared with Apollo on Express 5 with handwritten pg', one.quittance.rate / one.apollo.rate, 1.4),
      atLeast(
        `\`orders(first: 100)\` with plan, over ${number(largest.size)} orders, compared with plain pg and node:http`,
        largest.ours.rate / largest.bare.rate,
        0.6,
        percent,
      ),
      atMost('the same: SQL statements', largest.ours.statements, 3, count),
      atMost(`page ${number(late.page)} of all orders, compared with page 1: time`, late.near.rate / late.far.rate, 1.5),
    ],
    comparisons: [single, hundred, ...bySize].flatMap(({ comparisons }) => comparisons),
    text: `One order, from several servers on the same tables. The peers verify the same tokens (except PostGraphile) and have handwritten
resolvers on pg with DataLoader. The REST routes return all fields of EcliPanel's API, line items included.

${single.table}

All 100 orders of a customer, of 10,000 in the table:

${hundred.table}

Compared with a handwritten server that reads the same page with one statement, Quittance has
${sizes.map(({ size, ours, bare }) => `**${percent(ours.rate / bare.rate)}** of the rate with ${number(size)} orders in the table`).join(', and ')}. The customer has a hundredth of them.

All orders, as an administrator, 100 per page: page ${number(late.page)} takes ${times(late.near.rate / late.far.rate)} as long as page 1, with
${times(late.far.databaseCpu / late.near.databaseCpu)} the CPU time of PostgreSQL. Reading a customer's page sequentially, without HTTP and GraphQL, takes
${milliseconds(layers.pg.nodeCpu)} of CPU time with \`pg\`, ${milliseconds(layers.ours.nodeCpu)} with Quittance's query (including the user's organisations),
and ${milliseconds(layers.prisma.nodeCpu)} with Prisma's \`findMany\` and the same columns.`,
  }
}
