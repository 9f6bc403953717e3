import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_INTERVAL_MS = 10
const IMMEDIATE_STOP_TIMEOUT_MS = 5000

export interface Postmaster {
  pid: number
  socket: string
}

/** The PostgreSQL that runs on a cluster, by its lock file. */
export async function readPostmaster(cluster: string): Promise<Postmaster | undefined> {
  return parseLockFile(await readFile(lockFile(cluster), 'utf8').catch(() => ''))
}

function readPostmasterSync(cluster: string): Postmaster | undefined {
  try {
    return parseLockFile(readFileSync(lockFile(cluster), 'utf8'))
  } catch {
    // Without a lock file nothing runs on the cluster.
    return undefined
  }
}

function lockFile(cluster: string): string {
  return join(cluster, 'postmaster.pid')
}

/** The lines of postmaster.pid: process, data folder, start, port, socket folder, and so on. */
function parseLockFile(content: string): Postmaster | undefined {
  const lines = content.split('\n')
  const pid = Number(lines[0])
  const socket = lines[4]?.trim()
  return pid > 0 && socket && isAlive(pid) ? { pid, socket } : undefined
}

/** SIGINT is PostgreSQL's fast shutdown: running statements are cancelled, everything committed is flushed. */
export async function shutDownPostmaster(pid: number): Promise<void> {
  sendInterrupt(pid)
  while (isAlive(pid)) await sleep(POLL_INTERVAL_MS)
}

function sendInterrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT')
  } catch (error) {
    // It has ended by itself in the meantime.
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

/** Knows what runs of PostgreSQL on behalf of this process, for a stop that cannot wait for anything asynchronous. */
export class PostgresGuard {
  readonly #children = new Set<ChildProcess>()
  readonly #clusters = new Set<string>()

  /** An initdb, or a PostgreSQL that has just been started. */
  addChild(child: ChildProcess): void {
    this.#children.add(child)
    child.once('exit', () => this.#children.delete(child))
  }

  /** A cluster that this process has locked: its PostgreSQL may have been started by another process. */
  addCluster(cluster: string): void {
    this.#clusters.add(cluster)
  }

  removeCluster(cluster: string): void {
    this.#clusters.delete(cluster)
  }

  /** Stops everything and waits for at most five seconds, without returning to the event loop. */
  stopImmediately(): void {
    for (const child of this.#children) child.kill('SIGINT')
    const running = () => [...this.#clusters].flatMap((cluster) => readPostmasterSync(cluster) ?? [])
    for (const { pid } of running()) sendInterrupt(pid)
    const deadline = Date.now() + IMMEDIATE_STOP_TIMEOUT_MS
    // The lock file is looked at, not the process: a child that has ended stays a zombie until the event loop runs.
    while (running().length > 0 && Date.now() < deadline) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_INTERVAL_MS)
  }
}
