// The cost of reading a page of a hundred orders through each layer, in one
// process, without HTTP and GraphQL.
import { listOrders } from '../dist/modules/orders/order.queries.js'
import { connectDirectly } from './database.mjs'
import { race } from './measure.mjs'
import { BUSIEST_USER } from './seed-orders.mjs'
import { sized } from './size.mjs'

const READS = sized(300, 5)
const SELECT = { id: true, status: true, currency: true, amount: true, placedAt: true, planId: true }
const BARE = `SELECT id, status, currency, amount, placed_at, plan_id FROM orders WHERE user_id = $1 ORDER BY placed_at DESC, id DESC LIMIT 100`

/** @param connection  to a database with orders */
export async function benchLayers(connection) {
  const { db, rawQuery, pool, close } = connectDirectly(connection, 2)
  const fields = new Set(['id', 'status', 'amount', 'date', 'plan'])
  const where = { userId: String(BUSIEST_USER) }
  const results = await race('layers', {
    pg: { count: READS, run: () => pool.query({ name: 'bare', text: BARE, values: [BUSIEST_USER] }) },
    ours: { count: READS, run: () => listOrders({ db, rawQuery }, where, fields, { first: 100 }) },
    prisma: {
      count: READS,
      run: () => db.order.findMany({ where, select: SELECT, orderBy: [{ placedAt: 'desc' }, { id: 'desc' }], take: 100 }),
    },
  })
  await close()
  return results
}
