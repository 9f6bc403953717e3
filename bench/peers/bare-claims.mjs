// A handwritten server: node:http, a pool of pg, and a transaction that locks the user, counts and inserts.
import { createServer } from 'node:http'
import pg from 'pg'

const pool = new pg.Pool({ ...JSON.parse(process.env.CONNECTION), max: 10 })

async function claim({ userId, externalId }) {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const { rows: users } = await client.query('SELECT server_limit FROM bench_users WHERE id = $1 FOR UPDATE', [userId])
    const { rows } = await client.query('SELECT count(*)::int AS used FROM bench_claims WHERE user_id = $1', [userId])
    if (rows[0].used >= users[0].server_limit) {
      await client.query('ROLLBACK')
      return { error: { code: 'PLAN_LIMIT_EXCEEDED' } }
    }
    await client.query('INSERT INTO bench_claims VALUES ($1, $2)', [externalId, userId])
    await client.query('COMMIT')
    return { claim: { externalId } }
  } finally {
    client.release()
  }
}

const server = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', async () => {
    const result = await claim(JSON.parse(body)).catch((error) => ({ error: { code: error.message } }))
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(result))
  })
})
server.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}/`))
process.on('SIGTERM', () => process.exit(0))
