import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { DEFAULT_SCHEMA, searchPath } from '../../src/platform/postgres/database-schema.js'
import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded/server.js'
import { migrate } from '../../src/platform/postgres/migrations.js'
import { SERVER_ROLE } from './database.js'
import { startPgBouncer } from './pgbouncer.js'
import { grantServerRole } from './server-role.js'

declare module 'vitest' {
  interface ProvidedContext {
    databaseSocket: string
    databaseUser: string
    templateDatabase: string
    /** The folder of PgBouncer's socket, if the servers of this run use it. */
    poolerSocket: string | undefined
  }
}

const TEMPLATE = 'quittance_template'
/** Fewer than the pool of a server, so that its connections share them. */
const POOLED_CONNECTIONS = 4

/** Starts one PostgreSQL for the test run, with a migrated template that each test file clones. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'quittance-test-'))
  const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off', max_connections: '300' } })
  const { host, user } = postgres.connection
  const admin = new pg.Client(postgres.connection)
  await admin.connect()
  await admin.query(`CREATE DATABASE ${TEMPLATE}`)
  await admin.query(`CREATE ROLE ${SERVER_ROLE} LOGIN`)
  if (process.env.TEST_POOLER) {
    for (const role of [user, SERVER_ROLE]) await admin.query(`ALTER ROLE ${role} SET search_path = ${searchPath(DEFAULT_SCHEMA)}`)
  }
  await admin.end()
  await migrate({ ...postgres.connection, database: TEMPLATE })
  await grantServerRole({ ...postgres.connection, database: TEMPLATE }, DEFAULT_SCHEMA)
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
