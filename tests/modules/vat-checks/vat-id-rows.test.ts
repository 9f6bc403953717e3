import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { isInEuropeanUnion, normalizeVatId, parseVatId } from '../../../src/core/vat-id.js'
import { findVatIdCheck } from '../../../src/modules/vat-checks/index.js'
import { listDueCustomers } from '../../../src/modules/vat-checks/vat-check.queries.js'
import { listSequentialScans, recordStatements } from '../../support/recorded-statements.js'
import { startServer, type TestServer } from '../../support/server.js'
import { GERMAN_SELLER } from '../../support/vies.js'

const DATA_MIGRATION = new URL('../../../prisma/migrations/20261129100100_vat_ids_data/migration.sql', import.meta.url)
const FRENCH = 'FR83404833048'
const AUSTRIAN = 'ATU13585627'
const AT = new Date('2026-05-01T10:00:00.000Z')

let server: TestServer

beforeAll(async () => {
  server = await startServer({ environment: GERMAN_SELLER })
  await server.services.db.user.createMany({ data: ['1', '2', '3', '4'].map((id) => ({ id })) })
})
beforeEach(async () => {
  await server.owner.query('DELETE FROM vat_ids; DELETE FROM billing_details')
})
afterAll(() => server.close())

const follow = (userId: string) =>
  server.owner.query('SELECT follow_vat_id(billing_details) FROM billing_details WHERE user_id = $1', [userId])
const insert = async (userId: string, taxId: string | null) => {
  await server.services.db.billingDetails.create({ data: { userId, name: 'Engines', country: 'FR', taxId, updatedAt: AT } })
  await follow(userId)
}
const update = async (userId: string, data: object) => {
  await server.services.db.billingDetails.update({ where: { userId }, data })
  await follow(userId)
}
const rows = () =>
  server.services.db.vatId.findMany({ orderBy: { id: 'asc' }, select: { userId: true, vatId: true, status: true, nextCheckAt: true } })

test('a row follows the VAT id in the billing details', async () => {
  await insert('1', FRENCH)
  const first = { userId: '1', vatId: FRENCH, status: 'PENDING', nextCheckAt: AT }
  expect(await rows()).toEqual([first])
  const later = new Date('2026-05-02T10:00:00.000Z')
  await update('1', { taxId: 'fr 83.404.833.048', name: 'Other', updatedAt: later })
  expect(await rows()).toEqual([first])
  await update('1', { taxId: AUSTRIAN, updatedAt: later })
  expect(await rows()).toEqual([{ ...first, vatId: AUSTRIAN, nextCheckAt: later }])
  await update('1', { taxId: null })
  expect(await rows()).toEqual([])
})

test('the prefixes in the database are those of the member states', async () => {
  const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index))
  const prefixes = letters.flatMap((first) => letters.map((second) => first + second))
  const { rows: found } = await server.owner.query(
    "SELECT prefix FROM unnest($1::text[]) AS prefix WHERE european_vat_id(prefix || '1') IS NOT NULL ORDER BY prefix",
    [prefixes],
  )
  const expected = prefixes.filter((prefix) => isInEuropeanUnion(prefix) && prefix !== 'GR')
  expect(found.map(({ prefix }) => prefix)).toEqual([...expected, 'EL'].sort())
})

test('the database removes the same separators as the server', async () => {
  const codes = Array.from({ length: 0xd7ff }, (_, index) => index + 1).filter((code) => /[\s.\-/]/.test(String.fromCharCode(code)))
  expect(codes.length).toBeGreaterThan(20)
  for (const separator of [...codes.map((code) => String.fromCharCode(code)), '\ufeff', '_', ',']) {
    const taxId = `de${separator}136695976`
    const { rows: found } = await server.owner.query('SELECT european_vat_id($1) AS id', [taxId])
    expect(found[0].id, JSON.stringify(separator)).toBe(normalizeVatId(taxId))
  }
  expect(parseVatId('DE\u00a0136695976')).toEqual({ prefix: 'DE', number: '136695976' })
})

