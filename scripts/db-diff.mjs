// npm run db:diff -- --name add-coupons: writes the migration that leads to schema.prisma.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startEmbeddedPostgres } from '../dist/database/embedded-postgres.js'
import { readMigrations } from '../dist/database/migrations.js'
import { diffMigrations } from './schema-engine.mjs'

const USAGE = 'npm run db:diff -- --name add-coupons    writes prisma/migrations/<time>_add_coupons/migration.sql'

const { values } = parseArgs({ options: { name: { type: 'string' }, help: { type: 'boolean', short: 'h' } } })
const name = values.name?.toLowerCase().replace(/[^a-z0-9]+/g, '_')
if (values.help || !name) {
  console[values.help ? 'log' : 'error'](USAGE)
  process.exit(values.help ? 0 : 1)
}
const sql = await diffOnTemporaryDatabase()
if (sql) await writeMigration(sql)
else console.log('schema.prisma and the migrations agree: there is nothing to write')
// The engine leaves a timer of ten seconds behind.
process.exit()

async function writeMigration(content) {
  const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const folder = join('prisma/migrations', `${time}_${name}`)
  await mkdir(folder)
  await writeFile(join(folder, 'migration.sql'), content)
  console.log(`wrote ${folder}/migration.sql; read it before you commit it`)
}

async function diffOnTemporaryDatabase() {
  const dataDir = await mkdtemp(join(tmpdir(), 'quittance-diff-'))
  const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } })
  try {
    const migrations = await readMigrations()
    const schema = await readFile('prisma/schema.prisma', 'utf8')
    return await diffMigrations(
      postgres.connection,
      migrations.map(({ name: path, sql }) => ({ path, sql })),
      schema,
    )
  } finally {
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
