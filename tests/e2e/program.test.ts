import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MapperKind, mapSchema } from '@graphql-tools/utils'
import { buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema } from 'graphql'
import pg from 'pg'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { cloneDatabase, databaseUrl } from '../support/database.js'
import { readPdf } from '../support/pdf.js'
import { ask, QUITTANCE, ROOT, type RunningServer, runProgram, startProgram } from './program.js'

let dataDir: string
const running: RunningServer[] = []

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-e2e-'))
})
afterEach(async () => {
  for (const server of running.splice(0)) {
    server.child.kill('SIGTERM')
    await server.exit
  }
  await rm(dataDir, { recursive: true, force: true })
})

const start = async (environment: Record<string, string> = {}) => {
  const server = await startProgram({ DATA_DIR: dataDir, ...environment })
  running.push(server)
  return server
}
const PLACE = 'mutation ($key: String) { placeOrder(input: { planId: 3, replace: true, idempotencyKey: $key }) { order { id } } }'

test('starts on an empty folder with a catalog, users, orders and readable invoices', async () => {
  const server = await start()
  const { data } = await ask(
    server,
    server.customer,
    '{ plans { name } me { name currentPlan { name } } orders { totalCount } invoices { nodes { number pdfUrl } } }',
  )
  expect(data).toMatchObject({
    plans: ['Free', 'Student', 'Starter', 'Pro', 'Enterprise'].map((name) => ({ name })),
    me: { name: 'Ada Lovelace', currentPlan: { name: 'Starter' } },
    orders: { totalCount: 3 },
  })
  const [{ number, pdfUrl }] = data.invoices.nodes
  const { text } = await readPdf(new Uint8Array(await (await fetch(pdfUrl)).arrayBuffer()))
  expect(text).toContain(number)
  expect((await ask(server, server.administrator, '{ allPlans { id } }')).data.allPlans).toHaveLength(5)
})

test('loses nothing acknowledged on kill -9 during writes, and does not load the demo data again', async () => {
  const first = await start()
  const acknowledged: string[] = []
  const writing = Promise.all(
    Array.from({ length: 5 }, async (_, writer) => {
      for (let n = 0; ; n += 1) {
        const response = await ask(first, first.customer, PLACE, { key: `${writer}-${n}` }).catch(() => undefined)
        if (!response?.data) return
        acknowledged.push(response.data.placeOrder.order.id)
        if (acknowledged.length === 25) first.child.kill('SIGKILL')
      }
    }),
  )
  await Promise.all([writing, first.exit])
  const second = await start()
  expect(acknowledged.length).toBeGreaterThanOrEqual(25)
  for (const id of acknowledged) {
    expect((await ask(second, first.customer, 'query ($id: ID!) { order(id: $id) { id } }', { id })).data.order).toEqual({ id })
  }
  const repeated = await ask(second, first.customer, PLACE, { key: '0-0' })
  expect(acknowledged).toContain(repeated.data.placeOrder.order.id)
  expect((await ask(second, second.administrator, '{ allPlans { id } }')).data.allPlans).toHaveLength(5)
})

test('stops a second start on the same folder with a message; the first one keeps running', async () => {
  const first = await start()
  const second = runProgram('dist/bundle/main.js', { PORT: '0', DATA_DIR: dataDir })
  expect(await second.exit).toBe(1)
  expect(second.output()).toMatch(new RegExp(`^DATA_DIR: another Quittance \\(process ${first.child.pid}\\) is running on [^\n]+\n$`))
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200)
})

test('lets only one of two concurrent starts on an empty folder run', async () => {
  const programs = [0, 1].map(() => runProgram('dist/bundle/main.js', { PORT: '0', DATA_DIR: dataDir }))
  const codes = await Promise.all(
    programs.map((program) =>
      Promise.race([
        program.exit,
        program.until(/Ctrl-C stops it/).then(
          () => 'running',
          () => program.exit,
        ),
      ]),
    ),
  )
  expect([...codes].sort()).toEqual([1, 'running'])
  for (const program of programs) program.child.kill('SIGTERM')
  await Promise.all(programs.map((program) => program.exit))
})

test('forwards signals from npm start, so that a supervisor of npm stops it cleanly', async () => {
  const program = runProgram('npm', { PORT: '0', DATA_DIR: dataDir }, ['start'])
  await program.until(/Ctrl-C stops it/)
  program.child.kill('SIGTERM')
  expect(await program.exit).toBe(0)
  expect(await readdir(join(dataDir, 'postgres'))).not.toContain('postmaster.pid')
})

test('serves the schema that is checked in', async () => {
  const { url } = await start()
  const body = JSON.stringify({
    query: getIntrospectionQuery({ specifiedByUrl: true, directiveIsRepeatable: true, inputValueDeprecation: true }),
  })
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  // The file omits the fields for gateways of Apollo Federation.
  const served = mapSchema(buildClientSchema((await response.json()).data), {
    [MapperKind.TYPE]: ({ name }) => (/^_[^_]/.test(name) ? null : undefined),
    [MapperKind.ROOT_FIELD]: (_config, name) => (name.startsWith('_') ? null : undefined),
  })
  const checkedIn = buildSchema(await readFile(join(ROOT, 'schema.graphql'), 'utf8'))
  expect(printSchema(lexicographicSortSchema(served))).toBe(printSchema(lexicographicSortSchema(checkedIn)))
})

