import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { SECOND_MS } from '../../core/duration.js'
import { StartError } from '../../core/errors.js'
import { PROGRAM } from '../../core/project-file.js'
import { isConflict, isLockTimeout } from './database-errors.js'
import { type Blocker, BlockerWatch, describeBlockers } from './migration-blockers.js'

export interface LockRetry {
  /** The statements of other sessions queue behind a waiting migration for at most this long. */
  timeoutMs: number
  /** The pauses between the attempts, in which the queued statements run. */
  pausesMs: readonly number[]
}

/** Ten attempts within about two minutes. */
export const LOCK_RETRY: LockRetry = {
  timeoutMs: 3 * SECOND_MS,
  pausesMs: [1, 2, 4, 8, 15, 15, 15, 15, 15].map((each) => each * SECOND_MS),
}

export interface RetryOptions {
  lockRetry: LockRetry
  report: (line: string) => void
  signal?: AbortSignal | undefined
}

interface Attempt {
  /** The name of the migration. */
  name: string
  run: () => Promise<void>
  /** The connection to look up blockers with, and the server processes of the migration. */
  watched: { connection: pg.ClientConfig; pids: Iterable<number> }
  /** Whether each new blocker is reported: for a migration that waits without a timeout. */
  reportsEachBlocker: boolean
}

/**
 * Repeats a migration that other sessions block, from its start.
 * @throws StartError after the last attempt; any other error at once
 */
export async function retryBlocked(attempt: Attempt, { lockRetry, report, signal }: RetryOptions): Promise<void> {
  const attempts = lockRetry.pausesMs.length + 1
  for (let number = 1; ; number += 1) {
    signal?.throwIfAborted()
    const blocked = await runOnce(attempt, report)
    if (!blocked) return
    const pauseMs = lockRetry.pausesMs[number - 1]
    if (pauseMs === undefined) throw blockedError(attempt.name, attempts, blocked)
    report(`migration ${attempt.name}: ${describe(blocked)}; attempt ${number} of ${attempts}, the next one in ${pauseMs / SECOND_MS} s`)
    await sleep(pauseMs, undefined, { signal })
  }
}

interface BlockedAttempt {
  error: Error
  blockers: Blocker[]
}

/** @returns what blocked the attempt; undefined when it succeeded */
async function runOnce({ name, run, watched, reportsEachBlocker }: Attempt, report: (line: string) => void) {
  const watch = new BlockerWatch(watched.connection, watched.pids, (blockers) => {
    if (reportsEachBlocker) report(`migration ${name}: ${describeBlockers(blockers)}`)
  })
  const failure = await run().then(
    () => undefined,
    (error: unknown) => error,
  )
  const blockers = await watch.stop()
  if (failure !== undefined && !isBlocked(failure)) throw failure
  return failure && { error: failure, blockers }
}

function isBlocked(error: unknown): error is Error {
  return error instanceof Error && (isLockTimeout(error) || isConflict(error))
}

function describe({ error, blockers }: BlockedAttempt): string {
  return blockers.length > 0 ? describeBlockers(blockers) : `waits for a lock (${error.message})`
}

function blockedError(name: string, attempts: number, blocked: BlockedAttempt): StartError {
  const pids = blocked.blockers.flatMap(({ pid }) => (pid > 0 ? pid : []))
  const remedy = pids.map((pid) => `SELECT pg_terminate_backend(${pid})`).join('; ')
  return new StartError(
    `migration ${name} was not applied in ${attempts} attempts: it ${describe(blocked)}. ` +
      `End that transaction${remedy && ` (${remedy})`}, then run ${PROGRAM} migrate or start again`,
  )
}
