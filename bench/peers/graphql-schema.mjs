// The schema of the GraphQL servers: the catalog from memory, and orders with handwritten pg. The plans of all orders of a
// request are read in one statement, and a token is verified at each request. They have no rate limits, costs, organisations
// or metrics.
import DataLoader from 'dataloader'
import { jwtVerify } from 'jose'
import pg from 'pg'

const pool = new pg.Pool({ ...JSON.parse(process.env.CONNECTION), max: 10 })
const catalog = JSON.parse(process.env.PLANS ?? '[]')
const secret = Buffer.from(process.env.SECRET)

export const typeDefs = `
  type Money { minorUnits: Float! formatted: String! currency: String! }
  type Plan {
    id: ID! slug: String! name: String! type: String! price: Money
    memory: Int disk: Int cpu: Int serverLimit: Int
  }
  type Order { id: ID! status: String! amount: Money! date: String! plan: Plan }
  type OrderConnection { nodes: [Order!]! }
  type Query { plans: [Plan!]! order(id: ID!): Order orders(first: Int!): OrderConnection! }`

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
    plans: () => catalog,
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

/** The context of a request. The catalog needs no token. */
export async function createContext({ authorization }) {
  if (!authorization) return {}
  const { payload } = await jwtVerify(authorization.slice('Bearer '.length), secret)
  return { userId: payload.sub, plans: new DataLoader(loadPlans) }
}

async function loadPlans(ids) {
  const { rows } = await pool.query({ ...PLANS, values: [ids] })
  const plans = new Map(rows.map((plan) => [plan.id, plan]))
  return ids.map((id) => plans.get(id) ?? null)
}
