import type { Logger } from '../../core/logger.js'
import { type Connections, connect, type Database } from './client.js'
import type { PoolAccess } from './database-access.js'
import type { RawQuery } from './raw-query.js'

const REPLICA_POLL_INTERVAL_MS = 500
/** A replica with more lag, or without a response for longer, is not used. */
const MAX_LAG_MS = 10_000

/** The replayed position of the primary's WAL (an LSN as a number of bytes) and the lag in milliseconds. */
const SELECT_REPLAY_POSITION = `
  SELECT (COALESCE(pg_last_wal_replay_lsn(), pg_current_wal_lsn()) - '0/0'::pg_lsn)::text AS position,
    COALESCE(CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0 END,
      extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000, 0)::float8 AS behind`

/**
 * A streaming read replica, whose data may be slightly old. It is polled twice a second; when
 * it fails, the primary is used.
 */
export class StreamingReplica {
  readonly #connections: Connections
  readonly #log: Logger
  #timer: NodeJS.Timeout | undefined
  #position = -1n
  #polledAt = 0
  #isBehind = true

  constructor(access: PoolAccess, log: Logger) {
    this.#connections = connect(access, log)
    this.#log = log
  }

  get db(): Database {
    return this.#connections.db
  }

  get rawQuery(): RawQuery {
    return this.#connections.rawQuery
  }

  async start(): Promise<void> {
    await this.#poll()
    this.#timer = setInterval(() => void this.#poll(), REPLICA_POLL_INTERVAL_MS).unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#connections.close()
  }

  /** @param position  LSN of the primary that the replica must have replayed */
  isCaughtUpTo(position: bigint): boolean {
    return !this.#isBehind && Date.now() - this.#polledAt < MAX_LAG_MS && this.#position >= position
  }

  async #poll(): Promise<void> {
    try {
      const { rows } = await this.#connections.pool.query<{ position: string; behind: number }>(SELECT_REPLAY_POSITION)
      const [row] = rows
      this.#polledAt = Date.now()
      this.#position = BigInt(row?.position ?? -1)
      this.#isBehind = (row?.behind ?? Number.POSITIVE_INFINITY) > MAX_LAG_MS
    } catch (error) {
      if (!this.#isBehind) this.#log.warn({ reason: (error as Error).message }, 'read replica unavailable, reading from the primary')
      this.#isBehind = true
    }
  }
}

/**
 * Returns the LSN after the last write of a principal. It is read from the
 * primary, which all processes share.
 */
export async function getLastWritePosition(db: Database, principal: string): Promise<bigint> {
  const write = await db.callerWrite.findUnique({ where: { caller: principal } })
  return write?.position ?? 0n
}

/** Records the LSN of a principal's write. Call it after the commit and before the response. */
export async function recordWritePosition(db: Database, principal: string): Promise<void> {
  await db.$executeRaw`
    INSERT INTO caller_writes (caller, position) VALUES (${principal}, pg_current_wal_insert_lsn() - '0/0'::pg_lsn)
    ON CONFLICT (caller) DO UPDATE SET position = excluded.position`
}
