import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Program, QUITTANCE, ROOT, replaceInFileSystem, runFirst, runProgram } from './program.js'

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

test.each([
  [
    { INVOICE_ISSUED_FROM_COUNTRY: 'FR', INVOICE_ISSUED_FROM_REGISTRATION_ID: '732829321' },
    /^INVOICE_ISSUED_FROM_REGISTRATION_ID: must be a SIREN \(9 digits\) or a SIRET \(14 digits\) with valid check digits, .* is FR\n$/,
  ],
  [
    { INVOICE_ISSUED_FROM_CONTACT: 'hieroglyph \u{13000}' },
    /^seller contact: no font can display "\u{13000}" of "hieroglyph \u{13000}"; /u,
  ],
])('reports a wrong detail of the seller: %j', async (environment, line) => {
  await expectOneLine(runProgram(SERVER, { PORT: '0', DATA_DIR: join(folder, 'seller'), ...environment }), line)
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

const FULL_DISK = /^DATA_DIR: the disk of \S+ is full; free some space or choose another folder\n$/

test('reports a full disk when its first file cannot be written', async () => {
  const error = "Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' })"
  const environment = runFirst(replaceInFileSystem('writeFile', `async () => { throw ${error} }`))
  await expectOneLine(runProgram(SERVER, { PORT: '0', DATA_DIR: join(folder, 'full'), ...environment }), FULL_DISK)
})

const MOUNT = ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]
const canMount = spawnSync('unshare', MOUNT).status === 0

// Mounting a small file system requires root. Nobody outside the program sees it.
test.runIf(canMount).each(['64k', '8m', '45m'])('reports a full disk of %s, which the first start fills', async (size) => {
  const disk = join(folder, `disk-${size}`)
  await mkdir(disk)
  const command = 'mount -t tmpfs -o "size=$1,mode=0777" tmpfs "$2" && exec "$3" "$4"'
  const parameters = ['--mount', 'sh', '-c', command, 'sh', size, disk, process.execPath, SERVER]
  await expectOneLine(runProgram('unshare', { PORT: '0', DATA_DIR: join(disk, 'data') }, parameters), FULL_DISK)
})

test.each([
  [QUITTANCE, ['start']],
  [QUITTANCE, ['token', '--user', '55']],
  [SERVER, []],
])('%s %j reports the required version of Node on an old one', async (script, parameters) => {
  const versions = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } })"
  const environment = { PORT: '0', DATA_DIR: join(folder, 'old'), ...runFirst(versions) }
  await expectOneLine(
    runProgram(join(ROOT, script), environment, parameters),
    /^Node \d+(\.\d+)* or newer is required; this is Node 18\.20\.4\. /,
  )
  expect(existsSync(join(folder, 'old'))).toBe(false)
})
