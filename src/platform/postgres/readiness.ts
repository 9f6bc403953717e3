import type pg from 'pg'
import type { Connections } from './client.js'
import { assertMigrated } from './migrations.js'

/** A write that has run for longer is stalled, for example because a frozen process holds a lock. */
const STALLED_AFTER_MS = 5000
const PROBE_INTERVAL_MS = 5000
/** Other processes write their probes at the same time. */
const PROBE_LOCK_TIMEOUT_MS = 1500

/**
 * Writes a row of an empty table, so that the table needs a new file and the commit needs the log: both fail on a
 * full disk, and the commit waits for a synchronous standby. One message, so that the table is never left locked.
 */
const WRITE_PROBE = `
  BEGIN;
  SET LOCAL lock_timeout = ${PROBE_LOCK_TIMEOUT_MS};
  TRUNCATE write_probes;
  INSERT INTO write_probes (id, filler) VALUES (1, repeat('x', 1000));
  COMMIT`

/** Whether the database can serve requests: it responds, is migrated, and writes succeed. */
export class DatabaseReadiness {
  readonly #pool: pg.Pool
  readonly #schema: string
  readonly #runningStatements: Connections['runningStatements']
  #probe: Promise<unknown> | undefined
  #probedAt = Number.NEGATIVE_INFINITY

  constructor({ pool, schema, runningStatements }: Pick<Connections, 'pool' | 'schema' | 'runningStatements'>) {
    this.#pool = pool
    this.#schema = schema
    this.#runningStatements = runningStatements
  }

  /** @throws an error that says what is wrong */
  async check(): Promise<void> {
    await assertMigrated(this.#pool, this.#schema)
    const stalledMs = this.#runningStatements.oldestWriteMs
    if (stalledMs > STALLED_AFTER_MS) throw new Error(`writes stall: the oldest one has waited for ${Math.round(stalledMs / 1000)} s`)
    await this.#probeWrites()
  }

  /** A successful probe counts for some seconds, a failed one is repeated with every check. */
  async #probeWrites(): Promise<void> {
    if (performance.now() - this.#probedAt < PROBE_INTERVAL_MS) return
    this.#probe ??= this.#pool
      .query(WRITE_PROBE)
      .then(() => {
        this.#probedAt = performance.now()
      })
      .finally(() => {
        this.#probe = undefined
      })
    await this.#probe
  }
}
