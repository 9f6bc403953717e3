import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'

// Runs every part of npm run bench with tiny sizes. Nothing here depends on how fast the machine is.

const run = promisify(execFile)
const REPORT = 'docs/performance.md'
const MAX_OUTPUT_BYTES = 10_000_000
/** The title of a part. */
const SECTION = /^## (.+)$/gm

let report: string
let written: string

beforeAll(async () => {
  written = await readFile(REPORT, 'utf8')
  const { stdout } = await run(process.execPath, ['bench/run.mjs', '--small'], { maxBuffer: MAX_OUTPUT_BYTES })
  report = stdout
}, 900_000)

test('reports every part with its peers and goals', () => {
  const titles = [...report.matchAll(SECTION)].map(([, title]) => title)
  expect(titles).toEqual([
    'Where a peer is faster',
    'The catalog',
    'Orders',
    'Writes',
    'Reads while plans are applied',
    'Renewals',
    'Claiming servers',
    'Webhooks of payment providers',
    'Delivering events',
    'Background jobs',
    'Invoices',
    'Starting',
  ])
  for (const peer of ['Apollo Server', 'Mercurius', 'GraphQL Yoga', 'PostGraphile', 'react-pdf', 'pdf-lib', 'pdfmake', 'graphile-worker'])
    expect(report).toContain(peer)
})

test('measures everything that it reports', () => {
  expect(report).not.toMatch(/NaN|undefined|Infinity|null/)
})

test('stays readable', () => {
  expect(report.split('\n').length).toBeLessThan(260)
})

test('does not replace the published results', async () => {
  expect(await readFile(REPORT, 'utf8')).toBe(written)
})

test('refuses a part that does not exist', async () => {
  const unknown = run(process.execPath, ['bench/run.mjs', 'read'])
  await expect(unknown).rejects.toThrow(/read: must be among catalog, reads, writes/)
})
