// Commits per second of concurrent connections: without notifications, with those that the server sends after the
// commit, and with NOTIFY inside the transaction.
import { pino } from 'pino'
import { NotificationSender } from '../dist/platform/postgres/notifications.js'
import { openClient, openPool } from './database.mjs'
import { race } from './measure.mjs'
import { sized } from './size.mjs'

export const CONNECTIONS = 16
const COMMITS_PER_CONNECTION = sized(40, 2)
const CHANNEL = 'quittance'

/** @returns rates of commits, per second */
export async function benchNotifications(database) {
  const { connection } = database
  const pool = openPool(connection, CONNECTIONS)
  const sendingPool = openPool(connection, 1)
  const sender = new NotificationSender(sendingPool, CHANNEL, pino({ level: 'silent' }))
  const listener = await openClient(connection)
  await listener.query(`LISTEN ${CHANNEL}`)
  await pool.query('CREATE TABLE bench_commits (id bigint GENERATED ALWAYS AS IDENTITY, note text)')
  const commit = async (id, inside) => {
    const client = await pool.connect()
    try {
      await client.query('BEGIN')
      await client.query("INSERT INTO bench_commits (note) VALUES ('a change')")
      if (inside) await client.query('SELECT pg_notify($1, $2)', [CHANNEL, JSON.stringify({ order: id })])
      await client.query('COMMIT')
    } finally {
      client.release()
    }
  }
  let id = 0
  const burst = (work) => () =>
    Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        for (let count = 0; count < COMMITS_PER_CONNECTION; count += 1) {
          id += 1
          await work(id)
        }
      }),
    )
  const after = async (order) => {
    await commit(order, false)
    sender.send([{ order, userId: 1, organisationId: null }])
  }
  const operations = CONNECTIONS * COMMITS_PER_CONNECTION
  const contestants = {
    none: { run: burst((order) => commit(order, false)), operations },
    after: { run: burst(after), operations },
    inside: { run: burst((order) => commit(order, true)), operations },
  }
  const results = await race('notifications', contestants, { database })
  await sender.close()
  await pool.query('DROP TABLE bench_commits')
  await Promise.all([listener.end(), pool.end(), sendingPool.end()])
  return results
}