test('the migration fills the table from existing details, and can be repeated', async () => {
  await insert('1', FRENCH)
  await insert('2', '12/345/67890')
  await insert('3', null)
  await insert('4', 'at u13585627')
  await server.owner.query('DELETE FROM vat_ids')
  const migration = await readFile(DATA_MIGRATION, 'utf8')
  for (let run = 0; run < 2; run += 1) {
    await server.owner.query(migration)
    expect((await rows()).map(({ userId, vatId, status }) => [userId, vatId, status])).toEqual([
      ['1', FRENCH, 'PENDING'],
      ['4', AUSTRIAN, 'PENDING'],
    ])
  }
})

test('stored checks are never changed or removed', async () => {
  await insert('1', FRENCH)
  await server.runTask('checkVatId', { userId: '1', organisationId: null })
  server.clock.set('2026-05-01T10:00:00.000Z')
  expect(await server.services.db.vatCheck.count()).toBe(1)
  for (const statement of ["UPDATE vat_checks SET result = 'INVALID'", 'DELETE FROM vat_checks', 'TRUNCATE vat_checks CASCADE']) {
    await expect(server.owner.query(statement)).rejects.toThrow('checks of VAT ids are never changed or removed')
  }
  await expect(server.connections.pool.query("UPDATE vat_checks SET result = 'INVALID'")).rejects.toThrow('permission denied')
})

test.each([
  ["result = 'VALID', error = 'x'", 'vat_checks_unavailable_has_an_error'],
  ["result = 'UNAVAILABLE', error = NULL", 'vat_checks_unavailable_has_an_error'],
  ["result = 'UNAVAILABLE', error = 'x', consultation_number = '1'", 'vat_checks_unavailable_confirms_nothing'],
  ["result = 'VALID', organisation_id = '1'", 'vat_checks_one_customer'],
  ["result = 'MAYBE'", 'vat_checks_result_is_known'],
])('refuses a check with %s', async (assignments, constraint) => {
  const values = new Map([
    ['user_id', "'1'"],
    ['vat_id', "'X'"],
    ['checked_at', 'now()'],
  ])
  for (const assignment of assignments.split(', ')) {
    const [column = '', value = ''] = assignment.split(' = ')
    values.set(column, value)
  }
  const statement = `INSERT INTO vat_checks (${[...values.keys()]}) VALUES (${[...values.values()]})`
  await expect(server.owner.query(statement)).rejects.toThrow(constraint)
})

test('every read uses an index', async () => {
  const client = new pg.Client(server.database)
  await client.connect()
  await client.query('SET search_path = public, graphile_worker')
  await client.query(`
    INSERT INTO users (id) SELECT 'many' || n FROM generate_series(1, 20000) AS n;
    INSERT INTO vat_checks (user_id, vat_id, result, checked_at)
      SELECT 'many' || n, '${FRENCH}', 'VALID', now() FROM generate_series(1, 20000) AS n;
    INSERT INTO vat_ids (user_id, vat_id, status, check_id, status_at, next_check_at)
      SELECT user_id, vat_id, result, id, checked_at, '2026-06-01'::timestamptz + id * interval '1 minute' FROM vat_checks
      WHERE user_id LIKE 'many%'`)
  await client.query('VACUUM ANALYZE')
  const { db } = server.services
  const statements = await recordStatements(async () => {
    await listDueCustomers(db, AT, 60)
    await findVatIdCheck(db, { userId: 'many7', organisationId: null }, FRENCH)
    await findVatIdCheck(db, { userId: '', organisationId: 'nobody' }, FRENCH)
    await server.runTask('checkVatId', { userId: 'many7', organisationId: null })
    await server.ask('admin', '{ vatIdChecks(first: 20) { nodes { status } } }')
    await server.ask('admin', '{ vatIdChecks(first: 20, status: [PENDING, INVALID]) { nodes { status } } }')
    await server.ask('admin', '{ users(first: 5) { nodes { billingDetails { vatIdCheck { status } } } } }')
  })
  const read = statements.filter(({ text }) => /vat_/.test(text))
  expect(read.length).toBeGreaterThan(7)
  for (const statement of read) {
    const scans = (await listSequentialScans(client, statement)).filter((table) => /^vat_/.test(table))
    expect(scans, statement.text).toEqual([])
  }
  await client.end()
})
