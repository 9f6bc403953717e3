import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cloneDatabase, databaseUrl } from '../support/database.js'
import { QUITTANCE, replaceInFileSystem, runFirst, runProgram, startProgram } from './program.js'

const SECRET = 'a secret that only this test knows, long enough'
const LINK_SECRET = 'another secret for links, which is long enough'
const API_KEY = 'key of a store that only this test knows'
const WEBHOOK_SECRET = 'signing secret of the webhook'
const SELLER = {
  INVOICE_ISSUED_FROM_NAME: 'Hosting Ltd',
  INVOICE_ISSUED_FROM_ADDRESS: '1 Street',
  INVOICE_ISSUED_FROM_CITY: 'Dublin',
  INVOICE_ISSUED_FROM_COUNTRY: 'IE',
  INVOICE_ISSUED_FROM_TAX_ID: 'IE1234567WH',
}

let folder: string
let connection: pg.PoolConfig
let store: Server
let storeStatus = 200
let storeRequest: { url: string | undefined; authorization: string | undefined } | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quittance-doctor-'))
  connection = await cloneDatabase()
  store = createServer(({ url, headers }, response) => {
    storeRequest = { url, authorization: headers.authorization }
    response.writeHead(storeStatus, { 'content-type': 'application/vnd.api+json' }).end('{"data":{}}')
  })
  await new Promise<void>((done) => store.listen(0, '127.0.0.1', done))
})
afterAll(async () => {
  store.close()
  await rm(folder, { recursive: true, force: true })
})

/** The environment of a complete production configuration. */
function production(changes: Record<string, string> = {}): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl(connection),
    DATA_DIR: folder,
    AUTH_JWT_SECRET: SECRET,
    INVOICE_LINK_SECRET: LINK_SECRET,
    PUBLIC_URL: 'https://billing.example.com',
    WORKERS: '1',
    LEMONSQUEEZY_API_KEY: API_KEY,
    LEMONSQUEEZY_STORE_ID: '7',
    LEMONSQUEEZY_WEBHOOK_SECRET: WEBHOOK_SECRET,
    LEMONSQUEEZY_API_URL: `http://127.0.0.1:${(store.address() as AddressInfo).port}`,
    ...SELLER,
    ...changes,
  }
}

async function doctor(environment: Record<string, string>) {
  const program = runProgram(QUITTANCE, environment, ['doctor'])
  const code = await program.exit
  const output = program.output()
  for (const secret of [SECRET, LINK_SECRET, API_KEY, WEBHOOK_SECRET, 'hidden']) expect(output).not.toContain(secret)
  const findings = output
    .trimEnd()
    .split('\n')
    .map((line) => /^(ok|warning|problem) +(\S+(?: \S+)?) {2,}(\S.*)$/.exec(line) ?? ['', 'unexpected', line, ''])
  return { code, output, findings: Object.fromEntries(findings.map(([, level, check, text]) => [check, [level, text]])) }
}

