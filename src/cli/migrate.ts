import pg from 'pg'
import { parseConfig } from '../config.js'
import { StartError } from '../core/errors.js'
import { migrate } from '../database/migrations.js'
import { requireSuitable } from '../database/require-suitable.js'
import { command } from './command.js'

/** npm run db:migrate: applies what is missing to the database of DATABASE_URL. */
await command(async () => {
  const { databaseUrl } = parseConfig({ ...process.env, NODE_ENV: 'development' })
  if (!databaseUrl) throw new StartError('DATABASE_URL: not set; the embedded database is migrated at every start')
  const connection = { connectionString: databaseUrl }
  const pool = new pg.Pool(connection)
  await requireSuitable(pool)
  await pool.end()
  const applied = await migrate(connection)
  console.log(applied.length > 0 ? `applied ${applied.join(', ')}` : 'nothing to apply: the database is up to date')
})
