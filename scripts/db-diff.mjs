// npx quittance db-diff --name add-coupons: writes the migration from the existing migrations to
// schema.prisma.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresGuard } from '../dist/cli/command.js'
import { startEmbeddedPostgres } from '../dist/platform/postgres/embedded/server.js'
import { readMigrations } from '../dist/platform/postgres/migration-files.js'
import { checkMigrations } from './check-migrations.mjs'
import { diffMigrations } from './schema-engine.mjs'

export async function writeMigration(options) {
  const name = options.name.toLowerCase().replace(/[^a-z0-9]+/g, '_')
  try {
    const sql = await diffOnTemporaryDatabase()
    if (sql) await writeMigrationFile(name, sql)
    else console.log('schema.prisma and the migrations agree: no migration is needed')
  } finally {
    // The engine leaves a timer of ten seconds running. The program prints an error before this runs.
    setImmediate(() => process.exit())
  }
}

async function writeMigrationFile(name, content) {
  const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const folder = join('prisma/migrations', `${time}_${name}`)
  await mkdir(folder)
  await writeFile(join(folder, 'migration.sql'), content)
  console.log(`wrote ${folder}/migration.sql; review it before you commit it`)
  const problems = (await checkMigrations('prisma/migrations')).filter((problem) => problem.startsWith(folder))
  if (problems.length > 0) console.log(['npm run lint:migrations refuses it until you change this:', ...problems].join('\n'))
}

async function diffOnTemporaryDatabase() {
  const dataDir = await mkdtemp(join(tmpdir(), 'quittance-diff-'))
  const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' }, guard: postgresGuard })
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
