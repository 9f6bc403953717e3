import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cloneDatabase, databaseUrl } from '../support/database.js'
import { ecbFile } from '../support/ecb-files.js'
import { QUITTANCE, runProgram } from './program.js'

let folder: string
let connection: pg.PoolConfig
let database: pg.Pool

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quittance-exchange-rates-'))
  connection = await cloneDatabase()
  database = new pg.Pool({ ...connection, max: 1 })
})
afterAll(async () => {
  await database.end()
  await rm(folder, { recursive: true, force: true })
})

async function importFile(content: string | Buffer) {
  const file = join(folder, 'rates.xml')
  await writeFile(file, content)
  const program = runProgram(QUITTANCE, { DATABASE_URL: databaseUrl(connection) }, ['import-exchange-rates', file])
  return { code: await program.exit, output: program.output().replaceAll(file, 'rates.xml') }
}

const count = async () => (await database.query('SELECT count(*)::int AS count FROM exchange_rates')).rows[0].count

test('imports a history that needs several transactions, with an audit entry for each, and again without a change', async () => {
  const rates = Object.fromEntries(['USD', 'PLN', 'SEK', 'CHF', 'CYP'].map((currency, index) => [currency, `${index + 1}.2345`]))
  const days = Array.from({ length: 6000 }, (_, index) => new Date(Date.UTC(2000, 0, 1 + index)).toISOString().slice(0, 10))
  const file = ecbFile(...days.map((day) => [day, rates] as const))
  const skipped = 'Left out, because the currencies no longer exist: CYP.\n'
  expect(await importFile(file)).toEqual({
    code: 0,
    output: `24000 rates from 2000-01-01 to 2016-06-04: 24000 are new or have changed.\n${skipped}`,
  })
  expect(await count()).toBe(24_000)
  const { rows } = await database.query("SELECT actor, details FROM audit_entries WHERE action = 'importExchangeRates' ORDER BY id")
  const period = { firstDay: '2000-01-01', lastDay: '2016-06-04' }
  expect(rows).toEqual([
    { actor: 'terminal', details: { ...period, rates: 20_000, changed: 20_000 } },
    { actor: 'terminal', details: { ...period, rates: 4000, changed: 4000 } },
  ])
  expect((await importFile(file)).output).toBe(`24000 rates from 2000-01-01 to 2016-06-04: 0 are new or have changed.\n${skipped}`)
})

test.each<[name: string, content: string | Buffer, message: RegExp]>([
  [
    'a wrong rate on the last line',
    ecbFile(['2026-01-02', { USD: '1.1', PLN: '4.3' }], ['2026-01-05', { USD: 'NaN' }]),
    /^rates\.xml: line 13: the rate of USD on 2026-01-05 is "NaN", but must be a decimal above 0 such as 1\.1534; correct or remove it\n$/,
  ],
  ['a ZIP file', Buffer.from('504b0304ff', 'hex'), /^rates\.xml: is not text in UTF-8; unpack it if it is a ZIP file, or download/],
  ['UTF-16', Buffer.from(`\ufeff${ecbFile(['2026-01-02', { USD: '1.1' }])}`, 'utf16le'), /^rates\.xml: is not text in UTF-8/],
  ['an empty file', '', /^rates\.xml: line 1: is not well-formed XML: document must contain a root element; download/],
])('%s exits with 1, prints one line and stores nothing', async (_name, content, message) => {
  const before = await count()
  const { code, output } = await importFile(content)
  expect(code).toBe(1)
  expect(output).toMatch(message)
  expect(output.trimEnd().split('\n')).toHaveLength(1)
  expect(await count()).toBe(before)
})
