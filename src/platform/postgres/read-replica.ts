import type pg from 'pg'
import type { Logger } from '../../core/logger.js'
import { type Connections, connect, type Database } from './client.js'
import type { RawQuery } from './raw-query.js'

const POLL_INTERVAL_MS = 500
/** A replica that is further behind, or has not answered for so long, is of no use. */
const MAX_LAG_MS = 10_000

/** Positions in the log of the main database, as counts of bytes: what was written there, and how far the replica has come. */
const REPLAY_POSITION = `
  SELECT (COALESCE(pg_last_wal_replay_lsn(), pg_current_wal_lsn()) - '0/0'::pg_lsn)::text AS position,
    COALESCE(CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0 END,
      extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000, 0)::float8 AS behind`

/** A streaming replica, for reads that may be a moment old. It is looked at twice a second; where it fails, everybody reads the main database. */
export class StreamingReplica {
  readonly #connections: Connections
  readonly #log: Logger
  #timer: NodeJS.Timeout | undefined
  #position = -1n
  #lookedAt = 0
  #isBehind = true

  constructor(connection: pg.PoolConfig, log: Logger) {
    this.#connections = connect(connection, log)
    this.#log = log
  }

  get db(): Database {
    return this.#connections.db
  }

  get rawQuery(): RawQuery {
    return this.#connections.rows
  }

  async start(): Promise<void> {
    await this.#look()
    this.#timer = setInterval(() => void this.#look(), POLL_INTERVAL_MS).unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#connections.close()
  }

  /** @param position  of the main database that must be there already */
  isCaughtUpTo(position: bigint): boolean {
    return !this.#isBehind && Date.now() - this.#lookedAt < MAX_LAG_MS && this.#position >= position
  }

  async #look(): Promise<void> {
    try {
      const { rows } = await this.#connections.pool.query<{ position: string; behind: number }>(REPLAY_POSITION)
      const [row] = rows
      this.#lookedAt = Date.now()
      this.#position = BigInt(row?.position ?? -1)
      this.#isBehind = (row?.behind ?? Number.POSITIVE_INFINITY) > MAX_LAG_MS
    } catch (error) {
      if (!this.#isBehind)
        this.#log.warn({ reason: (error as Error).message }, 'the replica does not answer: everything is read from the main database')
      this.#isBehind = true
    }
  }
}

/** What a caller has written is at this position or before it. Asked of the main database, which all processes share. */
export async function getLastWritePosition(db: Database, caller: string): Promise<bigint> {
  const write = await db.callerWrite.findUnique({ where: { caller } })
  return write?.position ?? 0n
}

/** To be called when the caller's change is committed, and before it is answered. */
export async function recordWritePosition(db: Database, caller: string): Promise<void> {
  await db.$executeRaw`
    INSERT INTO caller_writes (caller, position) VALUES (${caller}, pg_current_wal_insert_lsn() - '0/0'::pg_lsn)
    ON CONFLICT (caller) DO UPDATE SET position = excluded.position`
}
