import { copyFile, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseDatabaseConfig } from '../config/config.js'
import { StartError } from '../core/errors.js'
import { createBaseBackup } from '../platform/postgres/embedded/base-backup.js'
import { joinEmbeddedPostgres } from '../platform/postgres/embedded/server.js'
import { postgresGuard } from './command.js'

/** Copies the embedded database and the demo secret into a new folder. */
export async function backUp({ to }: { to: string }): Promise<void> {
  const { database, dataDir } = parseDatabaseConfig(process.env)
  if (database.url) throw new StartError('DATABASE_URL: back up an external database with its own tools, such as pg_dump')
  const target = resolve(to)
  await mkdir(target, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw new StartError(`${to}: ${error.code === 'EEXIST' ? 'exists already; choose a new folder' : error.message}`)
  })
  const embedded = await joinEmbeddedPostgres({ dataDir, guard: postgresGuard })
  try {
    await createBaseBackup(embedded.connection, join(resolve(dataDir), 'postgres'), join(target, 'postgres'))
    await copySecret(dataDir, target)
  } finally {
    await embedded.stop()
  }
  console.log(`backed up to ${to}. To restore: DATA_DIR=${to} npm start, or replace ${dataDir} with it`)
}

/** Copies the demo secret, which is absent when AUTH_JWT_SECRET is set. */
async function copySecret(dataDir: string, target: string): Promise<void> {
  await copyFile(join(dataDir, 'demo-secret'), join(target, 'demo-secret')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}
