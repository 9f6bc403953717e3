// A handwritten server: node:http, a pool of pg, one prepared statement that
// joins the plan, and JSON.stringify.
import { createServer } from 'node:http'
import pg from 'pg'

const pool = new pg.Pool({ ...JSON.parse(process.env.CONNECTION), max: 10 })

const PAGE = {
  name: 'page',
  text: `SELECT o.id, o.status, o.currency, o.amount, o.placed_at, p.id AS plan_id, p.name AS plan_name
         FROM orders o LEFT JOIN plans p ON p.id = o.plan_id WHERE o.user_id = $1 ORDER BY o.placed_at DESC, o.id DESC LIMIT $2`,
}

const server = createServer(async (request, response) => {
  const { searchParams } = new URL(request.url, 'http://localhost')
  const { rows } = await pool.query({ ...PAGE, values: [Number(searchParams.get('user')), Number(searchParams.get('first'))] })
  const nodes = rows.map(({ id, status, currency, amount, placed_at, plan_id, plan_name }) => ({
    id: String(id),
    status,
    amount: { minorUnits: Number(amount), currency },
    date: placed_at,
    plan: plan_id === null ? null : { id: String(plan_id), name: plan_name },
  }))
  const body = JSON.stringify({ data: { orders: { nodes } } })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body)
})
server.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}/`))
process.on('SIGTERM', () => process.exit(0))
