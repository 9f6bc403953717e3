import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Prisma } from '../../../src/platform/postgres/generated/client.js'
import { createRawQuery, type RawQuery } from '../../../src/platform/postgres/raw-query.js'
import { readByColumn } from '../../../src/platform/postgres/read-by-column.js'
import { bigint, boolean, char, int, json, nullable, text, timestamp } from '../../../src/platform/postgres/statement.js'
import { cloneDatabase } from '../../support/database.js'

const TYPES = {
  id: bigint,
  parent: nullable(bigint),
  at: timestamp,
  until: nullable(timestamp),
  name: nullable(text),
  currency: char,
  count: int,
  isOpen: boolean,
  details: nullable(json<unknown>()),
}

// The years of `DateTime`, microseconds, and what JSON escapes.
const ROWS = Prisma.sql`
  SELECT * FROM (VALUES
    (3::bigint, NULL::bigint, timestamptz '2026-05-01 12:34:56.789+02', NULL::timestamptz, 'Jürgen "x" \\ / 😀'::text,
      'USD'::bpchar(3), 1::integer, true, '{"a": [1, null, "b\\n"], "__proto__": {"c": 1.5}}'::jsonb),
    (9007199254740991, -9007199254740991, '0001-01-01 00:00:00+00', '9999-12-31 23:59:59.999999+00', E'line\\n\\ttab\\u2028', 'JPY', -5, false, 'null'),
    (1, 0, '1969-12-31 23:59:59.999999+00', '0099-06-01 00:00:00.5+00', '', 'EUR', 0, false, '[]'),
    (2, 7, '2026-03-29 01:30:00+00', '2026-10-25 00:30:00.000001+00', NULL, 'EUR', 7, true, NULL)
  ) AS given (id, parent, at, until, name, currency, count, "isOpen", details)`

let pool: pg.Pool
let rawQuery: RawQuery

beforeAll(async () => {
  pool = new pg.Pool(await cloneDatabase())
  rawQuery = createRawQuery(pool)
})
afterAll(() => pool.end())

test('rows are the same as those that are read one by one, in the same order', async () => {
  for (const order of ['id', 'at DESC', 'count', 'name NULLS FIRST']) {
    const statement = Prisma.sql`${ROWS} ORDER BY ${Prisma.raw(order)}`
    const rows = await rawQuery(statement)
    expect(rows).toHaveLength(4)
    expect(await readByColumn(rawQuery, TYPES)(statement)).toEqual(rows)
  }
})

test('a list without rows is empty', async () => {
  expect(await readByColumn(rawQuery, TYPES)(Prisma.sql`${ROWS} WHERE id < 0`)).toEqual([])
})

test('columns without a type are left out', async () => {
  const rows = await readByColumn(rawQuery, { id: bigint })(Prisma.sql`${ROWS} ORDER BY id`)
  expect(rows).toEqual([{ id: 1n }, { id: 2n }, { id: 3n }, { id: 9_007_199_254_740_991n }])
})

test('numbers that JSON does not represent exactly are exact', async () => {
  const read = readByColumn(rawQuery, { id: bigint })
  for (const id of [9_007_199_254_740_992n, 9_007_199_254_740_993n, -9_007_199_254_740_993n, 9_223_372_036_854_775_807n]) {
    expect(await read(Prisma.sql`SELECT ${id}::bigint AS id UNION ALL SELECT 1`)).toEqual([{ id }, { id: 1n }])
  }
})
