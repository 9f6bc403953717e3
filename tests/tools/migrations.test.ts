import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const run = promisify(execFile)
const NO_TRANSACTION = '-- quittance: no transaction\n'
const NEW = 'CREATE TABLE fresh (id int);'

/** Per rule: the SQL of migrations that violate it, and of those that do not. An array is a sequence of migrations. */
const CASES: Record<string, { refused: (string | string[])[]; accepted: (string | string[])[] }> = {
  'index-without-concurrently': {
    refused: ['CREATE INDEX a ON orders (id)', 'CREATE UNIQUE INDEX "a" ON "orders"("id");'],
    accepted: [`${NEW} CREATE INDEX a ON fresh (id)`, `${NO_TRANSACTION}CREATE INDEX CONCURRENTLY IF NOT EXISTS "a" ON "orders" ("id");`],
  },
  'constraint-without-not-valid': {
    refused: [
      'ALTER TABLE orders ADD CONSTRAINT a FOREIGN KEY (b) REFERENCES users (id)',
      'ALTER TABLE orders ADD CONSTRAINT a CHECK (b > 0)',
      'ALTER TABLE orders ADD COLUMN b int REFERENCES users (id)',
    ],
    accepted: [
      'ALTER TABLE orders ADD CONSTRAINT a FOREIGN KEY (b) REFERENCES users (id) NOT VALID',
      ['ALTER TABLE orders ADD CONSTRAINT a CHECK (b > 0) NOT VALID', 'ALTER TABLE orders VALIDATE CONSTRAINT a'],
      `${NEW} ALTER TABLE fresh ADD CONSTRAINT a CHECK (id > 0)`,
    ],
  },
  'constraint-builds-index': {
    refused: ['ALTER TABLE orders ADD CONSTRAINT a UNIQUE (b)', 'ALTER TABLE orders ADD COLUMN b int UNIQUE'],
    accepted: ['ALTER TABLE orders ADD CONSTRAINT a UNIQUE USING INDEX b', `${NEW} ALTER TABLE fresh ADD PRIMARY KEY (id)`],
  },
  'validation-in-same-transaction': {
    refused: ['ALTER TABLE orders ADD CONSTRAINT a CHECK (b > 0) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT a'],
    accepted: [['ALTER TABLE orders ADD CONSTRAINT a CHECK (b > 0) NOT VALID', 'ALTER TABLE orders VALIDATE CONSTRAINT a']],
  },
  'set-not-null': {
    refused: [
      'ALTER TABLE orders ALTER COLUMN b SET NOT NULL',
      ['ALTER TABLE orders ADD CONSTRAINT a CHECK (b IS NOT NULL) NOT VALID', 'ALTER TABLE orders ALTER COLUMN b SET NOT NULL'],
    ],
    accepted: [
      [
        'ALTER TABLE orders ADD CONSTRAINT a CHECK (b IS NOT NULL) NOT VALID',
        'ALTER TABLE orders VALIDATE CONSTRAINT a; ALTER TABLE orders ALTER COLUMN b SET NOT NULL',
      ],
      `${NEW} ALTER TABLE fresh ALTER COLUMN id SET NOT NULL`,
    ],
  },
  'column-type-change': {
    refused: ['ALTER TABLE orders ALTER COLUMN b TYPE bigint'],
    accepted: ['ALTER TABLE orders ADD COLUMN c bigint'],
  },
  'column-rewrites-table': {
    refused: [
      'ALTER TABLE orders ADD COLUMN b uuid DEFAULT gen_random_uuid()',
      "ALTER TABLE orders ADD COLUMN b timestamptz DEFAULT (clock_timestamp() + interval '1 day')",
      'ALTER TABLE orders ADD COLUMN b bigserial',
      'ALTER TABLE orders ADD COLUMN b int GENERATED ALWAYS AS (id + 1) STORED',
    ],
    accepted: [
      'ALTER TABLE orders ADD COLUMN b timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP',
      "ALTER TABLE orders ADD COLUMN b text DEFAULT 'none', ADD COLUMN c timestamptz DEFAULT now()",
    ],
  },
  'not-null-column-without-default': {
    refused: ['ALTER TABLE orders ADD COLUMN b int NOT NULL'],
    accepted: ['ALTER TABLE orders ADD COLUMN b int NOT NULL DEFAULT 0', 'ALTER TABLE orders ADD COLUMN b int'],
  },
  'drop-column': {
    refused: ['ALTER TABLE orders DROP COLUMN b'],
    accepted: ['-- quittance: allow drop-column: 0.3 does not use it\nALTER TABLE orders DROP COLUMN b'],
  },
  'drop-table': {
    refused: ['DROP TABLE orders'],
    accepted: ['-- quittance: allow drop-table: 0.3 does not use it\nDROP TABLE orders', 'DROP INDEX a'],
  },
  rename: {
    refused: ['ALTER TABLE orders RENAME TO purchases', 'ALTER TABLE orders RENAME COLUMN a TO b', 'ALTER TYPE "PlanType" RENAME TO b'],
    accepted: ['ALTER INDEX a RENAME TO b', 'ALTER TABLE orders RENAME CONSTRAINT a TO b', `${NEW} ALTER TABLE fresh RENAME TO b`],
  },
  'data-change-with-ddl': {
    refused: ['ALTER TABLE orders ADD COLUMN b int; UPDATE orders SET b = 1', 'DELETE FROM orders; DROP INDEX a'],
    accepted: [
      'UPDATE orders SET b = 1',
      `${NEW} UPDATE orders SET b = 1`,
      `${NEW} INSERT INTO fresh VALUES (1); UPDATE fresh SET id = 2; DROP INDEX a`,
    ],
  },
  truncate: { refused: ['TRUNCATE orders'], accepted: ['DELETE FROM orders WHERE id = 1'] },
  'lock-table': { refused: ['LOCK TABLE orders'], accepted: ['SELECT FROM orders LIMIT 1'] },
  'concurrently-in-transaction': {
    refused: [
      'CREATE INDEX CONCURRENTLY IF NOT EXISTS a ON orders (id)',
      'DROP INDEX CONCURRENTLY IF EXISTS a',
      'REINDEX TABLE CONCURRENTLY orders',
    ],
    accepted: [`${NO_TRANSACTION}DROP INDEX CONCURRENTLY IF EXISTS a`],
  },
  'transaction-statement': { refused: ['COMMIT', 'BEGIN; SELECT 1'], accepted: ['SELECT 1'] },
  'unchecked-block': {
    refused: ['DO $$ BEGIN LOCK TABLE orders; END $$'],
    accepted: ['CREATE FUNCTION a() RETURNS void LANGUAGE plpgsql AS $$ BEGIN LOCK TABLE orders; END $$'],
  },
  'no-transaction': {
    refused: [
      `${NO_TRANSACTION}CREATE INDEX CONCURRENTLY "a" ON "orders" ("id")`,
      `${NO_TRANSACTION}CREATE INDEX CONCURRENTLY IF NOT EXISTS a ON orders (id); CREATE INDEX CONCURRENTLY IF NOT EXISTS b ON orders (id)`,
      `${NO_TRANSACTION}UPDATE orders SET b = b + 1`,
    ],
    accepted: [`${NO_TRANSACTION}ALTER TABLE orders VALIDATE CONSTRAINT a`],
  },
}

