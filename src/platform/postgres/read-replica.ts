import type pg from 'pg'
import type { Logger } from '../../core/logger.js'
import { type Connections, connect, type Database } from './client.js'
import type { PoolAccess } from './database-access.js'
import { Poller } from './poller.js'
import type { RawQuery } from './raw-query.js'
import { WalHistory } from './wal-history.js'

/** A replica with more lag, or without a response or a stream for longer, is not used. */
const MAX_LAG_MS = 10_000

const SELECT_PRIMARY_POSITION = `SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::text AS position`

/** Every role can see whether a WAL receiver is connected; only pg_monitor sees its details. */
const SELECT_REPLICA_STATE = `
  SELECT (COALESCE(pg_last_wal_replay_lsn(), pg_current_wal_lsn()) - '0/0'::pg_lsn)::text AS position,
    (NOT pg_is_in_recovery() OR EXISTS (SELECT FROM pg_stat_wal_receiver)) AS "hasStream", current_schema() AS schema`

interface ReplicaState {
  /** The LSN that the replica has replayed. */
  position: string
  hasStream: boolean
  /** The schema in which statements find their tables; null if none of the search path exists. */
  schema: string | null
}

interface ReplicaOptions {
  replica: PoolAccess
  primary: pg.PoolConfig
  log: Logger
  maxLagMs?: number | undefined
}

/**
 * A streaming read replica, whose data may be up to `maxLagMs` old; otherwise the primary is used.
 *
 * A replica without a stream reports no lag, because it has replayed all that it has received. So the position of the
 * primary is polled too, and the lag is the time since the primary was at a position that the replica has replayed. If
 * the primary does not respond, the lag grows, and the replica is used until it reaches the limit.
 */
export class StreamingReplica {
  readonly #connections: Connections
  readonly #pollers: readonly { start(): Promise<void>; stop(): Promise<void> }[]
  readonly #log: Logger
  readonly #maxLagMs: number
  readonly #history: WalHistory
  #position = -1n
  #failure: string | undefined
  #respondedAt = Number.NEGATIVE_INFINITY
  #streamedAt = Number.NEGATIVE_INFINITY
  #isStarted = false
  #isUsed: boolean | undefined

  constructor({ replica, primary, log, maxLagMs = MAX_LAG_MS }: ReplicaOptions) {
    this.#connections = connect(replica, log)
    this.#log = log
    this.#maxLagMs = maxLagMs
    this.#history = new WalHistory(maxLagMs)
    this.#pollers = [
      new Poller<{ position: string }>({
        connection: primary,
        sql: SELECT_PRIMARY_POSITION,
        onRow: ({ position }, requestedAt) => this.#onPrimary(BigInt(position), requestedAt),
        onError: () => this.#logUse(),
      }),
      new Poller<ReplicaState>({
        connection: replica.options,
        sql: SELECT_REPLICA_STATE,
        onRow: (state) => {
          if (state.schema === replica.schema) this.#onReplica(state)
          else
            this.#onReplicaFailure(`its sessions use the schema ${state.schema} instead of ${replica.schema}: check DATABASE_REPLICA_URL`)
        },
        onError: ({ message }) => this.#onReplicaFailure(message),
      }),
    ]
  }

  get db(): Database {
    return this.#connections.db
  }

  get rawQuery(): RawQuery {
    return this.#connections.rawQuery
  }

  async start(): Promise<void> {
    await Promise.all(this.#pollers.map((poller) => poller.start()))
    this.#isStarted = true
    this.#logUse()
  }

  async stop(): Promise<void> {
    await Promise.all(this.#pollers.map((poller) => poller.stop()))
    await this.#connections.close()
  }

  /** @param position  LSN of the primary that the replica must have replayed */
  isCaughtUpTo(position: bigint): boolean {
    return this.#findProblem() === undefined && this.#position >= position
  }

  #onPrimary(position: bigint, requestedAt: number): void {
    this.#history.record(position, requestedAt)
    this.#logUse()
  }

  #onReplica({ position, hasStream }: ReplicaState): void {
    const now = performance.now()
    this.#position = BigInt(position)
    this.#failure = undefined
    this.#respondedAt = now
    if (hasStream) this.#streamedAt = now
    this.#logUse()
  }

  #onReplicaFailure(message: string): void {
    this.#failure = message
    this.#logUse()
  }

  /** @returns why the replica must not be used, undefined if it may be used */
  #findProblem(): string | undefined {
    const now = performance.now()
    if (this.#failure !== undefined) return this.#failure
    if (now - this.#respondedAt >= this.#maxLagMs) return 'it does not respond'
    if (now - this.#streamedAt >= this.#maxLagMs) return 'it has no connection to the primary'
    return this.#history.lag(this.#position, now) > this.#maxLagMs ? 'it lags behind the primary' : undefined
  }

  /** Logs one line when the replica starts and stops being used. */
  #logUse(): void {
    const problem = this.#findProblem()
    const isUsed = problem === undefined
    if (!this.#isStarted || isUsed === this.#isUsed) return
    this.#isUsed = isUsed
    if (isUsed) this.#log.info({}, 'the read replica has caught up, reading from it')
    else this.#log.warn({ reason: problem }, 'the read replica is not used, reading from the primary')
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
