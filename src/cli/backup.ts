import { copyFile, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { parseConfig } from '../config.js'
import { copyCluster } from '../database/back-up.js'
import { joinEmbeddedPostgres } from '../database/embedded-postgres.js'
import { command } from './command.js'

/** npm run backup -- --to folder: the embedded database and the secret, beside the running server. */
await command(async () => {
  const { values } = parseArgs({ options: { to: { type: 'string' } } })
  if (!values.to) throw new TypeError('npm run backup -- --to folder    a new folder, which becomes a DATA_DIR')
  const { databaseUrl, dataDir } = parseConfig({ ...process.env, NODE_ENV: 'development' })
  if (databaseUrl) throw new TypeError('DATABASE_URL: back that database up with its own tools, such as pg_dump')
  const target = resolve(values.to)
  await mkdir(target, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw new TypeError(`${values.to}: ${error.code === 'EEXIST' ? 'is there already; name a new folder' : error.message}`)
  })
  const embedded = await joinEmbeddedPostgres({ dataDir })
  await copyCluster(embedded.connection, join(resolve(dataDir), 'postgres'), join(target, 'postgres'))
  await copyFile(join(dataDir, 'demo-secret'), join(target, 'demo-secret')).catch(() => undefined)
  await embedded.stop()
  console.log(`backed up to ${values.to}. To restore: DATA_DIR=${values.to} npm start, or put it in the place of ${dataDir}`)
})
