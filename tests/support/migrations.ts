import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { MIGRATIONS_FOLDER } from '../../src/platform/postgres/migration-files.js'
import { migrate } from '../../src/platform/postgres/migrations.js'
import { createEmptyDatabase } from './database.js'

export interface EmptyDatabase {
  connection: pg.PoolConfig
  /** A session that can also create locks. */
  client: pg.Client
  query(sql: string, values?: unknown[]): Promise<any[]>
  drop(): Promise<void>
}

/** Creates a database without tables, and opens a session in it. */
export async function openEmptyDatabase(): Promise<EmptyDatabase> {
  const connection = await createEmptyDatabase()
  const client = await openSession(connection)
  return {
    connection,
    client,
    query: async (sql, values) => (await client.query(sql, values)).rows,
    drop: async () => {
      await client.end()
      const admin = await openSession({ ...connection, database: 'postgres' })
      await admin.query(`DROP DATABASE ${connection.database} WITH (FORCE)`)
      await admin.end()
    },
  }
}

export async function openSession(connection: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(connection)
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** Writes a folder of migrations: name to SQL. */
export async function writeMigrations(migrations: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'quittance-migrations-'))
  for (const [name, sql] of Object.entries(migrations)) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'migration.sql'), sql)
  }
  return folder
}

/** Copies migrations of this version into a folder. */
export async function copyMigrations(names: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'quittance-migrations-'))
  for (const name of names) await cp(join(MIGRATIONS_FOLDER, name), join(folder, name), { recursive: true })
  return folder
}

interface HoldPoint {
  /** After the creation of an object, such as `public.orders`. */
  creationOf?: string
  /** Before the history row of a migration. */
  historyOf?: string
}

/** Makes migrations wait within their transaction at a point for as long as a file exists. */
export async function holdMigrationsAt({ creationOf, historyOf }: HoldPoint, client: pg.Client, file: string): Promise<void> {
  const wait = `WHILE (pg_stat_file('${file}', true)).size IS NOT NULL LOOP PERFORM pg_sleep(0.01); END LOOP;`
  await writeFile(file, '')
  await client.query('CREATE SCHEMA hold')
  if (creationOf) {
    await client.query(`
      CREATE FUNCTION hold.wait() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
        IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = '${creationOf}') THEN ${wait} END IF;
      END $$;
      CREATE EVENT TRIGGER hold ON ddl_command_end EXECUTE FUNCTION hold.wait()`)
  }
  if (historyOf) {
    await client.query(`
      CREATE FUNCTION hold.wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${wait} RETURN NEW; END $$;
      CREATE TRIGGER hold BEFORE INSERT ON _prisma_migrations FOR EACH ROW
        WHEN (NEW.migration_name = '${historyOf}') EXECUTE FUNCTION hold.wait()`)
  }
}

/** Whether a migration waits because of `holdMigrationsAt`. */
export async function isHeld(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT FROM pg_stat_activity WHERE application_name = 'quittance migrations' AND wait_event = 'PgSleep' AND datname = current_database()`,
  )
  return rows.length > 0
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 6000; attempt += 1) {
    if (await condition()) return
    await new Promise((done) => setTimeout(done, 10))
  }
  throw new Error('the condition was not met in time')
}

/** The tables, columns, indexes, constraints, functions and triggers of the schema "public", in one string. */
export async function describeSchema({ query }: Pick<EmptyDatabase, 'query'>): Promise<string> {
  const [row] = await query(`
    SELECT string_agg(line, E'\\n' ORDER BY line COLLATE "C") AS schema FROM (
      SELECT concat_ws(' ', 'column', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull) AS line
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
      UNION ALL SELECT pg_get_indexdef(indexrelid) || ' ' || indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE relnamespace = 'public'::regnamespace
      UNION ALL SELECT concat_ws(' ', 'constraint', conname, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
      UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      UNION ALL SELECT pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal AND tgname <> 'hold'
    ) AS lines`)
  return row.schema
}

/** The schema of a new database with all migrations of this version. */
export async function schemaOfNewDatabase(): Promise<string> {
  const reference = await openEmptyDatabase()
  await migrate(reference.connection)
  const schema = await describeSchema(reference)
  await reference.drop()
  return schema
}
