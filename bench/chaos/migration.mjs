import { spawn } from 'node:child_process'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { migrate } from '../../dist/platform/postgres/migrations.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MIGRATIONS = join(ROOT, 'prisma/migrations')
const MISSING = 3
const POLL_INTERVAL_MS = 20
const DATABASE = 'killed_migration'
// Not pg_stat_activity, which does not change within a transaction.
const WAITING = "SELECT FROM pg_locks WHERE NOT granted AND relation = '_prisma_migrations'::regclass"

/**
 * Kills a migration that has made its changes and waits to record them, and then starts it again.
 * @returns what is wrong afterwards; none if every migration is applied once
 */
export async function killMigration(connection) {
  await run(connection, `CREATE DATABASE ${DATABASE}`)
  const target = { ...connection, database: DATABASE }
  const names = (await readdir(MIGRATIONS, { withFileTypes: true })).flatMap((entry) => (entry.isDirectory() ? entry.name : [])).sort()
  await applyFirst(target, names.slice(0, -MISSING))
  const blocker = new pg.Client(target)
  await blocker.connect()
  await blocker.query('BEGIN; LOCK TABLE _prisma_migrations IN SHARE MODE')
  const killed = startMigration(target)
  while ((await blocker.query(WAITING)).rowCount === 0) await sleep(POLL_INTERVAL_MS)
  killed.child.kill('SIGKILL')
  await killed.exit
  await blocker.query('ROLLBACK')
  const applied = await readHistory(blocker)
  const again = startMigration(target)
  const code = await again.exit
  const complete = await readHistory(blocker)
  await blocker.end()
  return [
    ...(applied.length === names.length - MISSING ? [] : [`after the kill, ${applied.length} migrations are recorded`]),
    ...(code === 0 ? [] : [`the next start ended with ${code}: ${again.output()}`]),
    ...(complete.join() === names.join() ? [] : [`recorded in the end: ${complete.join(', ')}`]),
  ]
}

async function run(connection, sql) {
  const client = new pg.Client(connection)
  await client.connect()
  await client.query(sql)
  await client.end()
}

async function applyFirst(target, names) {
  const folder = await mkdtemp(join(tmpdir(), 'quittance-migrations-'))
  for (const name of names) await cp(join(MIGRATIONS, name), join(folder, name), { recursive: true })
  await migrate(target, { folder })
  await rm(folder, { recursive: true })
}

async function readHistory(client) {
  const { rows } = await client.query('SELECT migration_name AS name FROM _prisma_migrations ORDER BY name')
  return rows.map(({ name }) => name)
}

function startMigration({ user, database, host }) {
  const env = { PATH: process.env.PATH, DATABASE_URL: `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(host)}` }
  const child = spawn(process.execPath, ['scripts/quittance.mjs', 'migrate'], { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'pipe'] })
  let output = ''
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  return { child, exit: new Promise((done) => child.once('exit', done)), output: () => output }
}
