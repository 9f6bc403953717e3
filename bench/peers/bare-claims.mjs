// A handwritten server with a transaction that locks the user, counts and inserts.
import { serve } from './bare-server.mjs'

async function claim(pool, { userId, externalId }) {
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

serve({ '/': claim })
