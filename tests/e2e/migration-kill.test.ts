import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readPostmaster } from '../../src/platform/postgres/embedded/postmaster.js'
import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded/server.js'
import { readMigrations } from '../../src/platform/postgres/migration-files.js'
import { migrate } from '../../src/platform/postgres/migrations.js'
import { databaseUrl } from '../support/database.js'
import {
  copyMigrations,
  describeSchema,
  type EmptyDatabase,
  holdMigrationsAt,
  isHeld,
  openEmptyDatabase,
  openSession,
  schemaOfNewDatabase,
  until,
} from '../support/migrations.js'
import { type Program, processesOf, QUITTANCE, runProgram } from './program.js'

/** Creates a type, then columns and tables, then rules by hand. */
const MIGRATION = '20261121163711_payments'
const HOLD_POINTS = [
  { case: 'after the first statement of a migration', at: { creationOf: 'public."RefundStatus"' } },
  { case: 'in the middle of a migration', at: { creationOf: 'public.plan_changes' } },
  { case: 'between a migration and its history row', at: { historyOf: MIGRATION } },
  { case: 'in the middle of the first migration', at: { creationOf: 'public.orders' } },
  { case: 'during the migrations of the job tables', at: { creationOf: 'graphile_worker._private_known_crontabs' } },
]

/** What a frozen process locks, and what it has created in the same transaction. */
const FREEZE_POINTS = [
  { case: 'a migration', at: { historyOf: MIGRATION }, locked: 'public.orders', created: 'public.plan_changes' },
  {
    case: 'the migrations of the job tables',
    at: { creationOf: 'graphile_worker._private_known_crontabs' },
    locked: 'graphile_worker.migrations',
    created: 'graphile_worker._private_known_crontabs',
  },
]

let folder: string
let hold: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quittance-kill-'))
  hold = join(folder, 'hold')
})
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))

describe('npx quittance migrate', () => {
  let database: EmptyDatabase
  beforeEach(async () => {
    database = await openEmptyDatabase()
  })
  afterEach(() => database.drop())

  const run = (environment = {}) => runProgram(QUITTANCE, { DATABASE_URL: databaseUrl(database.connection), ...environment }, ['migrate'])

  test.each(HOLD_POINTS)('continues after kill -9 $case', async ({ at }) => {
    if (at.historyOf) await createHistory()
    await holdMigrationsAt(at, database.client, hold)
    const killed = run()
    await until(() => isHeld(database.client))
    killed.child.kill('SIGKILL')
    await killed.exit
    // PostgreSQL ends the session of the killed process while its statement still waits.
    await until(async () => !(await isHeld(database.client)))
    await rm(hold)

    const next = run()
    expect({ code: await next.exit, output: next.output() }).toEqual({ code: 0, output: expect.stringContaining('graphile_worker') })
    const history = await database.query(
      'SELECT migration_name AS name, finished_at IS NOT NULL AS finished FROM _prisma_migrations ORDER BY 1',
    )
    expect(history).toEqual((await readMigrations()).map(({ name }) => ({ name, finished: true })))
    expect(await describeSchema(database)).toBe(await schemaOfNewDatabase())
    const last = run()
    await last.exit
    expect(last.output()).toBe('nothing to apply: the database is up to date\n')
  })

  test.each(FREEZE_POINTS)('does not block others while it is frozen in $case', async ({ at, locked, created }) => {
    if (at.historyOf) await createHistory()
    await holdMigrationsAt(at, database.client, hold)
    const frozen = run({ DATABASE_IDLE_TRANSACTION_TIMEOUT_MS: '1000' })
    await until(() => isHeld(database.client))
    frozen.child.kill('SIGSTOP')
    // The statement ends, and its transaction waits for the next one of the frozen process.
    await rm(hold)
    await database.query(`SET lock_timeout = '60s'; BEGIN; LOCK TABLE ${locked}`)
    expect(await database.query('SELECT to_regclass($1) AS created', [created])).toEqual([{ created: null }])
    expect(await database.query('SELECT FROM _prisma_migrations WHERE migration_name = $1', [at.historyOf])).toEqual([])
    await database.query('COMMIT')

    frozen.child.kill('SIGCONT')
    expect(await frozen.exit).toBe(1)
    expect(frozen.output()).toMatch(/^migration \w+ .*: terminating connection due to idle-in-transaction timeout.*\n$/)
    const next = run()
    expect({ code: await next.exit, output: next.output() }).toEqual({ code: 0, output: expect.stringContaining('graphile_worker') })
    expect(await describeSchema(database)).toBe(await schemaOfNewDatabase())
  })

  async function createHistory(): Promise<void> {
    const first = await copyMigrations((await readMigrations()).slice(0, 1).map(({ name }) => name))
    await migrate(database.connection, { folder: first })
    await database.query('DROP SCHEMA graphile_worker CASCADE')
    await rm(first, { recursive: true })
  }
})

