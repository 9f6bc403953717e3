import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Program, processesOf, runProgram } from './program.js'

const READY = /Ctrl-C stops it/
/** Longer than the interval in which repeated signals count as one. */
const SECOND_CTRL_C_MS = 1200

let dataDir: string
const programs: Program[] = []

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'quittance-stop-'))
})
afterEach(async () => {
  for (const { child, exit } of programs.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await exit
  }
  for (const pid of await processesOf(dataDir)) process.kill(pid, 'SIGKILL')
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
})

function run(
  script: string,
  parameters: string[] = [],
  { workers = 1, ...options }: Parameters<typeof runProgram>[3] & { workers?: number } = {},
): Program {
  const environment = { PORT: '0', DATA_DIR: dataDir, DEMO_DATA: 'false', WORKERS: String(workers) }
  const program = runProgram(script, environment, parameters, options)
  programs.push(program)
  return program
}

/**
 * Acts like Ctrl-C in a terminal: every process of the group receives the signal, and npm forwards it as
 * well.
 */
function interruptGroup({ child }: Program, signal: NodeJS.Signals = 'SIGINT'): void {
  if (child.pid) process.kill(-child.pid, signal)
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 6000; attempt += 1) {
    if (await condition()) return
    await sleep(5)
  }
  throw new Error('the condition was not met in time')
}

/** Checks whether the port refuses connections, which means that the shutdown has started. */
function isRefused(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return once(socket, 'connect').then(
    () => {
      socket.destroy()
      return false
    },
    () => true,
  )
}

async function expectNextStart(): Promise<void> {
  const program = run('dist/bundle/main.js')
  await program.until(READY)
}

async function expectNothingLeft(): Promise<void> {
  expect(await processesOf(dataDir)).toEqual([])
  const left = existsSync(join(dataDir, 'postgres')) ? await readdir(join(dataDir, 'postgres')) : []
  expect(left).not.toContain('postmaster.pid')
  expect((await readdir(dataDir)).filter((name) => /^(initdb|socket)-/.test(name))).toEqual([])
}

describe('npm start', () => {
  test.each([
    ['SIGINT', 1],
    ['SIGTERM', 1],
    ['SIGINT', 2],
    ['SIGTERM', 2],
  ] as const)('stops everything and exits with 0 when its process group receives %s (WORKERS=%i)', async (signal, workers) => {
    const program = run('npm', ['start'], { detached: true, workers })
    await program.until(READY)
    expect((await processesOf(dataDir)).length).toBeGreaterThan(0)
    interruptGroup(program, signal)
    expect(await program.exit).toBe(0)
    await expectNothingLeft()
  })

  test.runIf(process.platform === 'linux')('stops everything and exits with 0 on Ctrl-C in a terminal', async () => {
    // Without exec, the exit code would be that of the shell, which receives the signal too.
    const program = run('script', ['-qec', 'exec npm start', '/dev/null'], { stdin: 'pipe' })
    await program.until(READY)
    program.child.stdin?.write('\u0003')
    expect(await program.exit).toBe(0)
    await expectNothingLeft()
  })

  test.runIf(process.platform === 'linux')('stops everything when its terminal is closed', async () => {
    const program = run('script', ['-qec', 'exec npm start', '/dev/null'], { stdin: 'pipe' })
    await program.until(READY)
    program.child.kill('SIGKILL')
    // Nobody reports the end of the server, which removes its socket after PostgreSQL has stopped.
    await vi.waitFor(expectNothingLeft, { timeout: 30_000, interval: 50 })
  })

  test('stops everything under timeout(1), which signals the process and then its group', async () => {
    const program = run('npm', ['start'], { detached: true })
    await program.until(READY)
    program.child.kill('SIGTERM')
    interruptGroup(program, 'SIGTERM')
    expect(await program.exit).toBe(0)
    await expectNothingLeft()
  })
})

const BODY = '{"query":"{ billingEnabled }"}'

/** Starts a request without sending its body, so that a shutdown waits for it. */
async function openRequest(program: Program): Promise<{ port: number; socket: Socket }> {
  const [, port] = await program.until(/http:\/\/localhost:(\d+)\/graphql/)
  await program.until(READY)
  const socket = connect(Number(port), '127.0.0.1')
  socket.on('error', () => undefined)
  const headers = ['host: localhost', 'content-type: application/json', `content-length: ${BODY.length}`, 'expect: 100-continue']
  socket.write(`POST /graphql HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`)
  await once(socket, 'data')
  return { port: Number(port), socket }
}

test('treats a repeated signal as one and completes the request in progress', async () => {
  const program = run('dist/bundle/main.js')
  const { port, socket } = await openRequest(program)
  program.child.kill('SIGINT')
  program.child.kill('SIGTERM')
  await until(() => isRefused(port))
  socket.write(BODY)
  const [response] = await once(socket, 'data')
  expect(String(response)).toContain('{"data":{"billingEnabled":true}')
  expect(await program.exit).toBe(0)
  await expectNothingLeft()
})

test('stops PostgreSQL immediately and exits with 1 on a second Ctrl-C during a slow shutdown', async () => {
  const program = run('npm', ['start'], { detached: true })
  const { port, socket } = await openRequest(program)
  interruptGroup(program)
  await until(() => isRefused(port))
  await sleep(SECOND_CTRL_C_MS)
  expect(program.child.exitCode).toBeNull()
  interruptGroup(program)
  expect(await program.exit).toBe(1)
  expect(await processesOf(dataDir)).toEqual([])
  socket.destroy()
  await expectNextStart()
})

describe('a signal during the first start', () => {
  const isInitialising = async () => (await readdir(dataDir)).some((name) => name.startsWith('initdb-'))
  const isStarting = () => existsSync(join(dataDir, 'postgres', 'postmaster.pid'))

  test.each<[string, NodeJS.Signals, () => boolean | Promise<boolean>]>([
    ['while initdb runs', 'SIGTERM', isInitialising],
    ['while PostgreSQL starts', 'SIGTERM', isStarting],
  ])('stops everything %s (%s), and the next start works', async (_case, signal, condition) => {
    const program = run('dist/bundle/main.js')
    await until(condition)
    program.child.kill(signal)
    expect(await program.exit).toBe(0)
    expect(program.output()).not.toContain('at ')
    await expectNothingLeft()
    await expectNextStart()
  })

  test('lets migrations finish while they are applied, and the next start works', async () => {
    const program = run('dist/bundle/main.js')
    // When the database exists, the next step applies migrations.
    await until(async () => isStarting() && (await databaseExists()))
    program.child.kill('SIGTERM')
    expect(await program.exit).toBe(0)
    await expectNothingLeft()
    await expectNextStart()
  })

  async function databaseExists(): Promise<boolean> {
    const folders = await readdir(join(dataDir, 'postgres', 'base')).catch(() => [])
    // template1, template0, postgres and ours
    return folders.length > 3
  }

  test('does not prevent the next start when initdb is killed with kill -9', async () => {
    const program = run('dist/bundle/main.js')
    await until(isInitialising)
    program.child.kill('SIGKILL')
    await program.exit
    await expectNextStart()
  })
})
