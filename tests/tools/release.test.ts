import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runProgram } from '../e2e/program.js'

// Tests the archive of npm run release in an empty folder, which has no node_modules of this project above.

const run = promisify(execFile)
const ARCHIVES = 'dist/release'
const BUILD_TIMEOUT_MS = 300_000
/** How much larger or smaller the archive may be than documented. */
const SIZE_TOLERANCE = 1.3

let folder: string
let archive: string

beforeAll(async () => {
  await run(process.execPath, ['scripts/release.mjs'])
  const name = (await readdir(ARCHIVES)).find((each) => each.endsWith('.tar.gz')) ?? ''
  archive = join(ARCHIVES, name)
  folder = await mkdtemp(join(tmpdir(), 'quittance-release-'))
  await run('tar', ['-xzf', archive, '-C', folder])
}, BUILD_TIMEOUT_MS)
afterAll(async () => {
  if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

test('starts with its own PostgreSQL in an empty folder, sells a plan and stops', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8'))
  expect(await readdir(folder)).toEqual([`quittance-${version}`])
  const app = join(folder, `quittance-${version}`)
  const environment = { PORT: '0', WORKERS: '2', DATA_DIR: join(folder, 'data') }
  const program = runProgram('npm', environment, ['start', '--silent', '--prefix', app])
  await program.until(/Ctrl-C stops it/)
  const [, url = '', token = ''] = await program.until(/Explorer\s+(\S+)\/graphql#token=(\S+)/)
  const ask = async (query: string) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
    return (await response.json()) as { data: any }
  }
  const { data } = await ask('{ plans { id slug } }')
  expect(data.plans.length).toBeGreaterThan(3)
  const { id } = data.plans.find(({ slug }: { slug: string }) => slug === 'pro')
  const sold = await ask(`mutation { applyPlan(input: { userId: 1, planId: "${id}" }) { order { invoice { pdfUrl } } } }`)
  const pdf = await fetch(sold.data.applyPlan.order.invoice.pdfUrl)
  expect(pdf.status).toBe(200)
  expect(
    Buffer.from(await pdf.arrayBuffer())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-')
  expect((await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })).status).toBe(200)
  program.child.kill('SIGTERM')
  expect(await program.exit).toBe(0)
})

test('has the checksum and about the size that are documented', async () => {
  const content = await readFile(archive)
  const [digest] = (await readFile(`${archive}.sha256`, 'utf8')).split(' ')
  expect(createHash('sha256').update(content).digest('hex')).toBe(digest)
  const text = (await readFile('docs/operations.md', 'utf8')).replace(/\s+/g, ' ')
  const documented = Number(/The archive has (\d+) MB/.exec(text)?.[1])
  expect(content.length / 1e6).toBeLessThan(documented * SIZE_TOLERANCE)
  expect(content.length / 1e6).toBeGreaterThan(documented / SIZE_TOLERANCE)
})