describe('the first npm start', () => {
  const programs: Program[] = []
  afterEach(async () => {
    for (const { child, exit } of programs.splice(0)) {
      child.kill('SIGTERM')
      await exit
    }
    for (const pid of await processesOf(folder)) process.kill(pid, 'SIGKILL')
  })

  function start(): Program {
    const program = runProgram('dist/bundle/main.js', { PORT: '0', DATA_DIR: folder, DEMO_DATA: 'false' })
    programs.push(program)
    return program
  }

  async function killEverything({ child, exit }: Program): Promise<void> {
    child.kill('SIGKILL')
    await exit
    for (const pid of await processesOf(folder)) process.kill(pid, 'SIGKILL')
    await until(async () => (await processesOf(folder)).length === 0)
  }

  /** Starts the server until it applies migrations, and holds it there. */
  async function startUntilHeld(): Promise<Program> {
    const postgres = await startEmbeddedPostgres({ dataDir: folder })
    const client = await openSession(postgres.connection)
    await holdMigrationsAt({ creationOf: 'public.plan_changes' }, client, hold)
    await client.end()
    await postgres.stop()
    const program = start()
    await until(isStartHeld)
    return program
  }

  async function isStartHeld(): Promise<boolean> {
    const postmaster = await readPostmaster(join(folder, 'postgres'))
    const client = new pg.Client({ host: postmaster?.socket ?? folder, user: 'quittance', database: 'quittance' })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return await isHeld(client)
    } catch {
      return false
    } finally {
      await client.end()
    }
  }

  async function expectNextStart(): Promise<void> {
    await start().until(/Ctrl-C stops it/)
  }

  test('continues after kill -9 of the server while migrations are applied', async () => {
    const program = await startUntilHeld()
    program.child.kill('SIGKILL')
    await program.exit
    await rm(hold)
    await expectNextStart()
  })

  test('continues after kill -9 of the server and of PostgreSQL while migrations are applied', async () => {
    await killEverything(await startUntilHeld())
    await rm(hold)
    await expectNextStart()
  })

  test('stops everything on a second Ctrl-C while migrations are applied, and the next start continues', async () => {
    const program = await startUntilHeld()
    program.child.kill('SIGINT')
    // Two signals within a second count as one.
    await sleep(1200)
    expect(program.child.exitCode).toBeNull()
    program.child.kill('SIGINT')
    expect(await program.exit).toBe(1)
    expect(await processesOf(folder)).toEqual([])
    await rm(hold)
    await expectNextStart()
  })

  test.each([
    ['initdb runs', async () => (await readdir(folder)).some((name) => name.startsWith('initdb-'))],
    ['PostgreSQL starts', () => existsSync(join(folder, 'postgres', 'postmaster.pid'))],
  ])('starts again after kill -9 of everything while %s', async (_case, condition) => {
    const program = start()
    await until(condition)
    await killEverything(program)
    await expectNextStart()
  })
})
