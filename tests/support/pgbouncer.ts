import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { asDatabaseUser, chownToDatabaseUser, startDetached } from '../../src/platform/postgres/embedded/binaries.js'

const PGBOUNCER = '/usr/sbin/pgbouncer'
export const POOLER_PORT = 6432
const START_TIMEOUT_MS = 60_000

export interface PgBouncer {
  /** The folder of its socket. */
  socket: string
  port: number
  stop(): Promise<void>
}

/**
 * Starts PgBouncer in transaction mode in front of all databases of a PostgreSQL.
 * @param users  the roles that may connect
 * @param connectionsPerDatabase  few, so that clients share them
 */
export async function startPgBouncer(
  postgresSocket: string,
  users: readonly [string, ...string[]],
  connectionsPerDatabase: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<PgBouncer> {
  if (!existsSync(PGBOUNCER)) throw new Error(`${PGBOUNCER} is missing: install the package pgbouncer`)
  const folder = await mkdtemp(join(tmpdir(), 'quittance-pooler-'))
  await writeFile(join(folder, 'users'), users.map((user) => `"${user}" ""\n`).join(''))
  await writeFile(
    join(folder, 'pgbouncer.ini'),
    `[databases]
* = host=${postgresSocket} port=5432
[pgbouncer]
pool_mode = transaction
listen_addr =
unix_socket_dir = ${folder}
listen_port = ${POOLER_PORT}
auth_type = trust
auth_file = ${join(folder, 'users')}
default_pool_size = ${connectionsPerDatabase}
server_idle_timeout = 2
max_client_conn = 500
${Object.entries(settings)
  .map(([name, value]) => `${name} = ${value}\n`)
  .join('')}`,
  )
  await chownToDatabaseUser(folder)
  const process = startDetached(asDatabaseUser(PGBOUNCER, [join(folder, 'pgbouncer.ini')]), join(folder, 'log'))
  const deadline = Date.now() + START_TIMEOUT_MS
  while (!(await accepts(folder, users[0]))) {
    if (process.exitCode !== null || Date.now() > deadline) throw new Error(`PgBouncer did not start: ${process.lastErrorLine()}`)
    await pause(50)
  }
  return {
    socket: folder,
    port: POOLER_PORT,
    async stop() {
      await process.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function accepts(socket: string, user: string): Promise<boolean> {
  const client = new pg.Client({ host: socket, port: POOLER_PORT, user, database: 'postgres' })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}