let folder: string
let problems: string[]
let count = 0

/** Writes migrations that follow each other. Each group uses tables of its own, as state is kept per table. */
async function write(parent: string, label: string, migrations: string | string[], prefix = '9'): Promise<void> {
  count += 1
  for (const [index, sql] of [migrations].flat().entries()) {
    const name = `${prefix}${String(count).padStart(4, '0')}${index}_${label.replaceAll(/\W/g, '_')}`
    await mkdir(join(parent, name))
    await writeFile(join(parent, name, 'migration.sql'), sql.replaceAll(/\borders\b/g, `orders_${count}`))
  }
}

async function check(path: string): Promise<{ code: number; lines: string[] }> {
  const { code, stdout, stderr } = await run(process.execPath, ['scripts/check-migrations.mjs', path]).then(
    (output) => ({ code: 0, ...output }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  )
  return { code, lines: `${stderr}${stdout}`.trim().split('\n') }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'check-migrations-'))
  for (const [rule, { refused, accepted }] of Object.entries(CASES)) {
    for (const [index, sql] of refused.entries()) await write(folder, `${rule}__refused${index}`, sql)
    for (const [index, sql] of accepted.entries()) await write(folder, `${rule}__accepted${index}`, sql)
  }
  problems = (await check(folder)).lines
})
afterAll(() => rm(folder, { recursive: true }))

