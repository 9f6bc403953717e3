import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Program, QUITTANCE, ROOT, runProgram } from './program.js'

const SERVER = 'dist/bundle/main.js'
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quittance-problems-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function expectOneLine(program: Program, line: RegExp): Promise<void> {
  expect(await program.exit).toBe(1)
  expect(program.output()).toMatch(line)
  expect(program.output().trimEnd().split('\n')).toHaveLength(1)
}

test('reports a port that is in use before PostgreSQL is set up', async () => {
  const other = createServer()
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
  const address = other.address()
  const port = typeof address === 'object' && address ? String(address.port) : ''
  const dataDir = join(folder, 'port')
  await expectOneLine(
    runProgram(SERVER, { PORT: port, DATA_DIR: dataDir }),
    new RegExp(`^PORT: ${port} is in use; choose another port, or 0 for any free port\n$`),
  )
  expect(existsSync(dataDir)).toBe(false)
  other.close()
})

test('reports a HOST of another machine before PostgreSQL is set up', async () => {
  const dataDir = join(folder, 'host')
  const environment = { PORT: '0', HOST: '203.0.113.9', AUTH_JWT_SECRET: 'x'.repeat(32), DATA_DIR: dataDir }
  await expectOneLine(runProgram(SERVER, environment), /^HOST: 203\.0\.113\.9 is not an address of this machine\n$/)
  expect(existsSync(dataDir)).toBe(false)
})

test('reports a DATA_DIR that is a file or inside a file', async () => {
  const file = join(folder, 'file')
  await writeFile(file, '')
  for (const dataDir of [file, join(file, 'data')]) {
    await expectOneLine(
      runProgram(SERVER, { PORT: '0', DATA_DIR: dataDir }),
      /^DATA_DIR: .*file.*: a file exists where a folder is required; /,
    )
  }
})

// Not even root can create a folder in these.
test.runIf(process.platform === 'linux').each(['/sys/quittance', '/proc/quittance/data'])(
  'reports a DATA_DIR that is not writable: %s',
  async (dataDir) => {
    await expectOneLine(runProgram(SERVER, { PORT: '0', DATA_DIR: dataDir }), /^DATA_DIR: \/\w+\/quittance.*choose another folder\n$/)
  },
)

test.each([
  [QUITTANCE, ['start']],
  [QUITTANCE, ['token', '--user', '55']],
  [SERVER, []],
])('%s %j reports the required version of Node on an old one', async (script, parameters) => {
  const versions = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } })"
  const old = `--import=data:text/javascript,${encodeURIComponent(versions)}`
  const environment = { PORT: '0', DATA_DIR: join(folder, 'old'), NODE_OPTIONS: old }
  await expectOneLine(
    runProgram(join(ROOT, script), environment, parameters),
    /^Node \d+(\.\d+)* or newer is required; this is Node 18\.20\.4\. /,
  )
  expect(existsSync(join(folder, 'old'))).toBe(false)
})
