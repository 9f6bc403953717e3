import { addDays } from '../../core/duration.js'
import type { Database } from '../../platform/postgres/client.js'
import { readBatches, runForEachRow } from '../../platform/postgres/read-batches.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import type { Services } from '../services.js'
import { queueMails, queuesMails } from './queue-mails.js'

/** How many days before the end of a trial its mail is queued. */
const NOTICE_DAYS = 3
const BATCH_SIZE = 500

interface EndingTrial {
  readonly id: bigint
  readonly userId: string
  readonly organisationId: string | null
  readonly currentPeriodEnd: Date
  /** Which its mail has. */
  readonly cause: string
}

/** Queues the mails about trials that end soon, once each. A trial that is cancelled already is not charged. */
export async function remindOfTrials({ db, clock, config }: Pick<Services, 'clock' | 'config' | 'db'>): Promise<void> {
  if (!queuesMails(config)) return
  const now = clock.now()
  const read = (last: EndingTrial | undefined) => listEndingTrials(db, now, last)
  const remind = ({ id, userId, organisationId, currentPeriodEnd, cause }: EndingTrial) =>
    runTransaction(db, (tx) => {
      const about = { subscriptionId: Number(id), at: currentPeriodEnd.toISOString() }
      return queueMails(tx, [{ kind: 'TRIAL_ENDING', cause, customer: { userId, organisationId }, about, at: now }])
    })
  await runForEachRow(readBatches(BATCH_SIZE, read), remind, 'mails about trials could not be queued')
}

function listEndingTrials(db: Database, now: Date, last: EndingTrial | undefined): Promise<EndingTrial[]> {
  return db.$queryRaw<EndingTrial[]>`
    SELECT trial.id, trial.user_id AS "userId", trial.organisation_id AS "organisationId", trial.current_period_end AS "currentPeriodEnd", cause
    FROM subscriptions AS trial, LATERAL (
      SELECT 'subscription:' || trial.id || ' ' || to_char(trial.current_period_end AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS cause) AS mail
    WHERE trial.status = 'TRIALING' AND NOT trial.cancel_at_period_end
      AND trial.current_period_end > ${now} AND trial.current_period_end <= ${addDays(now, NOTICE_DAYS)}
      AND (trial.current_period_end, trial.id) > (${last?.currentPeriodEnd.toISOString() ?? '-infinity'}::timestamptz, ${last?.id ?? 0n})
      AND NOT EXISTS (SELECT FROM mails WHERE mails.kind = 'TRIAL_ENDING' AND mails.cause = mail.cause)
    ORDER BY trial.current_period_end, trial.id LIMIT ${BATCH_SIZE}`
}
