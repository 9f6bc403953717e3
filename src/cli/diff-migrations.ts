import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '../database/embedded-postgres.js'
import { diffMigrations, MIGRATIONS_FOLDER } from '../database/migrations.js'
import { command, guard, UsageError } from './command.js'

const usage = `npm run db:diff -- --name add-coupons    writes the migration that leads to prisma/schema.prisma
  --name    what the migration does, in a few words`

await command({ usage, options: { name: { type: 'string' } } }, async (values) => {
  const name = values.name?.toLowerCase().replace(/[^a-z0-9]+/g, '_')
  if (!name) throw new UsageError('--name is missing')
  const sql = await onThrowAwayDatabase()
  if (!sql) return console.log('schema.prisma and the migrations agree: nothing to write')
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const folder = join(MIGRATIONS_FOLDER, `${stamp}_${name}`)
  await mkdir(folder)
  await writeFile(join(folder, 'migration.sql'), sql)
  console.log(`wrote prisma/migrations/${stamp}_${name}/migration.sql; read it before you commit it`)
})

async function onThrowAwayDatabase(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'quittance-diff-'))
  const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' }, guard })
  try {
    return await diffMigrations(postgres.connection)
  } finally {
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
