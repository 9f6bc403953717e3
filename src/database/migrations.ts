import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm'
import pg from 'pg'
import { StartError } from '../core/errors.js'
import { hasJobTables, migrateJobTables } from './job-tables.js'

const PRISMA_FOLDER = fileURLToPath(new URL('../../prisma/', import.meta.url))
export const MIGRATIONS_FOLDER = join(PRISMA_FOLDER, 'migrations')

const ALL_TABLES = { externalTables: [], externalEnums: [] }

const JOB_TABLES = 'graphile_worker'

/**
 * Applies what is missing, with Prisma's own engine and its own history table; the tables of background work after them.
 * @returns the names of the migrations that were applied now
 */
export async function migrate(connection: pg.PoolConfig): Promise<string[]> {
  const missing = await findMissing(connection)
  if (missing.some((name) => name !== JOB_TABLES)) await applyMigrations(connection)
  if (missing.includes(JOB_TABLES)) await migrateJobTables(connection)
  return missing
}

async function applyMigrations(connection: pg.PoolConfig): Promise<void> {
  const migrationsList = await readMigrations()
  await withEngine(connection, (engine) => engine.applyMigrations({ migrationsList, filters: ALL_TABLES }))
}

/**
 * The SQL that leads from the migrations to schema.prisma; empty when there is nothing to do.
 * Needs a server on which a shadow database may be created.
 */
export async function diffMigrations(connection: pg.PoolConfig): Promise<string> {
  const [list, content] = await Promise.all([readMigrations(), readSchema()])
  return withEngine(connection, async (engine) => {
    const { stdout } = await engine.diff({
      from: { tag: 'migrations', ...list },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content }] },
      script: true,
      exitCode: null,
      filters: ALL_TABLES,
    })
    return stdout && !stdout.includes('This is an empty migration') ? stdout : ''
  })
}

/** A shortcut for ordinary starts: the engine is only loaded when some migration is missing. */
async function findMissing(connection: pg.PoolConfig): Promise<string[]> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    return await missingMigrations(client)
  } finally {
    await client.end()
  }
}

/** @throws StartError when the database lacks migrations that this version needs */
export async function requireMigrated(database: Pick<pg.Pool, 'query'>): Promise<void> {
  const missing = await missingMigrations(database)
  if (missing.length > 0) {
    throw new StartError(`DATABASE_URL: the database lacks ${missing.length} migration(s): run npm run db:migrate first`)
  }
}

