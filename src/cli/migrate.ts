import pg from 'pg'
import { parseDatabaseConfig } from '../config/config.js'
import { StartError } from '../core/errors.js'
import { migrate } from '../platform/postgres/migrations.js'
import { assertSupportedServer } from '../platform/postgres/server-version.js'
import { command } from './command.js'

const usage = 'npm run db:migrate    applies the migrations that the database of DATABASE_URL lacks'

await command({ usage, options: {} }, async () => {
  const { databaseUrl } = parseDatabaseConfig(process.env)
  if (!databaseUrl) throw new StartError('DATABASE_URL: not set; the embedded database is migrated at every start')
  const connection = { connectionString: databaseUrl }
  const pool = new pg.Pool(connection)
  await assertSupportedServer(pool)
  await pool.end()
  const applied = await migrate(connection)
  console.log(applied.length > 0 ? `applied ${applied.join(', ')}` : 'nothing to apply: the database is up to date')
})
