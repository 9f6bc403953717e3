import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

/** The role of servers in tests. It may not change the tables, nor what is issued. */
export const SERVER_ROLE = 'quittance_server'

/** The databases of this test file. */
const databases = new Set<string>()
const clones = new Set<string>()

/** Creates a database by cloning the migrated template. @returns the connection of its owner */
export async function cloneDatabase(): Promise<pg.PoolConfig> {
  const connection = await createDatabase(inject('templateDatabase'))
  clones.add(String(connection.database))
  return connection
}

/** Returns the connection of a server: as the server's role, if the database has its privileges. */
export function serverConnection(owner: pg.PoolConfig): pg.PoolConfig {
  return clones.has(String(owner.database)) ? { ...owner, user: SERVER_ROLE } : owner
}

/** Creates a database without tables. */
export function createEmptyDatabase(): Promise<pg.PoolConfig> {
  return createDatabase('template1')
}

async function createDatabase(template: string): Promise<pg.PoolConfig> {
  const database = `test_${randomUUID().replaceAll('-', '')}`
  await administer((admin) => withRetry(() => admin.query(`CREATE DATABASE ${database} TEMPLATE ${template} STRATEGY FILE_COPY`)))
  databases.add(database)
  return { ...ownerConnection(), database }
}

/** Drops the databases of this test file, also those that a failed test is still connected to. */
export async function dropDatabases(): Promise<void> {
  if (databases.size === 0) return
  await administer(async (admin) => {
    for (const database of databases) await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
  })
  databases.clear()
}

function ownerConnection(): pg.PoolConfig {
  return { host: inject('databaseSocket'), user: inject('databaseUser') }
}

async function administer(work: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client({ ...ownerConnection(), database: 'postgres' })
  await admin.connect()
  try {
    await work(admin)
  } finally {
    await admin.end()
  }
}

/**
 * Retries, because PostgreSQL refuses to clone a template while another client
 * is connected to it or clones it.
 */
async function withRetry(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work()
      return
    } catch (error) {
      const busy = (error as { code?: string }).code === '55006'
      if (!busy || attempt === 100) throw error
      await new Promise((done) => setTimeout(done, 50))
    }
  }
}

/** The database as a value of DATABASE_URL, for other processes. */
export function databaseUrl({ host, port, user, database }: pg.PoolConfig): string {
  return `postgresql://${user}@localhost${port ? `:${port}` : ''}/${database}?host=${encodeURIComponent(String(host))}`
}