async function missingMigrations(database: Pick<pg.Pool, 'query'>): Promise<string[]> {
  const { rows: tables } = await database.query(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS present`)
  const { rows } = tables[0]?.present
    ? await database.query<{ migration_name: string }>(
        'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
      )
    : { rows: [] }
  const applied = new Set(rows.map((row) => row.migration_name))
  const missing = (await migrationNames()).filter((name) => !applied.has(name))
  return (await hasJobTables(database)) ? missing : [...missing, JOB_TABLES]
}

async function migrationNames(): Promise<string[]> {
  const entries = await readdir(MIGRATIONS_FOLDER, { withFileTypes: true })
  return entries.flatMap((entry) => (entry.isDirectory() ? entry.name : [])).sort()
}

async function readMigrations(): Promise<MigrationList> {
  const directories = (await migrationNames()).map(async (path) => {
    const value = await readFile(join(MIGRATIONS_FOLDER, path, 'migration.sql'), 'utf8')
    return { path, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } }
  })
  return {
    baseDir: MIGRATIONS_FOLDER,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(directories),
  }
}

function readSchema(): Promise<string> {
  return readFile(join(PRISMA_FOLDER, 'schema.prisma'), 'utf8')
}

let lastUse: Promise<unknown> = Promise.resolve()

/** One after the other: engines share one memory in a process, and two at once destroy it. */
function withEngine<T>(connection: pg.PoolConfig, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const use = lastUse.then(() => useEngine(connection, work))
  lastUse = use.catch(() => undefined)
  return use
}

/** Runs the schema engine as the WebAssembly that npm delivers: Prisma's command line would download a binary. */
async function useEngine<T>(connection: pg.PoolConfig, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const { SchemaEngine } = await bindings()
  const pools: pg.Pool[] = []
  const engine = await SchemaEngine.new(
    { datamodels: [['schema.prisma', await readSchema()]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(migrationAdapters(connection, pools)),
  )
  try {
    return await work(engine)
  } finally {
    engine.free()
    await Promise.all(pools.map((pool) => (pool.ended ? undefined : pool.end())))
  }
}

/** @param pools  gets every pool that is opened: the engine does not close its own */
function migrationAdapters(connection: pg.PoolConfig, pools: pg.Pool[]): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => connectForMigrations(connection, pools),
    connectToShadowDb: () => connectToShadowDatabase(connection, pools),
  }
}

/**
 * The adapter's own `executeScript` cuts a script at every semicolon, also within comments and functions;
 * PostgreSQL takes it whole, and then as one transaction.
 */
async function connectForMigrations(connection: pg.PoolConfig, pools: pg.Pool[]): Promise<SqlDriverAdapter> {
  const pool = new CataloguePool({ ...connection, max: 2 })
  pools.push(pool)
  const adapter = await new PrismaPg(pool).connect()
  const queryRaw = adapter.queryRaw.bind(adapter)
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query)
    for (const column of pool.internalChars.get(result.rows) ?? []) {
      result.columnTypes[column] = ColumnTypeEnum.Character
    }
    return result
  }
  adapter.executeScript = async (script) => {
    await pool.query(script)
  }
  adapter.dispose = () => pool.end()
  return adapter
}

/** The adapter's own version drops the database while its connections are open, which PostgreSQL refuses. */
async function connectToShadowDatabase(connection: pg.PoolConfig, pools: pg.Pool[]): Promise<SqlDriverAdapter> {
  const database = `shadow_${randomUUID()}`
  const admin = new pg.Client(connection)
  await admin.connect()
  await admin.query(`CREATE DATABASE "${database}"`)
  const shadow = await connectForMigrations({ ...connection, database }, pools)
  const close = shadow.dispose
  shadow.dispose = async () => {
    await close()
    await admin.query(`DROP DATABASE "${database}"`)
    await admin.end()
  }
  return shadow
}

const INTERNAL_CHAR = 18
const TEXT = 25

/**
 * The engine reads PostgreSQL's catalogue, whose one-byte "char" columns the adapter refuses:
 * they pass it as text, and `internalChars` remembers by their rows which columns they were.
 */
class CataloguePool extends pg.Pool {
  readonly internalChars = new WeakMap<object, number[]>()

  // biome-ignore lint/suspicious/noExplicitAny: the overloads of pg.Pool cannot be spelt in a subclass
  override async query(...parameters: any[]): Promise<any> {
    const query = super.query as (...parameters: unknown[]) => Promise<pg.QueryArrayResult | pg.QueryArrayResult[]>
    const results = await query.apply(this, parameters)
    for (const { fields, rows } of [results].flat()) {
      const chars = fields.filter((field) => field.dataTypeID === INTERNAL_CHAR)
      this.internalChars.set(
        rows,
        chars.map((field) => fields.indexOf(field)),
      )
      for (const field of chars) field.dataTypeID = TEXT
    }
    return results
  }
}

interface Bindings {
  SchemaEngine: typeof SchemaEngine
  __wbg_set_wasm(exports: WebAssembly.Exports): void
}

let loaded: Promise<Bindings> | undefined

/** Once for a process: the bindings hold one instance of the engine's memory. */
function bindings(): Promise<Bindings> {
  loaded ??= loadBindings()
  return loaded
}

async function loadBindings(): Promise<Bindings> {
  const name = '@prisma/schema-engine-wasm/schema_engine_bg'
  const bindings = (await import(name)) as Bindings & WebAssembly.ModuleImports
  const file = createRequire(import.meta.url)
    .resolve(name)
    .replace(/\.js$/, '.wasm')
  const { instance } = await WebAssembly.instantiate(await readFile(file), { './schema_engine_bg.js': bindings })
  bindings.__wbg_set_wasm(instance.exports)
  const start = instance.exports.__wbindgen_start as () => void
  start()
  return bindings
}
