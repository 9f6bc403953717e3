import pg from 'pg'
import { parseDatabaseConfig } from '../config/config.js'
import { StartError } from '../core/errors.js'
import { databaseAccess } from '../platform/postgres/database-access.js'
import { migrate } from '../platform/postgres/migrations.js'
import { assertDirectConnection } from '../platform/postgres/pooler.js'
import { assertSupportedServer } from '../platform/postgres/server-version.js'

/** Applies the pending migrations to the database of DATABASE_URL. */
export async function migrateDatabase(): Promise<void> {
  const { database } = parseDatabaseConfig(process.env)
  if (!database.url) throw new StartError('DATABASE_URL: not set; the embedded database is migrated at every start of the server')
  const access = databaseAccess(database)
  await assertDirectConnection(access)
  const pool = new pg.Pool(access.direct)
  await assertSupportedServer(pool)
  await pool.end()
  const applied = await migrate(access.migrations, { schema: access.schema, report: console.error })
  console.log(applied.length > 0 ? `applied ${applied.join(', ')}` : 'nothing to apply: the database is up to date')
}
