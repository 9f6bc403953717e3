import { HOUR_MS } from '../../core/duration.js'
import type { Mail } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import type { Services } from '../services.js'
import { enqueueMails } from './queue-mails.js'

const BATCH_SIZE = 1000

/** Enqueues the jobs of mails again that have none, because it was lost or has failed too often. */
export async function requeueMails({ db, clock }: Pick<Services, 'clock' | 'db'>): Promise<void> {
  const before = new Date(clock.now().getTime() - HOUR_MS)
  const mails = await db.$queryRaw<Pick<Mail, 'key' | 'kind'>[]>`
    SELECT key::text, kind FROM mails WHERE status = 'QUEUED' AND next_attempt_at < ${before} AND NOT EXISTS (
      SELECT FROM _private_jobs AS job WHERE job.key = 'sendMail:' || mails.key AND job.attempts < job.max_attempts)
    ORDER BY created_at LIMIT ${BATCH_SIZE}`
  if (mails.length > 0) await runTransaction(db, (tx) => enqueueMails(tx, mails))
}
