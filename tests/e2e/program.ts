import { type ChildProcess, spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { SignJWT } from 'jose'
import { afterAll } from 'vitest'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Program {
  child: ChildProcess
  /** Everything that it has written so far. */
  output(): string
  /** Resolves when the output matches. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  exit: Promise<number | null>
}

/**
 * A start takes two seconds on an idle machine. This allows for a busy one, and is shorter than a hook's
 * timeout.
 */
const OUTPUT_TIMEOUT_MS = 240_000
const STOP_TIMEOUT_MS = 10_000

const running = new Set<ChildProcess>()
// A failing test does not stop its programs.
afterAll(() => Promise.all([...running].map(stop)))

async function stop(child: ChildProcess): Promise<void> {
  const exit = new Promise((done) => child.once('exit', done))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await exit
  clearTimeout(timer)
}

interface SpawnOptions {
  /** Runs in its own process group, which can receive a signal as from Ctrl-C in a terminal. */
  detached?: boolean
  stdin?: 'ignore' | 'pipe'
}

const SYSTEM_PROGRAMS = ['npm', 'npx', 'script', 'unshare']

/** The program that npx quittance runs. */
export const QUITTANCE = 'scripts/quittance.mjs'

/** Runs a script of the built server, or npm, as a separate process with a clean environment. */
export function runProgram(
  script: string,
  environment: Record<string, string>,
  parameters: string[] = [],
  { detached = false, stdin = 'ignore' }: SpawnOptions = {},
): Program {
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...environment }
  const [file, first] = SYSTEM_PROGRAMS.includes(script) ? [script, []] : [process.execPath, [script]]
  const child = spawn(file, [...first, ...parameters], { cwd: ROOT, env, detached, stdio: [stdin, 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  running.add(child)
  child.on('exit', () => running.delete(child))
  const exit = new Promise<number | null>((done) => child.on('exit', done))
  const until = async (pattern: RegExp) => {
    const deadline = Date.now() + OUTPUT_TIMEOUT_MS
    for (;;) {
      const match = pattern.exec(output)
      if (match) return match
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the program never wrote ${pattern}:\n${output}`)
      await new Promise((done) => setTimeout(done, 10))
    }
  }
  return { child, output: () => output, until, exit }
}

/** The environment of a program that runs this code before its own: a machine whose clock or disk differs. */
export function runFirst(code: string): Record<string, string> {
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` }
}

/** Code that replaces a function of `node:fs/promises`. @param replacement  an expression */
export function replaceInFileSystem(name: string, replacement: string): string {
  return `import fs from 'node:fs/promises'
    import { syncBuiltinESMExports } from 'node:module'
    fs.${name} = ${replacement}
    syncBuiltinESMExports()`
}

export interface RunningServer extends Program {
  url: string
  customer: string
  administrator: string
}

export async function startProgram(environment: Record<string, string>): Promise<RunningServer> {
  const program = runProgram('dist/bundle/main.js', { PORT: '0', ...environment })
  await program.until(/Ctrl-C stops it/)
  const [, url = '', administrator] = await program.until(/Explorer\s+(\S+)\/graphql(?:#token=(\S+))?/)
  const tokens = administrator ? { administrator, customer: await customerToken(url, administrator) } : await signTokens(environment)
  return { ...program, url, ...tokens }
}

/** Requests the customer's token like the explorer. */
async function customerToken(url: string, administrator: string): Promise<string> {
  const headers = { authorization: `Bearer ${administrator}` }
  const response = await fetch(`${url}/demo/customer-token`, { method: 'POST', headers })
  return ((await response.json()) as { token: string }).token
}

/** Signs tokens with the operator's secret, for which the server prints none. */
async function signTokens({ AUTH_JWT_SECRET = '' }: Record<string, string>) {
  const sign = (userId: string, role: string) =>
    new SignJWT({ role })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(userId)
      .setIssuer('quittance')
      .setExpirationTime('1d')
      .sign(Buffer.from(AUTH_JWT_SECRET))
  return { administrator: await sign('1', 'admin'), customer: await sign('55', 'user') }
}

export async function ask({ url }: RunningServer, token: string, query: string, variables?: object): Promise<any> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
  return response.json()
}

/** Lists the processes of PostgreSQL and initdb that use the folder. */
export async function processesOf(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return pids.filter((_pid, index) => commands[index]?.includes(folder)).map(Number)
}
