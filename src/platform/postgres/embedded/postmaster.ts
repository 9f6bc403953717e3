import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const LOCK_FILE_POLL_INTERVAL_MS = 10
const IMMEDIATE_STOP_TIMEOUT_MS = 5000

export interface Postmaster {
  pid: number
  socket: string
}

/** Reads the lock file of a cluster. @returns the PostgreSQL that runs on it, undefined when none runs */
export async function readPostmaster(cluster: string): Promise<Postmaster | undefined> {
  return parseLockFile(await readFile(lockFile(cluster), 'utf8').catch(() => ''))
}

function readPostmasterSync(cluster: string): Postmaster | undefined {
  try {
    return parseLockFile(readFileSync(lockFile(cluster), 'utf8'))
  } catch {
    // Without a lock file no PostgreSQL runs on the cluster.
    return undefined
  }
}

function lockFile(cluster: string): string {
  return join(cluster, 'postmaster.pid')
}

/**
 * Parses postmaster.pid, whose lines are: process, data folder, start time, port, socket folder, and so on.
 */
function parseLockFile(content: string): Postmaster | undefined {
  const lines = content.split('\n')
  const pid = Number(lines[0])
  const socket = lines[4]?.trim()
  return pid > 0 && socket && isAlive(pid) ? { pid, socket } : undefined
}

/**
 * Requests PostgreSQL's fast shutdown (SIGINT): it cancels running statements
 * and flushes everything committed.
 */
export async function shutDownPostmaster(pid: number): Promise<void> {
  sendInterrupt(pid)
  while (isAlive(pid)) await sleep(LOCK_FILE_POLL_INTERVAL_MS)
}

function sendInterrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT')
  } catch (error) {
    // The process has ended in the meantime.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Tracks the PostgreSQL processes of this server, to stop them synchronously. */
export class PostgresGuard {
  readonly #children = new Set<ChildProcess>()
  readonly #clusters = new Set<string>()

  /** Adds an initdb or a PostgreSQL that has just been started. */
  addChild(child: ChildProcess): void {
    this.#children.add(child)
    child.once('exit', () => this.#children.delete(child))
  }

  /** Adds a cluster that this process has locked. Another process may have started its PostgreSQL. */
  addCluster(cluster: string): void {
    this.#clusters.add(cluster)
  }

  removeCluster(cluster: string): void {
    this.#clusters.delete(cluster)
  }

  /** Stops all processes and waits for at most five seconds, without returning to the event loop. */
  stopImmediately(): void {
    for (const child of this.#children) child.kill('SIGINT')
    const running = () => [...this.#clusters].flatMap((cluster) => readPostmasterSync(cluster) ?? [])
    for (const { pid } of running()) sendInterrupt(pid)
    const deadline = Date.now() + IMMEDIATE_STOP_TIMEOUT_MS
    // Polls the lock file instead of the process, because an ended child stays a
    // zombie until the event loop runs.
    while (running().length > 0 && Date.now() < deadline)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_FILE_POLL_INTERVAL_MS)
  }
}
