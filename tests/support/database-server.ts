import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded/server.js'
import { migrate } from '../../src/platform/postgres/migrations.js'
import { SERVER_ROLE } from './database.js'
import { startPgBouncer } from './pgbouncer.js'

declare module 'vitest' {
  interface ProvidedContext {
    databaseSocket: string
    databaseUser: string
    templateDatabase: string
    /** The folder of PgBouncer's socket, if the servers of this run use it. */
    poolerSocket: string | undefined
  }
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TEMPLATE = 'quittance_template'
/** Fewer than the pool of a server, so that its connections share them. */
const POOLED_CONNECTIONS = 4

/** Creates the role of the servers, with the privileges that the documentation lists. */
async function createServerRole(connection: pg.ClientConfig): Promise<void> {
  const docs = await readFile(join(ROOT, 'docs/operations.md'), 'utf8')
  const grants = /## Two roles\n[\s\S]*?```sql\n([\s\S]*?)```/.exec(docs)?.[1]
  if (!grants) throw new Error('docs/operations.md lists no privileges')
  const owner = new pg.Client(connection)
  await owner.connect()
  await owner.query(`CREATE ROLE ${SERVER_ROLE} LOGIN`)
  await owner.query(grants)
  await owner.end()
}

/** Starts one PostgreSQL for the test run, with a migrated template that each test file clones. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'quittance-test-'))
  const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off', max_connections: '300' } })
  const { host, user } = postgres.connection
  const admin = new pg.Client(postgres.connection)
  await admin.connect()
  await admin.query(`CREATE DATABASE ${TEMPLATE}`)
  await admin.end()
  await migrate({ ...postgres.connection, database: TEMPLATE })
  await createServerRole({ ...postgres.connection, database: TEMPLATE })
  project.provide('databaseSocket', String(host))
  project.provide('databaseUser', String(user))
  project.provide('templateDatabase', TEMPLATE)
  const pooler = process.env.TEST_POOLER ? await startPgBouncer(String(host), [String(user), SERVER_ROLE], POOLED_CONNECTIONS) : undefined
  project.provide('poolerSocket', pooler?.socket)
  return async () => {
    await pooler?.stop()
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
