import { setTimeout as sleep } from 'node:timers/promises'

const RECOVERY_SECONDS = 50
const POLL_INTERVAL_MS = 500
const CLAIM_INTERVAL_MS = 2000
const IGNORED_JOBS = "('tick', 'reconcile', 'sweep')"
const COUNT_OPEN = `
  SELECT (SELECT count(*) FROM graphile_worker.jobs WHERE task_identifier NOT IN ${IGNORED_JOBS})::int
    + (SELECT count(*) FROM event_deliveries WHERE status = 'PENDING')::int
    + (SELECT count(*) FROM webhook_events WHERE status = 'RECEIVED')::int AS open`
// What failed is due again in minutes. It is due now.
const MAKE_DUE = `
  UPDATE graphile_worker._private_jobs SET run_at = now() WHERE locked_at IS NULL AND run_at > now();
  UPDATE event_deliveries SET next_attempt_at = now() WHERE status = 'PENDING' AND next_attempt_at > now()`
// A claim that a process could not release, because it was killed or lost the database, ends 90 s after its start.
// It ends after 20 s here, which is longer than any call to the provider of this run.
const END_CLAIMS = ['plan_changes', 'refund_parts']
  .map(
    (table) =>
      `UPDATE ${table} SET claimed_until = now() WHERE status = 'REQUESTED' AND claimed_until BETWEEN now() AND now() + interval '70 s'`,
  )
  .join(';')

/** Ends abandoned claims of plan changes and of parts of refunds. @returns a function that stops it */
export function endAbandonedClaims(db) {
  const timer = setInterval(() => db.query(END_CLAIMS).catch(() => undefined), CLAIM_INTERVAL_MS)
  return () => clearInterval(timer)
}

/** Waits until no background work is pending, or until the deadline. */
export async function finishPendingWork(db) {
  const deadline = Date.now() + RECOVERY_SECONDS * 1000
  for (;;) {
    await db.query(MAKE_DUE)
    const { rows } = await db.query(COUNT_OPEN)
    process.stderr.write(`${rows[0].open} tasks pending      \r`)
    if (rows[0].open === 0 || Date.now() > deadline) return
    await sleep(POLL_INTERVAL_MS)
  }
}