describe('quittance doctor', () => {
  test('finds nothing wrong with a complete configuration', async () => {
    const db = new pg.Client(connection)
    await db.connect()
    await db.query(`INSERT INTO plans (slug, name, type, price, currency, is_default, created_at, updated_at)
      VALUES ('free', 'Free', 'FREE', 0, 'USD', true, now(), now())`)
    await db.end()
    const { code, findings } = await doctor(production())
    expect(findings).toEqual({
      configuration: ['ok', 'production rules apply because DATABASE_URL is set'],
      secrets: ['ok', 'AUTH_JWT_SECRET, INVOICE_LINK_SECRET, LEMONSQUEEZY_WEBHOOK_SECRET: long enough, and all different'],
      'public URL': ['ok', 'https://billing.example.com'],
      seller: ['ok', 'name, address, country and a tax or registration number are set'],
      'XML invoices': ['ok', 'the seller has all details that FACTUR_X requires'],
      mail: ['ok', 'not configured, so this server sends no mails to customers'],
      disk: ['ok', 'nothing to check, because the database is external'],
      database: ['ok', expect.stringMatching(/^PostgreSQL 18\S* responds$/)],
      connections: ['ok', expect.stringContaining('up to 18 connections')],
      clock: ['ok', expect.stringMatching(/^matches the clock of the database within \d+\.\d s$/)],
      migrations: ['ok', 'all are applied'],
      catalog: ['ok', 'the default plan is set, and the standard tax rates apply'],
      payments: ['ok', 'Lemon Squeezy accepts the key for store 7; the webhook secret is set'],
    })
    expect(storeRequest).toEqual({ url: '/v1/stores/7', authorization: `Bearer ${API_KEY}` })
    expect(code).toBe(0)
  })

  test('warns when invoices could not state their tax in the national currency, or how to pay', async () => {
    const db = new pg.Client(connection)
    await db.connect()
    await db.query(`INSERT INTO plans (slug, name, type, price, currency, created_at, updated_at)
      VALUES ('pro', 'Pro', 'PAID', 1500, 'USD', now(), now())`)
    const byHand = production({ LEMONSQUEEZY_API_KEY: '', LEMONSQUEEZY_STORE_ID: '', LEMONSQUEEZY_WEBHOOK_SECRET: '' })
    const { findings } = await doctor(byHand)
    expect(findings.rates).toEqual(['warning', expect.stringMatching(/^plans are sold in USD, and an exchange rate to EUR .* is missing;/)])
    expect(findings.methods).toEqual(['warning', expect.stringContaining('setPaymentMethods')])
    await db.query(
      `INSERT INTO exchange_rates (day, currency, per_euro, source, updated_at) VALUES (current_date, 'USD', 1.15, 'ECB', now())`,
    )
    await db.query(`INSERT INTO settings (key, value, updated_at) VALUES ('payment.methods', '[{}]', now())`)
    const { findings: later } = await doctor(byHand)
    expect([later.rates, later.methods]).toEqual([undefined, undefined])
    await db.query(`DELETE FROM plans WHERE slug = 'pro'`)
    await db.end()
  })

  test('stops at a configuration that prevents the start', async () => {
    const { code, findings } = await doctor({ DATABASE_URL: 'postgresql://user:hidden@127.0.0.1:1/none' })
    expect(findings).toEqual({ configuration: ['problem', expect.stringContaining('AUTH_JWT_SECRET: production rules apply')] })
    expect(code).toBe(1)
  })

  test.each<[check: string, changes: Record<string, string>, level: string, text: RegExp]>([
    ['secrets', { INVOICE_LINK_SECRET: SECRET }, 'problem', /^AUTH_JWT_SECRET and INVOICE_LINK_SECRET are the same/],
    ['secrets', { METRICS_TOKEN: 'abababababababab' }, 'warning', /^METRICS_TOKEN looks easy to guess/],
    ['variables', { INVOICE_LINK_TTL: '600' }, 'warning', /^INVOICE_LINK_TTL is deprecated .* set INVOICE_LINK_TTL_SECONDS/],
    ['secrets', { AUTH_JWT_FORMER_SECRET: LINK_SECRET }, 'problem', /^AUTH_JWT_PREVIOUS_SECRET and INVOICE_LINK_SECRET are the same/],
    ['public URL', { PUBLIC_URL: '' }, 'problem', /^PUBLIC_URL is not set/],
    ['public URL', { PUBLIC_URL: 'http://localhost:4000' }, 'problem', /only this machine can open/],
    ['public URL', { PUBLIC_URL: 'http://billing.example.com' }, 'problem', /use https/],
    ['seller', { INVOICE_ISSUED_FROM_ADDRESS: '' }, 'problem', /^set INVOICE_ISSUED_FROM_ADDRESS: /],
    ['seller', { INVOICE_ISSUED_FROM_TAX_ID: '' }, 'problem', /^set INVOICE_ISSUED_FROM_TAX_ID or INVOICE_ISSUED_FROM_REGISTRATION_ID: /],
    [
      'seller',
      { INVOICE_ISSUED_FROM_TAX_ID: '', INVOICE_ISSUED_FROM_REGISTRATION_ID: '123456' },
      'ok',
      /tax or registration number are set$/,
    ],
    [
      'configuration',
      { INVOICE_ISSUED_FROM_COUNTRY: 'FR', INVOICE_ISSUED_FROM_REGISTRATION_ID: '732829321' },
      'problem',
      /^INVOICE_ISSUED_FROM_REGISTRATION_ID: must be a SIREN/,
    ],
    ['seller', { INVOICE_ISSUED_FROM_TAX_ID: 'IE1234567WA' }, 'warning', /^INVOICE_ISSUED_FROM_TAX_ID: .* reverse charge never applies/],
    [
      'XML invoices',
      { INVOICE_FORMAT: 'XRECHNUNG' },
      'warning',
      /^INVOICE_FORMAT is XRECHNUNG, .* lacks: contact \(BR-DE-5\); phone .*; e-mail/,
    ],
    ['connections', { DATABASE_POOL_SIZE: '500' }, 'problem', /smaller DATABASE_POOL_SIZE/],
    ['connections', { DATABASE_POOL_SIZE: '200' }, 'warning', /not enough for a second process/],
    ['connections', { WORKERS: '8', DATABASE_POOL_SIZE: '140' }, 'warning', /a server of 8 worker processes uses up to 155 connections/],
    ['payments', { LEMONSQUEEZY_API_URL: 'http://127.0.0.1:1' }, 'problem', /^Lemon Squeezy does not respond/],
    ['database', { DATABASE_URL: 'postgresql://user:hidden@127.0.0.1:1/none' }, 'problem', /ECONNREFUSED/],
  ])('reports %s with %j as %s', async (check, changes, level, text) => {
    const { code, findings } = await doctor(production(changes))
    expect(findings[check]).toEqual([level, expect.stringMatching(text)])
    expect(code).toBe(level === 'problem' ? 1 : 0)
  })

  test.each<[number, RegExp]>([
    [401, /^LEMONSQUEEZY_API_KEY: Lemon Squeezy rejects the key/],
    [404, /^LEMONSQUEEZY_STORE_ID: the key has no access to store 7/],
    [500, /returned HTTP 500/],
  ])('explains a status %d of the payment provider', async (status, text) => {
    storeStatus = status
    const { code, findings } = await doctor(production())
    storeStatus = 200
    expect(findings.payments).toEqual(['problem', expect.stringMatching(text)])
    expect(code).toBe(1)
  })

  test('warns about the sandbox under production rules', async () => {
    const { findings } = await doctor(production({ LEMONSQUEEZY_API_KEY: '', PAYMENT_PROVIDER: 'sandbox' }))
    expect(findings.payments).toEqual(['warning', expect.stringContaining('no real money')])
  })

  test('reports missing migrations', async () => {
    const { database, ...connectionOptions } = await cloneDatabase()
    const admin = new pg.Client({ ...connectionOptions, database: 'postgres' })
    await admin.connect()
    await admin.query(`DROP DATABASE ${database}`)
    await admin.query(`CREATE DATABASE ${database}`)
    await admin.end()
    const { code, findings } = await doctor(production({ DATABASE_URL: databaseUrl({ ...connectionOptions, database }) }))
    expect(findings.migrations).toEqual(['problem', expect.stringMatching(/lacks \d+ migration\(s\): run npx quittance migrate/)])
    expect(code).toBe(1)
  })

  test('changes nothing before the first start of a demo', async () => {
    const dataDir = join(folder, 'demo')
    const { code, findings } = await doctor({ DATA_DIR: dataDir })
    expect(findings).toMatchObject({
      configuration: ['ok', 'demo mode'],
      secrets: ['ok', 'the demo secret in DATA_DIR is used'],
      database: ['ok', `the first start sets up the embedded PostgreSQL in ${dataDir}`],
      disk: [expect.stringMatching(/ok|warning/), expect.stringContaining('MiB are free')],
      payments: ['ok', 'the sandbox, which moves no real money'],
    })
    expect(code).toBe(0)
    expect(await readdir(folder)).toEqual([])
  })

  test('checks the database of a running demo', async () => {
    const dataDir = join(folder, 'running')
    const server = await startProgram({ DATA_DIR: dataDir, DEMO_DATA: 'false' })
    const { code, findings } = await doctor({ DATA_DIR: dataDir })
    expect(findings).toMatchObject({
      migrations: ['ok', 'all are applied'],
      catalog: ['warning', expect.stringMatching(/^missing: default plan .*; tax rates/)],
    })
    expect(code).toBe(0)
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
    server.child.kill('SIGTERM')
    await server.exit
  })

  test.each([
    ['ahead of', 7],
    ['behind', -7],
  ])('warns about a clock %s that of the database', async (_what, hours) => {
    const clock = `const now = Date.now; Date.now = () => now() + ${hours * 3_600_000}`
    const { code, findings } = await doctor({ ...production(), ...runFirst(clock) })
    expect(findings.clock).toEqual([
      'warning',
      expect.stringMatching(/^differs from the clock of the database by 2\d{4}\.\d s: synchronise both machines/),
    ])
    expect(code).toBe(0)
  })

  test.each<[string, number, string, RegExp]>([
    ['full', 0, 'problem', /^DATA_DIR: only 0 MiB are free for .*; free some space$/],
    ['nearly full', 199, 'problem', /^DATA_DIR: only 199 MiB are free for .*; free some space$/],
    ['rather full', 2047, 'warning', /^only 2,047 MiB are free for /],
    ['empty enough', 2048, 'ok', /^2,048 MiB are free for /],
  ])('measures a disk that is %s', async (_what, mebibytes, level, text) => {
    const measurement = replaceInFileSystem('statfs', `async () => ({ bavail: ${mebibytes * 256}, bfree: 1e9, bsize: 4096 })`)
    const { code, findings } = await doctor({ DATA_DIR: join(folder, 'none'), ...runFirst(measurement) })
    expect(findings.disk).toEqual([level, expect.stringMatching(text)])
    expect(code).toBe(level === 'problem' ? 1 : 0)
  })

  // Root may write everywhere, so the system's answer to another user is given.
  test('reports a disk that is not writable', async () => {
    const refusal = "Object.assign(new Error('EACCES: permission denied, access'), { code: 'EACCES' })"
    const { code, findings } = await doctor({
      DATA_DIR: join(folder, 'none'),
      ...runFirst(replaceInFileSystem('access', `async (path, mode) => { if (mode & fs.constants.W_OK) throw ${refusal} }`)),
    })
    expect(findings.disk).toEqual(['problem', `DATA_DIR: ${folder} is not writable; change its owner or mode, or choose another folder`])
    expect(code).toBe(1)
  })

  test('reports that DATA_DIR is a file', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')
    const { code, findings } = await doctor({ DATA_DIR: file })
    expect(findings.disk).toEqual(['problem', expect.stringContaining('is a file')])
    expect(code).toBe(1)
  })
})
