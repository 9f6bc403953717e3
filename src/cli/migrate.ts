import { parseConfig } from '../config.js'
import { StartError } from '../core/errors.js'
import { migrate } from '../database/migrations.js'
import { isDatabaseUnavailable } from '../database/unavailable.js'
import { command } from './command.js'

/** SQLSTATE: no such database, and who may not enter. */
const NOT_OURS = new Set(['3D000', '28000', '28P01'])

/** npm run db:migrate: applies what is missing to the database of DATABASE_URL. */
await command(async () => {
  const { databaseUrl } = parseConfig({ ...process.env, NODE_ENV: 'development' })
  if (!databaseUrl) throw new StartError('DATABASE_URL: not set; the embedded database is migrated at every start')
  const applied = await migrate({ connectionString: databaseUrl }).catch((error: Error) => {
    const { code = '' } = error as { code?: string }
    if (isDatabaseUnavailable(error) || NOT_OURS.has(code)) throw new StartError(`DATABASE_URL: ${error.message}`)
    throw error
  })
  console.log(applied.length > 0 ? `applied ${applied.join(', ')}` : 'nothing to apply: the database is up to date')
})
