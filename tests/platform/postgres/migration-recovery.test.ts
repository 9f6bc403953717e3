import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Migration, readMigrations } from '../../../src/platform/postgres/migration-files.js'
import { migrate } from '../../../src/platform/postgres/migrations.js'
import {
  copyMigrations,
  describeSchema,
  type EmptyDatabase,
  openEmptyDatabase,
  schemaOfNewDatabase,
  writeMigrations,
} from '../../support/migrations.js'

const migrations = await readMigrations()
let database: EmptyDatabase
const folders: string[] = []

beforeEach(async () => {
  database = await openEmptyDatabase()
})
afterEach(async () => {
  await database.drop()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

async function fixture(created: Promise<string>): Promise<string> {
  folders.push(await created)
  return created
}

const insertUnfinished = (name: string) =>
  database.query('INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)', [
    randomUUID(),
    'of prisma migrate',
    name,
  ])
const history = (name: string) =>
  database.query(
    `SELECT finished_at IS NOT NULL AS finished, rolled_back_at IS NOT NULL AS "rolledBack"
     FROM _prisma_migrations WHERE migration_name = $1 ORDER BY started_at`,
    [name],
  )

const expected = schemaOfNewDatabase()

/** Later ones have never been applied by `prisma migrate`. */
const LAST_OF_PRISMA = '20261125210000_escluse_events'
const appliedByPrisma = migrations.map(({ name }, index) => ({ name, index })).filter(({ name }) => name <= LAST_OF_PRISMA)

describe.each(appliedByPrisma)('an unfinished row of prisma migrate for $name', ({ name, index }) => {
  beforeEach(async () => {
    const before = migrations.slice(0, index).map((each) => each.name)
    await migrate(database.connection, { folder: await fixture(copyMigrations(before)) })
    await insertUnfinished(name)
  })

  test('is completed if the migration was committed', async () => {
    await database.query(migrations[index]?.sql ?? '')
    await migrate(database.connection)
    expect(await history(name)).toEqual([{ finished: true, rolledBack: false }])
    expect(await describeSchema(database)).toBe(await expected)
    expect(await migrate(database.connection)).toEqual([])
  })

  test('is replaced if the migration was rolled back', async () => {
    await migrate(database.connection)
    expect(await history(name)).toEqual([
      { finished: false, rolledBack: true },
      { finished: true, rolledBack: false },
    ])
    expect(await describeSchema(database)).toBe(await expected)
    expect(await migrate(database.connection)).toEqual([])
  })
})

describe('an unfinished row that the database does not explain', () => {
  test.each<[string, Migration, RegExp]>([
    [
      'if only some objects exist',
      { name: '1_both', sql: 'CREATE TABLE "one" (id int);\nALTER TABLE "present" ADD COLUMN "two" int;' },
      /1_both has an unfinished row .* one exist and present\.two do not\. .* rolled_back_at/,
    ],
    [
      'if the migration creates nothing',
      { name: '1_data', sql: 'UPDATE "present" SET id = 2;' },
      /1_data .* it creates no table, index or column/,
    ],
  ])('stops the start with what to do %s', async (_case, { name, sql }, message) => {
    await migrate(database.connection, { folder: await fixture(writeMigrations({ '0_start': 'CREATE TABLE "present" (id int)' })) })
    await database.query('CREATE TABLE one (id int)')
    await insertUnfinished(name)
    const folder = await fixture(writeMigrations({ '0_start': '', [name]: sql }))
    await expect(migrate(database.connection, { folder })).rejects.toThrow(message)
    expect(await history(name)).toEqual([{ finished: false, rolledBack: false }])
  })
})
