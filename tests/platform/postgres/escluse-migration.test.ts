import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { MIGRATIONS_FOLDER } from '../../../src/platform/postgres/migration-files.js'

const MIGRATION = '20261125210000_escluse_events'

test('renames the source "reference" of events and subscriptions to "escluse"', async () => {
  const connection = { host: inject('databaseSocket'), user: inject('databaseUser') }
  const database = `test_${randomUUID().replaceAll('-', '')}`
  const admin = new pg.Client({ ...connection, database: 'postgres' })
  await admin.connect()
  await admin.query(`CREATE DATABASE ${database}`)
  await admin.end()
  const db = new pg.Client({ ...connection, database })
  await db.connect()
  const names = (await readdir(MIGRATIONS_FOLDER, { withFileTypes: true })).flatMap((entry) => (entry.isDirectory() ? entry.name : []))
  const apply = async (name: string) => db.query(await readFile(join(MIGRATIONS_FOLDER, name, 'migration.sql'), 'utf8'))
  for (const name of names.sort().filter((each) => each < MIGRATION)) await apply(name)

  await db.query(`
    INSERT INTO users (id) VALUES (10), (11);
    INSERT INTO plans (id, slug, name, type, currency, created_at, updated_at) VALUES (1, 'pro', 'Pro', 'PAID', 'USD', now(), now());
    INSERT INTO subscriptions (user_id, plan_id, plan_limits, plan_features, status, anchor, period_number, current_period_start,
      current_period_end, provider, provider_subscription_id, created_at, updated_at)
    SELECT user_id, 1, '{}', '{}', 'ACTIVE', now(), 1, now(), now() + interval '1 month', provider, 'sub_1', now(), now()
    FROM (VALUES (10, 'reference'), (11, 'lemonsqueezy')) AS s (user_id, provider);
    INSERT INTO webhook_events (source, body_hash, name, body, received_at)
    SELECT source, '\\x00', 'x', '{}', now() FROM (VALUES ('reference'), ('lemonsqueezy')) AS e (source)`)
  await apply(MIGRATION)

  const { rows: subscriptions } = await db.query('SELECT provider FROM subscriptions ORDER BY user_id')
  const { rows: events } = await db.query('SELECT source FROM webhook_events ORDER BY source')
  expect(subscriptions).toEqual([{ provider: 'escluse' }, { provider: 'lemonsqueezy' }])
  expect(events).toEqual([{ source: 'escluse' }, { source: 'lemonsqueezy' }])
  await db.end()
})
