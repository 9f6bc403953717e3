import type pg from 'pg'
import type { Logger } from '../../core/logger.js'

/**
 * Counts standbys, without base backups and logical subscribers. Without pg_monitor, `state` is null and every base backup
 * is counted.
 */
const SELECT_STANDBYS = `
  SELECT
    (SELECT count(*) FROM pg_stat_replication AS standby WHERE state IS DISTINCT FROM 'backup' AND NOT EXISTS (
      SELECT FROM pg_replication_slots WHERE active_pid = standby.pid AND slot_type = 'logical'))::int AS standbys,
    current_setting('synchronous_standby_names') <> '' AND current_setting('synchronous_commit') NOT IN ('off', 'local')
      AS "isSynchronous"`

/**
 * Warns when standbys are connected and commits wait for none of them. After a fail-over to such a standby, the last
 * commits are missing, and the numbers of their invoices are assigned again.
 */
export async function warnAboutAsynchronousStandbys(pool: Pick<pg.Pool, 'query'>, log: Logger): Promise<void> {
  const found = await pool.query<{ standbys: number; isSynchronous: boolean }>(SELECT_STANDBYS).catch((error: Error) => {
    log.debug({ reason: error.message }, 'the standbys cannot be read')
  })
  const row = found?.rows[0]
  if (!row || row.standbys === 0 || row.isSynchronous) return
  log.warn(
    { standbys: row.standbys },
    "invoice numbers can be assigned twice after a fail-over, because no standby is synchronous; set synchronous_standby_names, for example to '*', and synchronous_commit = on",
  )
}