test.each(['SIGTERM', 'SIGINT'] as const)('drains requests, stops PostgreSQL and exits with 0 on %s', async (signal) => {
  const server = await start()
  const responses = Array.from({ length: 20 }, (_, index) => ask(server, server.customer, PLACE, { key: `drain-${index}` }))
  await Promise.race(responses)
  server.child.kill(signal)
  const settled = await Promise.allSettled(responses)
  expect(await server.exit).toBe(0)
  for (const response of settled) if (response.status === 'fulfilled') expect(response.value.data ?? response.value.errors).toBeTruthy()
  const restarted = await start()
  const { data } = await ask(restarted, server.customer, '{ orders { totalCount } }')
  const done = settled.filter((response) => response.status === 'fulfilled' && response.value.data).length
  expect(data.orders.totalCount).toBeGreaterThanOrEqual(3 + done)
})

test.each([
  [{ PORT: 'eighty' }, 'PORT: must be a port number'],
  [
    { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' },
    'AUTH_JWT_SECRET: production rules apply because DATABASE_URL is set; set a secret of at least 32 characters, or DEMO=true for a demo',
  ],
  [
    { DEMO: 'true', PORT: '0', DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' },
    'DATABASE_URL: the database cannot be reached: connect ECONNREFUSED 127.0.0.1:1',
  ],
  [
    { PORT: '0', HOST: '203.0.113.9', DEMO: 'false', AUTH_JWT_SECRET: 'x'.repeat(32) },
    'HOST: 203.0.113.9 is not an address of this machine',
  ],
])('stops the start with one line for an invalid value: %j', async (environment, line) => {
  const program = runProgram('dist/bundle/main.js', { DATA_DIR: dataDir, ...(environment as Record<string, string>) })
  expect(await program.exit).toBe(1)
  expect(program.output()).toBe(`${line}\n`)
})

test('requires migrations on DATABASE_URL, which quittance migrate applies and can be repeated', async () => {
  const { host, user, database } = await cloneDatabase()
  const admin = new pg.Client({ host, user, database: 'postgres' })
  await admin.connect()
  await admin.query(`DROP DATABASE ${database}`)
  await admin.query(`CREATE DATABASE ${database}`)
  await admin.end()
  const environment = {
    DATA_DIR: dataDir,
    DEMO: 'true',
    DATABASE_URL: `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(String(host))}`,
  }
  const early = runProgram('dist/bundle/main.js', { PORT: '0', ...environment })
  expect(await early.exit).toBe(1)
  expect(early.output()).toMatch(/^DATABASE_URL: the database lacks \d+ migration\(s\): run npx quittance migrate first\n$/)
  const migration = runProgram(QUITTANCE, environment, ['migrate'])
  expect(await migration.exit).toBe(0)
  const repeated = runProgram(QUITTANCE, environment, ['migrate'])
  expect(await repeated.exit).toBe(0)
  expect(repeated.output()).toBe('nothing to apply: the database is up to date\n')
  const server = await start(environment)
  expect((await ask(server, server.customer, '{ plans { id } }')).data.plans).toHaveLength(5)
})

test('prints no token and no secret in production, and warns about deprecated names, missing seller details and a wrong VAT id', async () => {
  const environment = {
    PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl(await cloneDatabase()),
    AUTH_JWT_SECRET: 'a secret that only this test knows, long enough',
    INVOICE_ISSUED_FROM_NAME: 'Hosting Ltd',
    INVOICE_ISSUED_FROM_COUNTRY: 'IE',
    INVOICE_ISSUED_FROM_TAX_ID: 'IE1234567WA',
    INVOICE_ISSUED_FROM_ELECTRONIC_ADDRESS: 'EM:billing@example.com',
    INVOICE_LINK_TTL: '600',
  }
  const program = runProgram('dist/bundle/main.js', environment)
  await program.until(/"msg":"listening"/)
  program.child.kill('SIGTERM')
  expect(await program.exit).toBe(0)
  const lines = program
    .output()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.filter(({ level }) => level >= 40)).toEqual([
    expect.objectContaining({ msg: 'INVOICE_LINK_TTL is deprecated and will be removed in 1.0: set INVOICE_LINK_TTL_SECONDS instead' }),
    expect.objectContaining({ missing: ['INVOICE_ISSUED_FROM_ADDRESS'] }),
    expect.objectContaining({ msg: expect.stringMatching(/^INVOICE_ISSUED_FROM_TAX_ID: not a VAT id of IE /) }),
  ])
  expect(program.output()).not.toMatch(/eyJ|long enough/)
  expect(await readdir(dataDir)).toEqual([])
})

test("prints no token in a demo with the operator's secret, but how to get one", async () => {
  const server = await start({ DEMO: 'true', AUTH_JWT_SECRET: 'a secret that only this test knows, long enough' })
  expect(server.output()).not.toContain('eyJ')
  expect(server.output()).toContain('npx quittance token --user 1 --role admin')
  expect((await ask(server, server.customer, '{ orders { totalCount } }')).data.orders.totalCount).toBe(3)
})

test('prints a token signed with the configured secret by quittance token', async () => {
  const server = await start()
  const program = runProgram(QUITTANCE, { DATA_DIR: dataDir }, ['token', '--user', '77', '--role', 'admin'])
  expect(await program.exit).toBe(0)
  expect((await ask(server, program.output().trim(), '{ me { id } allPlans { id } }')).data).toMatchObject({ me: { id: 'user_77' } })
})

test('runs a database that listens only on a socket', async () => {
  const server = await start()
  expect(server.output()).not.toContain('5432')
  await expect(new pg.Client({ host: '127.0.0.1', port: 5432, user: inject('databaseUser') }).connect()).rejects.toThrow()
})
