import { addDays } from '../../core/duration.js'
import type { Services } from '../services.js'

/** How long mails remain visible. */
const RETENTION_DAYS = 400

/** Deletes old mails, except those that show that an address has bounced. */
export async function purgeMails({ db, clock }: Pick<Services, 'clock' | 'db'>): Promise<void> {
  const createdAt = { lt: addDays(clock.now(), -RETENTION_DAYS) }
  await db.mail.deleteMany({ where: { createdAt, status: { in: ['SENT', 'FAILED', 'SKIPPED'] } } })
}
