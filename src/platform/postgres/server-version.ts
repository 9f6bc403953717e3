import type pg from 'pg'
import { StartError } from '../../core/errors.js'

const OLDEST_POSTGRES = 150_000

/** @throws StartError when the database of DATABASE_URL cannot be entered, or is too old */
export async function requireSuitable(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query("SELECT current_setting('server_version_num')::int AS version").catch((error: Error) => {
    throw new StartError(`DATABASE_URL: the database cannot be reached: ${error.message}`)
  })
  if (rows[0].version < OLDEST_POSTGRES) throw new StartError('DATABASE_URL: PostgreSQL 15 or newer is needed')
}
