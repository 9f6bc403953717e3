import pg from 'pg'
import { StartError } from '../../core/errors.js'
import { type DatabaseAccess, SESSION_MARKER } from './database-access.js'

/** Identifies a database: its name, and the start of its server. */
interface DatabaseIdentity {
  name: string
  startedAt: string
}

/**
 * Checks that locks, LISTEN and jobs have connections of their own. A pooler shares its connections, and drops or
 * refuses what belongs to a session.
 * @throws StartError when a connection that must be direct leads through a pooler, or to another database
 */
export async function assertDirectConnection({ pool, direct }: DatabaseAccess): Promise<void> {
  const usesPooler = pool.transactionSettings !== undefined
  const name = usesPooler ? 'DATABASE_DIRECT_URL' : 'DATABASE_URL'
  const remedy = usesPooler
    ? 'set it to the address of PostgreSQL itself'
    : 'set DATABASE_DIRECT_URL to the address of PostgreSQL itself as well'
  const reached = await identify(direct, name, remedy, async (client) => {
    const { rows } = await client.query('SELECT current_setting($1, true) AS marker', [SESSION_MARKER.name])
    if (rows[0].marker !== SESSION_MARKER.value) throw poolerError(name, remedy)
  })
  if (!usesPooler) return
  const pooled = await identify(pool.options, 'DATABASE_URL', remedy)
  if (pooled.name !== reached.name || pooled.startedAt !== reached.startedAt)
    throw new StartError('DATABASE_DIRECT_URL: leads to another database than DATABASE_URL; both must reach the same one')
}

async function identify(
  options: pg.ClientConfig,
  variable: string,
  remedy: string,
  check: (client: pg.Client) => Promise<void> = async () => undefined,
): Promise<DatabaseIdentity> {
  const client = new pg.Client(options)
  client.on('error', () => undefined)
  try {
    await client.connect()
    await check(client)
    const { rows } = await client.query('SELECT current_database() AS name, pg_postmaster_start_time()::text AS "startedAt"')
    return rows[0]
  } catch (error) {
    if (error instanceof StartError) throw error
    const { message } = error as Error
    // PgBouncer refuses parameters of a session that it does not know.
    if (/unsupported startup parameter/.test(message)) throw poolerError(variable, remedy)
    throw new StartError(`${variable}: the database cannot be reached: ${message}`)
  } finally {
    await client.end().catch(() => undefined)
  }
}

function poolerError(variable: string, remedy: string): StartError {
  return new StartError(`${variable}: leads to a connection pooler; ${remedy}`)
}
