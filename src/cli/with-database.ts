import { pino } from 'pino'
import { parseDatabaseConfig } from '../config/config.js'
import { connect, type Database } from '../platform/postgres/client.js'
import { type DatabaseAccess, databaseAccess } from '../platform/postgres/database-access.js'
import { joinEmbeddedPostgres } from '../platform/postgres/embedded/server.js'
import { assertMigrated, migrate } from '../platform/postgres/migrations.js'
import { assertSchemaInUse } from '../platform/postgres/schema-check.js'
import { assertSupportedServer } from '../platform/postgres/server-version.js'
import { postgresGuard } from './command.js'

const POOL_SIZE = 5

/**
 * Runs work on the configured database. Joins the embedded one of a running server, or starts it for the
 * duration.
 */
export async function withDatabase(work: (db: Database) => Promise<void>): Promise<void> {
  const { database, dataDir } = parseDatabaseConfig(process.env)
  const settings = { ...database, poolSize: POOL_SIZE }
  if (database.url) return withConnection(databaseAccess(settings), work)
  const embedded = await joinEmbeddedPostgres({ dataDir, guard: postgresGuard })
  try {
    const access = databaseAccess(settings, embedded.connection)
    await migrate(access.migrations, { schema: access.schema, report: console.error })
    await withConnection(access, work)
  } finally {
    await embedded.stop()
  }
}

async function withConnection(access: DatabaseAccess, work: (db: Database) => Promise<void>): Promise<void> {
  const { db, pool, close } = connect(access.pool, pino({ level: 'silent' }))
  try {
    await assertSupportedServer(pool)
    await assertSchemaInUse(pool, access.pool)
    await assertMigrated(pool, access.schema)
    await work(db)
  } finally {
    await close()
  }
}
