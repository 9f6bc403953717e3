import pg from 'pg'
import { parseDatabaseConfig } from '../config/config.js'
import { StartError } from '../core/errors.js'
import { migrate } from '../platform/postgres/migrations.js'
import { assertSupportedServer } from '../platform/postgres/server-version.js'

/** Applies the pending migrations to the database of DATABASE_URL. */
export async function migrateDatabase(): Promise<void> {
  const { databaseUrl } = parseDatabaseConfig(process.env)
  if (!databaseUrl) throw new StartError('DATABASE_URL: not set; the embedded database is migrated at every start of the server')
  const connection = { connectionString: databaseUrl }
  const pool = new pg.Pool(connection)
  await assertSupportedServer(pool)
  await pool.end()
  const applied = await migrate(connection, { report: console.error })
  console.log(applied.length > 0 ? `applied ${applied.join(', ')}` : 'nothing to apply: the database is up to date')
}