const problemsOf = (rule: string, group: string) => problems.filter((line) => line.includes(`_${rule.replaceAll(/\W/g, '_')}__${group}/`))

describe.each(Object.entries(CASES))('%s', (rule, { refused, accepted }) => {
  test.each(refused.map((sql, index) => ({ sql, index })))('refuses $sql', ({ index }) => {
    expect(problemsOf(rule, `refused${index}`).filter((line) => line.includes(`(${rule})`))).not.toEqual([])
  })

  test.each(accepted.map((sql, index) => ({ sql, index })))('accepts $sql', ({ index }) => {
    expect(problemsOf(rule, `accepted${index}`)).toEqual([])
  })
})

describe('a message', () => {
  async function checkOne(sql: string, prefix?: string) {
    const single = await mkdtemp(join(tmpdir(), 'check-migrations-'))
    await write(single, 'one', sql, prefix)
    const result = await check(single)
    await rm(single, { recursive: true })
    return result
  }

  test('names the file, the line, the statement, the danger and what to write instead', async () => {
    const { code, lines } = await checkOne('-- für\nSELECT 1;\n\n-- The index.\nCREATE INDEX a\n  ON orders (id);\n')
    expect(code).toBe(1)
    expect(lines[0]).toMatch(
      /_one\/migration\.sql:5: CREATE INDEX a ON orders_\d+ \(id\): blocks every write .* \(index-without-concurrently\)\. Write instead: CREATE INDEX CONCURRENTLY .* Or add "-- quittance: allow index-without-concurrently: <reason>" before it$/,
    )
    expect(lines.at(-1)).toBe('migrations: 1 problems')
  })

  test.each([
    ['a wrong rule', '-- quittance: allow nothing: because\nSELECT 1', /:1: the rule "nothing" does not exist: use one of index-without-/],
    ['a missing reason', '\n-- quittance: allow drop-table\nDROP TABLE a', /:2: the exception from drop-table has no reason/],
    ['an exception that is not needed', '-- quittance: allow drop-table: x\nSELECT 1', /:1: the statement does not violate drop-table/],
    ['SQL that PostgreSQL does not parse', 'CREATE TALE a', /migration\.sql: the parser of PostgreSQL refuses it: syntax error/],
  ])('reports %s', async (_case, sql, message) => {
    expect((await checkOne(sql)).lines.join('\n')).toMatch(message)
  })

  test('accepts an exception of the whole file with a reason', async () => {
    const index = 'CREATE INDEX a ON orders (id);\nCREATE INDEX b ON orders (id);'
    const allow = (text: string) => checkOne(`-- quittance: allow index-without-concurrently in this file${text}\n${index}`)
    expect((await allow(': the server is stopped')).code).toBe(0)
    expect((await allow('')).lines.join('\n')).toMatch(/:1: the exception from index-without-concurrently has no reason/)
  })

  test('is not printed for a released migration', async () => {
    expect(await checkOne('DROP TABLE orders', '20261121')).toEqual({ code: 0, lines: ['migrations: 0 problems'] })
  })
})

test('accepts the migrations as they are checked in', async () => {
  expect(await check('prisma/migrations')).toEqual({ code: 0, lines: ['migrations: 0 problems'] })
})
