import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPdf } from '../support/pdf.js'
import { ROOT, type RunningServer, startProgram } from './program.js'

let dataDir: string
let server: RunningServer

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-readme-'))
  server = await startProgram({ DATA_DIR: dataDir })
})
afterAll(async () => {
  server.child.kill('SIGTERM')
  await server.exit
  await rm(dataDir, { recursive: true, force: true })
})

test('runs the curl commands of the README unchanged and saves an invoice', async () => {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
  const section = readme.slice(readme.indexOf('## Quick start'), readme.indexOf('## Guarantees'))
  const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1])
  expect(blocks).toHaveLength(5)
  const script = blocks.join('\necho\n').replace('http://localhost:4000', server.url).replace('-o invoice.pdf', `-o ${dataDir}/invoice.pdf`)
  const { stdout } = await promisify(execFile)('bash', ['-euc', script], {
    cwd: ROOT,
    env: { ...process.env, DATA_DIR: dataDir },
  })
  expect(stdout).toContain('"name":"Enterprise"')
  const number = /"number":"(INV-\d{4}-\d{6})"/.exec(stdout)?.[1] ?? 'no number'
  const { text } = await readPdf(await readFile(join(dataDir, 'invoice.pdf')))
  for (const word of [number, '$15.00', 'Ada Lovelace']) expect(text).toContain(word)
})
