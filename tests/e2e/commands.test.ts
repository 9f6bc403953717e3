import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { QUITTANCE, ROOT, runProgram } from './program.js'

let dataDir: string
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-commands-'))
})
afterAll(async () => {
  for (const folder of [dataDir, `${dataDir}-npm`]) await rm(folder, { recursive: true, force: true })
})

async function run(parameters: string[], environment: Record<string, string> = {}) {
  const { child, exit } = runProgram(QUITTANCE, { DATA_DIR: dataDir, ...environment }, parameters)
  const written = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk: Buffer) => (written.stdout += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (written.stderr += chunk.toString()))
  return { code: await exit, ...written }
}

const COMMANDS = [
  'start',
  'migrate',
  'doctor',
  'token',
  'admin-link',
  'api-key',
  'import',
  'import-exchange-rates',
  'backup',
  'documents',
  'print-schema',
  'db-diff',
]

describe('quittance', () => {
  test.each(['--help', '-h'])('%s lists every command with one line', async (flag) => {
    const { code, stdout, stderr } = await run([flag])
    expect([code, stderr]).toEqual([0, ''])
    const listed = [...stdout.matchAll(/^ {2}([a-z][a-z-]*) {2,}[A-Z][^\n]+$/gm)].map(([, name]) => name)
    expect(listed).toEqual(COMMANDS)
  })

  test('--version prints the version of package.json', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  test('prints the help and exits with 1 without a command', async () => {
    expect(await run([])).toEqual({ code: 1, stdout: '', stderr: (await run(['--help'])).stdout })
  })

  test.each([
    ['tokn', "Unknown command 'tokn': did you mean token?"],
    ['apikey', "Unknown command 'apikey': did you mean api-key?"],
    ['frobnicate', "Unknown command 'frobnicate': see npx quittance --help"],
    ['constructor', "Unknown command 'constructor': see npx quittance --help"],
    ['--nonsense', "Unknown option '--nonsense': see npx quittance --help"],
  ])('exits with 1 and prints one line for %s', async (parameter, line) => {
    expect(await run([parameter])).toEqual({ code: 1, stdout: '', stderr: `${line}\n` })
  })

  test('npx runs it in the checkout without a network and without installing anything', async () => {
    const cache = `${dataDir}-npm`
    const environment = { npm_config_registry: 'http://127.0.0.1:1', npm_config_cache: cache }
    const program = runProgram('npx', environment, ['--no', '--', 'quittance', '--help'])
    expect(await program.exit).toBe(0)
    expect(program.output()).toContain('Usage: npx quittance <command> [options]')
    expect(existsSync(join(cache, '_npx'))).toBe(false)
  })
})

describe.each(COMMANDS)('quittance %s', (name) => {
  test.each(['--help', '-h'])('%s prints the usage', async (flag) => {
    const { code, stdout, stderr } = await run([name, flag])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain(`Usage: npx quittance ${name}`)
  })

  test('prints one line and the usage for an unknown option', async () => {
    const { code, stdout, stderr } = await run([name, '--nonsense'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^Unknown option '--nonsense'\n\n/)
    expect(stderr).toContain(`Usage: npx quittance ${name}`)
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})

test.each<[name: string, parameters: string[], line: string]>([
  ['token', [], '--user is required'],
  ['token', ['--user', 'a b'], '--user: must be'],
  ['token', ['--user', ''], '--user'],
  ['token', ['--user', '55', '--role', 'root'], '--role must be user or admin'],
  ['token', ['--user', '55', '--days', 'many'], '--days must be a positive number of at most 3650'],
  ['token', ['--user'], "Option '--user <value>' argument missing"],
  ['token', ['55'], "Unexpected argument '55'"],
  ['api-key', [], '--name and --scopes are required'],
  ['api-key', ['--name', 'panel'], '--name and --scopes are required'],
  ['backup', [], '--to is required'],
  ['import', [], '--from is required'],
  ['import', ['--from', 'x.csv', '--kind', 'cats'], '--kind must be one of'],
  ['import-exchange-rates', [], 'pass one file: eurofxref-daily.xml'],
  ['import-exchange-rates', ['a.xml', 'b.xml'], 'pass one file: eurofxref-daily.xml'],
  ['documents', [], 'no files: pass the files of the client'],
  ['db-diff', [], '--name is required'],
  ['migrate', ['now'], "Unexpected argument 'now'"],
])('%s %j exits with 1 and prints the error and the usage', async (name, parameters, line) => {
  const { code, stdout, stderr } = await run([name, ...parameters])
  expect([code, stdout]).toEqual([1, ''])
  const [first = '', blank, ...usage] = stderr.split('\n')
  expect(first).toContain(line)
  expect(blank).toBe('')
  expect(usage.join('\n')).toContain('npx quittance')
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(await readdir(dataDir)).toEqual([])
})

test.each<[name: string, parameters: string[], environment: Record<string, string>, line: RegExp]>([
  [
    'token',
    ['--user', '55'],
    { DEMO: 'true', AUTH_JWKS_URL: 'https://id.example.com/keys', AUTH_JWT_AUDIENCE: 'billing' },
    /^AUTH_JWKS_URL: only the identity provider can sign tokens/,
  ],
  [
    'token',
    ['--user', '55'],
    { DATABASE_URL: 'postgresql://db/quittance' },
    /^AUTH_JWT_SECRET: production rules apply because DATABASE_URL/,
  ],
  ['api-key', ['--list'], { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' }, /^DATABASE_URL: the database cannot be reached/],
  ['migrate', [], {}, /^DATABASE_URL: not set/],
  ['migrate', [], { DATABASE_URL: 'postgresql://db/quittance', DATABASE_SCHEMA: 'shop_jobs' }, /^DATABASE_SCHEMA: must not be a schema of/],
  ['import', ['--from', 'missing.csv'], {}, /^--from: missing\.csv cannot be read/],
  ['import-exchange-rates', ['missing.xml'], {}, /^missing\.xml: cannot be read/],
])('%s %j %j exits with 1 and prints one line without the usage', async (name, parameters, environment, line) => {
  const { code, stderr } = await run([name, ...parameters], environment)
  expect(code).toBe(1)
  expect(stderr).toMatch(line)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
})
