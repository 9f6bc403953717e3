import pg from 'pg'
import { expect, test } from 'vitest'
import { parseDatabaseConfig } from '../../../src/config/config.js'
import { databaseAccess } from '../../../src/platform/postgres/database-access.js'
import { cloneDatabase, databaseUrl } from '../../support/database.js'

const LIMITS = ['lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout']

async function limitsOf(options: pg.ClientConfig): Promise<number[]> {
  const client = new pg.Client(options)
  await client.connect()
  const { rows } = await client.query('SELECT name, setting::int FROM pg_settings WHERE name = ANY($1)', [LIMITS])
  await client.end()
  const settings = new Map(rows.map(({ name, setting }) => [name, setting]))
  return LIMITS.map((name) => settings.get(name))
}

function settings(environment: Record<string, string>) {
  return parseDatabaseConfig(environment).database
}

test('limits every session of the pool, of jobs and of LISTEN, and of migrations except their statements', async () => {
  const { pool, direct, migrations } = databaseAccess(settings({}), await cloneDatabase())
  expect(await limitsOf(pool.options)).toEqual([30_000, 60_000, 10_000])
  expect(await limitsOf(direct)).toEqual([30_000, 60_000, 10_000])
  expect(await limitsOf(migrations)).toEqual([30_000, 0, 10_000])
})

test('takes the limits from the environment', async () => {
  const environment = {
    DATABASE_URL: databaseUrl(await cloneDatabase()),
    DATABASE_LOCK_TIMEOUT_MS: '2000',
    DATABASE_STATEMENT_TIMEOUT_MS: '3000',
    DATABASE_IDLE_TRANSACTION_TIMEOUT_MS: '1000',
  }
  expect(await limitsOf(databaseAccess(settings(environment)).pool.options)).toEqual([2000, 3000, 1000])
})

test('lets options of the URL override the limits', async () => {
  const url = `${databaseUrl(await cloneDatabase())}&options=${encodeURIComponent('-c lock_timeout=7000')}`
  expect(await limitsOf(databaseAccess(settings({ DATABASE_URL: url })).pool.options)).toEqual([7000, 60_000, 10_000])
})

test('sends keepalives in both directions', () => {
  const { direct } = databaseAccess(settings({ DATABASE_KEEPALIVE_SECONDS: '7' }), { host: 'db.example.com' })
  expect(direct).toMatchObject({ keepAlive: true, keepAliveInitialDelayMillis: 7000 })
  expect(direct.options).toContain(
    '-c tcp_keepalives_idle=7 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=5 -c tcp_user_timeout=12000',
  )
})

test('accepts the URLs of libpq with a socket folder and without a host', () => {
  expect(settings({ DATABASE_URL: 'postgresql://billing@/quittance?host=/run/postgresql' }).url).toBeDefined()
  expect(() => settings({ DATABASE_URL: 'mysql://db/quittance' })).toThrow('DATABASE_URL: must be a postgresql:// URL')
  expect(() => settings({ DATABASE_URL: 'postgresql://db:port/quittance' })).toThrow('DATABASE_URL: must be a postgresql:// URL')
})
