import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readPostmaster } from '../../../../src/platform/postgres/embedded/postmaster.js'
import { startEmbeddedPostgres } from '../../../../src/platform/postgres/embedded/server.js'

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-embedded-'))
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

test('stops the PostgreSQL that it has started when acquiring the lock fails', async () => {
  const first = await startEmbeddedPostgres({ dataDir })
  const client = new pg.Client({ ...first.connection, database: 'postgres' })
  await client.connect()
  await client.query(`CREATE FUNCTION public.pg_try_advisory_lock(key bigint) RETURNS boolean LANGUAGE plpgsql
    AS $$ BEGIN RAISE 'no locks today'; END $$`)
  await client.query('ALTER DATABASE postgres SET search_path = public, pg_catalog')
  await client.end()
  await first.stop()

  await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow('no locks today')
  expect(await readPostmaster(join(dataDir, 'postgres'))).toBeUndefined()
})
