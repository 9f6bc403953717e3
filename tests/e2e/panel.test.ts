import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, type RunningServer, runProgram, startProgram } from './program.js'

let dataDir: string
let server: RunningServer

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-panel-'))
  server = await startProgram({ DATA_DIR: dataDir, UPGRADE_URL: 'https://panel.example.com/billing?upgrade={plan}' })
})
afterAll(async () => {
  server.child.kill('SIGTERM')
  await server.exit
  await rm(dataDir, { recursive: true, force: true })
})

async function npm(parameters: string[], environment: Record<string, string> = {}): Promise<{ code: number | null; output: string }> {
  const program = runProgram('npm', { DATA_DIR: dataDir, ...environment }, ['run', '--silent', ...parameters])
  const code = await program.exit
  return { code, output: program.output() }
}

test('runs the example panel: syncs, claims up to the limit, shows the upgrade and receives its webhook', async () => {
  for (const _run of [1, 2]) {
    const { code, output } = await npm(['example'], { QUITTANCE_URL: server.url })
    expect([code, output]).toEqual([0, expect.any(String)])
    for (const line of [
      /^Synced +user_9001, Mary Somerville, FREE$/m,
      /^Claimed +example-9001-1: 1 of 1 servers$/m,
      /^Refused +Maximum servers \(1\) reached for Free plan$/m,
      /^Upgrade +https:\/\/panel\.example\.com\/billing\?upgrade=starter$/m,
      /^Received +limits\.changed, signature verified: user 9001 may have 5 servers on starter$/m,
      /^Claimed +example-9001-2: 2 of 5 servers$/m,
      /^Stopped +2 servers, because of subscription\.suspended with the reason ADMIN$/m,
      /^Started +2 servers, because of subscription\.resumed$/m,
      /^State +org_7: Pro, 15 servers/m,
      /^Done/m,
    ]) {
      expect(output).toMatch(line)
    }
  }
})

test('creates, lists and revokes API keys in the terminal while the server is running', async () => {
  const created = await npm(['api-key', '--', '--name', 'from the terminal', '--scopes', 'read'])
  const key = /^qtk_[\w-]{43}$/m.exec(created.output)?.[0] ?? ''
  const STATE = '{ entitlements(first: 1) { nodes { hasAccess } } }'
  expect((await ask(server, key, STATE)).errors).toBeUndefined()
  const { output } = await npm(['api-key', '--', '--list'])
  const line = output.split('\n').find((each) => each.includes('from the terminal')) ?? ''
  expect(line).toMatch(/^ +\d+ {2}read +last used \d{4}-\d{2}-\d{2} \d{2}:\d{2} +from the terminal$/)
  const id = line.trim().split(' ')[0] ?? ''
  expect(await npm(['api-key', '--', '--revoke', id])).toEqual({ code: 0, output: 'revoked from the terminal\n' })
  expect((await ask(server, key, STATE)).errors[0].extensions.code).toBe('UNAUTHENTICATED')
  expect(await npm(['api-key', '--', '--name', 'x', '--scopes', 'everything'])).toMatchObject({
    code: 1,
    output: expect.stringContaining('input.scopes.0: must be among CLAIMS, SYNC, READ'),
  })
  expect((await npm(['api-key'])).output).toContain('npx quittance api-key --list')
})
