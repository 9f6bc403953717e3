import { pino } from 'pino'
import { parseConfig } from '../config.js'
import { connect, type Database } from '../database/client.js'
import { joinEmbeddedPostgres } from '../database/embedded-postgres.js'
import { migrate } from '../database/migrations.js'

/** The database of the configuration; the embedded one beside a running server, or started for as long as it is needed. */
export async function withDatabase(work: (db: Database) => Promise<void>): Promise<void> {
  const { databaseUrl, dataDir } = parseConfig({ ...process.env, NODE_ENV: 'development' })
  const embedded = databaseUrl ? undefined : await joinEmbeddedPostgres({ dataDir })
  const connection = embedded?.connection ?? { connectionString: databaseUrl }
  if (embedded) await migrate(connection)
  const { db, close } = connect({ ...connection, max: 5 }, pino({ level: 'silent' }))
  try {
    await work(db)
  } finally {
    await close()
    await embedded?.stop()
  }
}
