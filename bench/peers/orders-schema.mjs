// The schema of the peers that read orders with handwritten pg: plans in one statement for all orders of a request,
// and a token that is verified at each request. They have no rate limits, costs, organisations or metrics.
import DataLoader from 'dataloader'
import { jwtVerify } from 'jose'
import pg from 'pg'

const pool = new pg.Pool({ ...JSON.parse(process.env.CONNECTION), max: 10 })
const secret = Buffer.from(process.env.SECRET)

export const typeDefs = `
  type Money { minorUnits: Float! currency: String! }
  type Plan { id: ID! name: String! }
  type Order { id: ID! status: String! amount: Money! date: String! plan: Plan }
  type OrderConnection { nodes: [Order!]! }
  type Query { order(id: ID!): Order orders(first: Int!): OrderConnection! }`

const COLUMNS = 'id, status, currency, amount, placed_at, plan_id'
const ORDER = { name: 'order', text: `SELECT ${COLUMNS} FROM orders WHERE id = $1 AND user_id = $2` }
const PAGE = { name: 'page', text: `SELECT ${COLUMNS} FROM orders WHERE user_id = $1 ORDER BY placed_at DESC, id DESC LIMIT $2` }
const PLANS = { name: 'plans', text: 'SELECT id, name FROM plans WHERE id = ANY ($1::bigint[])' }

const toOrder = ({ id, status, currency, amount, placed_at, plan_id }) => ({
  id,
  status,
  amount: { minorUnits: Number(amount), currency },
  date: placed_at.toISOString(),
  planId: plan_id,
})

export const resolvers = {
  Query: {
    async order(_root, { id }, { userId }) {
      const { rows } = await pool.query({ ...ORDER, values: [id, userId] })
      return rows[0] ? toOrder(rows[0]) : null
    },
    async orders(_root, { first }, { userId }) {
      const { rows } = await pool.query({ ...PAGE, values: [userId, first] })
      return { nodes: rows.map(toOrder) }
    },
  },
  Order: { plan: ({ planId }, _args, { plans }) => (planId === null ? null : plans.load(planId)) },
}

/** The context of a request. */
export async function createContext({ authorization = '' }) {
  const { payload } = await jwtVerify(authorization.slice('Bearer '.length), secret)
  return { userId: payload.sub, plans: new DataLoader(loadPlans) }
}

async function loadPlans(ids) {
  const { rows } = await pool.query({ ...PLANS, values: [ids] })
  const plans = new Map(rows.map((plan) => [plan.id, plan]))
  return ids.map((id) => plans.get(id) ?? null)
}
