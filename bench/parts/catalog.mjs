// The catalog over HTTP, compared with GraphQL servers that serve the same plans from memory.
import { atLeast, compare, number, times } from '../format.mjs'
import { graphqlPeers, graphqlRequest, startGraphqlPeers } from '../graphql-peers.mjs'
import { raceHttp } from '../http.mjs'
import { execute, token, withQuittance } from '../programs.mjs'

const PLANS = 12
const FIELDS = 'id slug name type price { minorUnits formatted currency } memory disk cpu serverLimit'
const QUERY = `{ plans { ${FIELDS} } }`
/** PostGraphile has no catalog in memory, and names fields by columns. */
const ROWS = '{ allPlans { nodes { id slug name type price currency memory disk cpu serverLimit } } }'
const CREATE = 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }'

export const catalog = { name: 'catalog', title: 'The catalog', run: () => withQuittance(measure), summarize }

async function measure(quittance) {
  for (let plan = 1; plan <= PLANS; plan += 1) await createPlan(quittance, plan)
  const { plans } = await execute(quittance, QUERY)
  const { peers, stop } = await startGraphqlPeers(quittance.database, plans)
  const expect = '"plan-12"'
  const headers = { authorization: `Bearer ${await token('7')}` }
  const results = await raceHttp(
    'catalog',
    {
      anonymous: graphqlRequest(quittance, { query: QUERY, expect }),
      signedIn: graphqlRequest(quittance, { query: QUERY, headers, expect }),
      minimal: graphqlRequest(quittance, { query: '{ billingEnabled }', headers, expect: 'true' }),
      apollo: graphqlRequest(peers.apollo, { query: QUERY, expect }),
      yoga: graphqlRequest(peers.yoga, { query: QUERY, expect }),
      mercurius: graphqlRequest(peers.mercurius, { query: QUERY, expect }),
      postgraphile: graphqlRequest(peers.postgraphile, { query: ROWS, expect }),
    },
    { database: quittance.database },
  )
  await stop()
  return { bytes: JSON.stringify({ data: { plans } }).length, ...results }
}

function createPlan(quittance, position) {
  const input = {
    slug: `plan-${position}`,
    name: `Plan ${position}`,
    type: 'PAID',
    price: { minorUnits: position * 500, currency: 'USD' },
    memory: 1024 * position,
    disk: 10_240,
    cpu: 100,
    serverLimit: position,
  }
  return execute(quittance, CREATE, { input })
}

function summarize({ bytes, anonymous, signedIn, minimal, ...peers }) {
  const work = '`plans`, signed in'
  const { table, comparisons } = compare({
    work,
    unit: 'requests per second',
    ours: [
      { name: 'Quittance, signed in', result: signedIn },
      { name: 'Quittance, anonymous', result: anonymous },
    ],
    peers: graphqlPeers(peers),
  })
  const apollo = peers.apollo.rate
  return {
    goals: [
      atLeast('`plans` over HTTP, anonymous, compared with Apollo on Express 5 serving the same from memory', anonymous.rate / apollo, 5),
      atLeast('the same, signed in', signedIn.rate / apollo, 3),
    ],
    comparisons,
    text: `Twelve plans with their prices, ${number(bytes)} bytes. Responses are cached as text until a plan changes in any process, and each
principal gets its own cost with them. The peers serve them from memory without a token, except PostGraphile, which reads them from the
database. Ratios are those of signed-in requests; anonymous ones have **${times(anonymous.rate / apollo)}** the rate of Apollo. A signed-in
\`{ billingEnabled }\`, which no cache serves, has ${times(minimal.rate / apollo)} its rate.

${table}`,
  }
}
