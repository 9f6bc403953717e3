import type pg from 'pg'
import { StartError } from '../../core/errors.js'

const MIN_SERVER_VERSION = 150_000

/** @throws StartError when the database of DATABASE_URL cannot be reached or is too old */
export async function assertSupportedServer(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query("SELECT current_setting('server_version_num')::int AS version").catch((error: Error) => {
    throw new StartError(`DATABASE_URL: the database cannot be reached: ${error.message}`)
  })
  if (rows[0].version < MIN_SERVER_VERSION)
    throw new StartError('DATABASE_URL: PostgreSQL 15 or newer is required; upgrade the server or use another one')
}
