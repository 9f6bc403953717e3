import type pg from 'pg'
import { pino } from 'pino'
import { parseDatabaseConfig } from '../config/config.js'
import { connect, type Database } from '../platform/postgres/client.js'
import { joinEmbeddedPostgres } from '../platform/postgres/embedded/server.js'
import { assertMigrated, migrate } from '../platform/postgres/migrations.js'
import { assertSupportedServer } from '../platform/postgres/server-version.js'
import { postgresGuard } from './command.js'

/**
 * Runs work on the configured database. Joins the embedded one of a running server, or starts it for the
 * duration.
 */
export async function withDatabase(work: (db: Database) => Promise<void>): Promise<void> {
  const { databaseUrl, dataDir } = parseDatabaseConfig(process.env)
  if (databaseUrl) return withConnection({ connectionString: databaseUrl }, work)
  const embedded = await joinEmbeddedPostgres({ dataDir, guard: postgresGuard })
  try {
    await migrate(embedded.connection, { report: console.error })
    await withConnection(embedded.connection, work)
  } finally {
    await embedded.stop()
  }
}

async function withConnection(connection: pg.PoolConfig, work: (db: Database) => Promise<void>): Promise<void> {
  const { db, pool, close } = connect({ ...connection, max: 5 }, pino({ level: 'silent' }))
  try {
    await assertSupportedServer(pool)
    await assertMigrated(pool)
    await work(db)
  } finally {
    await close()
  }
}
