import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const POLL_INTERVAL_MS = 250

/** A session that holds a lock which a migration waits for. */
export interface Blocker {
  /** 0 for a prepared transaction, which has no process. */
  pid: number
  application: string | null
  /** As in pg_stat_activity; null without the privilege to see it. */
  state: string | null
  /** The age of its transaction. */
  seconds: number | null
  /** The lock that it does not grant, such as "AccessExclusiveLock on orders". */
  lock: string
}

const SESSION = `blocker.application_name AS application, blocker.state,
  floor(extract(epoch FROM clock_timestamp() - blocker.xact_start))::int AS seconds`
const FIND_BLOCKERS = `
  SELECT blocking.pid, ${SESSION},
    CASE WHEN awaited.relation IS NOT NULL THEN awaited.mode || ' on ' || awaited.relation::regclass
      WHEN awaited.locktype = 'advisory' THEN 'an advisory lock'
      ELSE 'the end of a transaction' END AS lock
  FROM unnest($1::int[]) AS waiting (pid)
  CROSS JOIN LATERAL (SELECT DISTINCT pid FROM unnest(pg_blocking_pids(waiting.pid)) AS pid) AS blocking
  JOIN pg_locks AS awaited ON awaited.pid = waiting.pid AND NOT awaited.granted
  LEFT JOIN pg_stat_activity AS blocker ON blocker.pid = blocking.pid
  ORDER BY blocker.xact_start`
const FIND_LOCK_OWNER = `
  SELECT blocker.pid, ${SESSION}, 'an advisory lock' AS lock
  FROM pg_locks JOIN pg_stat_activity AS blocker USING (pid)
  WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = 0 AND objid = $1 AND granted`

/** @param key  of a session's advisory lock in the current database */
export async function findLockOwner(client: Pick<pg.ClientBase, 'query'>, key: number): Promise<Blocker | undefined> {
  const { rows } = await client.query<Blocker>(FIND_LOCK_OWNER, [key])
  return rows[0]
}

export function describeBlocker({ pid, application, state, seconds }: Blocker): string {
  if (pid === 0) return 'a prepared transaction'
  const details = [application && `application "${application}"`, state, seconds !== null && `in a transaction for ${seconds} s`]
  return `process ${pid} (${details.filter(Boolean).join(', ')})`
}

/** Describes what a migration waits for, in one line. */
export function describeBlockers(blockers: Blocker[]): string {
  const locks = [...new Set(blockers.map(({ lock }) => lock))].join(' and ')
  return `waits for ${locks}, blocked by ${blockers.map(describeBlocker).join(' and ')}`
}

/** Polls which sessions block a migration, on a connection of its own, which it opens when the migration takes longer. */
export class BlockerWatch {
  readonly #stopping = new AbortController()
  readonly #ended: Promise<void>
  #found: Blocker[] = []

  /** @param onBlocked  receives the blockers whenever they are others than before */
  constructor(
    readonly connection: pg.ClientConfig,
    readonly pids: Iterable<number>,
    readonly onBlocked: (blockers: Blocker[]) => void,
  ) {
    // Without the watch, a migration waits in the same way. The messages name no blockers then.
    this.#ended = this.#run().catch(() => undefined)
  }

  /** @returns the blockers that were seen last */
  async stop(): Promise<Blocker[]> {
    this.#stopping.abort()
    await this.#ended
    return this.#found
  }

  async #run(): Promise<void> {
    await this.#pause()
    const client = new pg.Client(this.connection)
    client.on('error', () => undefined)
    await client.connect()
    try {
      while (!this.#stopping.signal.aborted) {
        await this.#poll(client)
        await this.#pause()
      }
    } finally {
      await client.end()
    }
  }

  async #poll(client: pg.Client): Promise<void> {
    const { rows } = await client.query<Blocker>(FIND_BLOCKERS, [[...this.pids]])
    const known = new Set(this.#found.map(({ pid }) => pid))
    if (rows.length > 0) this.#found = rows
    if (rows.some(({ pid }) => !known.has(pid))) this.onBlocked(rows)
  }

  #pause(): Promise<void> {
    return sleep(POLL_INTERVAL_MS, undefined, { signal: this.#stopping.signal })
  }
}
