// Runs Prisma's schema engine as WebAssembly from npm. The command line of Prisma would download a binary
// instead. Only `npm run db:diff` uses it, to write a migration. The server applies migrations without it.
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import pg from 'pg'

const ENGINE = '@prisma/schema-engine-wasm/schema_engine_bg'
const ALL_TABLES = { externalTables: [], externalEnums: [] }
/** Type ids of PostgreSQL's catalog. */
const INTERNAL_CHAR = 18
const TEXT = 25

/**
 * Compares migrations with a schema.
 * @param connection  of a server on which a shadow database may be created
 * @param migrations  `{ path, sql }` in the order in which they are applied
 * @param schema      the text of schema.prisma
 * @returns the SQL from the migrations to the schema; empty when they agree
 */
export async function diffMigrations(connection, migrations, schema) {
  const { SchemaEngine } = await loadEngine()
  const pools = []
  const adapters = {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => connect(connection, pools),
    connectToShadowDb: () => connectToShadowDatabase(connection, pools),
  }
  const factory = bindMigrationAwareSqlAdapterFactory(adapters)
  const engine = await SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => undefined, factory)
  try {
    const { stdout } = await engine.diff({
      from: { tag: 'migrations', ...migrationList(migrations) },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }] },
      script: true,
      exitCode: null,
      filters: ALL_TABLES,
    })
    return stdout && !stdout.includes('This is an empty migration') ? stdout : ''
  } finally {
    engine.free()
    await Promise.all(pools.map((pool) => (pool.ended ? undefined : pool.end())))
  }
}

function migrationList(migrations) {
  return {
    baseDir: 'prisma/migrations',
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ path, sql }) => ({
      path,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  }
}

/**
 * The adapter's own `executeScript` splits a script at every semicolon, even within comments and functions;
 * PostgreSQL accepts it as a whole.
 */
async function connect(connection, pools) {
  const pool = new CatalogPool({ ...connection, max: 2 })
  pools.push(pool)
  const adapter = await new PrismaPg(pool).connect()
  const queryRaw = adapter.queryRaw.bind(adapter)
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query)
    for (const column of pool.internalChars.get(result.rows) ?? []) result.columnTypes[column] = ColumnTypeEnum.Character
    return result
  }
  adapter.executeScript = async (script) => {
    await pool.query(script)
  }
  adapter.dispose = () => pool.end()
  return adapter
}

/** The adapter's own version drops the database while its connections are open, which PostgreSQL refuses. */
async function connectToShadowDatabase(connection, pools) {
  const database = `shadow_${randomUUID()}`
  const admin = new pg.Client(connection)
  await admin.connect()
  await admin.query(`CREATE DATABASE "${database}"`)
  const shadow = await connect({ ...connection, database }, pools)
  const close = shadow.dispose
  shadow.dispose = async () => {
    await close()
    await admin.query(`DROP DATABASE "${database}"`)
    await admin.end()
  }
  return shadow
}

/**
 * The engine reads one-byte "char" columns of PostgreSQL's catalog, which the adapter refuses. They pass it
 * as text, and `internalChars` maps the rows of a result to the columns that have this type.
 */
class CatalogPool extends pg.Pool {
  internalChars = new WeakMap()

  async query(...parameters) {
    const results = await super.query(...parameters)
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

async function loadEngine() {
  const bindings = await import(ENGINE)
  const file = createRequire(import.meta.url)
    .resolve(ENGINE)
    .replace(/\.js$/, '.wasm')
  const { instance } = await WebAssembly.instantiate(await readFile(file), { './schema_engine_bg.js': bindings })
  bindings.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  return bindings
}
