import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from './program.js'

let dataDir: string
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-commands-'))
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

const COMMANDS = {
  token: 'dist/cli/token.js',
  'api-key': 'dist/cli/api-key.js',
  backup: 'dist/cli/backup.js',
  import: 'dist/cli/import.js',
  documents: 'scripts/documents.mjs',
  'db:migrate': 'dist/cli/migrate.js',
  'db:diff': 'scripts/db-diff.mjs',
  doctor: 'dist/cli/doctor.js',
  docs: 'dist/cli/print-schema.js',
}

async function run(script: string, parameters: string[], environment: Record<string, string> = {}) {
  const { child, exit } = runProgram(script, { DATA_DIR: dataDir, ...environment }, parameters)
  const written = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk: Buffer) => (written.stdout += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (written.stderr += chunk.toString()))
  return { code: await exit, ...written }
}

describe.each(Object.entries(COMMANDS))('npm run %s', (name, script) => {
  test.each(['--help', '-h'])('%s prints the usage', async (flag) => {
    const { code, stdout, stderr } = await run(script, [flag])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain(`npm run ${name === 'token' ? '--silent token' : name}`)
  })

  test('prints one line and the usage for an unknown option', async () => {
    const { code, stdout, stderr } = await run(script, ['--nonsense'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^Unknown option '--nonsense'\n\n/)
    expect(stderr).toContain('npm run')
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})

test.each<[script: string, parameters: string[], line: string]>([
  [COMMANDS.token, [], '--user is required'],
  [COMMANDS.token, ['--user', 'abc'], '--user: must be'],
  [COMMANDS.token, ['--user', '0'], '--user: must be'],
  [COMMANDS.token, ['--user', '55', '--role', 'root'], '--role must be user or admin'],
  [COMMANDS.token, ['--user', '55', '--days', 'many'], '--days must be a positive number of at most 3650'],
  [COMMANDS.token, ['--user'], "Option '--user <value>' argument missing"],
  [COMMANDS.token, ['55'], "Unexpected argument '55'"],
  [COMMANDS['api-key'], [], '--name and --scopes are required'],
  [COMMANDS['api-key'], ['--name', 'panel'], '--name and --scopes are required'],
  [COMMANDS.backup, [], '--to is required'],
  [COMMANDS.import, [], '--from is required'],
  [COMMANDS.import, ['--from', 'x.csv', '--kind', 'cats'], '--kind must be one of'],
  [COMMANDS.documents, [], 'no files: pass the files of the client'],
  [COMMANDS['db:diff'], [], '--name is required'],
  [COMMANDS['db:migrate'], ['now'], "Unexpected argument 'now'"],
])('%s %j exits with 1 and prints the error and the usage', async (script, parameters, line) => {
  const { code, stdout, stderr } = await run(script, parameters)
  expect([code, stdout]).toEqual([1, ''])
  const [first = '', blank, ...usage] = stderr.split('\n')
  expect(first).toContain(line)
  expect(blank).toBe('')
  expect(usage.join('\n')).toContain('npm run')
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(await readdir(dataDir)).toEqual([])
})

test.each<[script: string, parameters: string[], environment: Record<string, string>, line: RegExp]>([
  [
    COMMANDS.token,
    ['--user', '55'],
    { DEMO: 'true', AUTH_JWKS_URL: 'https://id.example.com/keys', AUTH_JWT_AUDIENCE: 'billing' },
    /^AUTH_JWKS_URL: only the identity provider can sign tokens/,
  ],
  [
    COMMANDS.token,
    ['--user', '55'],
    { DATABASE_URL: 'postgresql://db/quittance' },
    /^AUTH_JWT_SECRET: production rules apply because DATABASE_URL/,
  ],
  [
    COMMANDS['api-key'],
    ['--list'],
    { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' },
    /^DATABASE_URL: the database cannot be reached/,
  ],
  [COMMANDS['db:migrate'], [], {}, /^DATABASE_URL: not set/],
  [COMMANDS.import, ['--from', 'missing.csv'], {}, /^--from: missing\.csv cannot be read/],
])('%s %j %j exits with 1 and prints one line without the usage', async (script, parameters, environment, line) => {
  const { code, stderr } = await run(script, parameters, environment)
  expect(code).toBe(1)
  expect(stderr).toMatch(line)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
})
