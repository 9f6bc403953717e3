import { addDays } from '../../core/duration.js'
import type { Services } from '../services.js'

/** How long mails remain visible. */
const RETENTION_DAYS = 400

/** Deletes old mails, except those that show that an address has bounced and does not work since. */
export async function purgeMails({ db, clock }: Pick<Services, 'clock' | 'db'>): Promise<void> {
  const before = addDays(clock.now(), -RETENTION_DAYS)
  // First, because afterwards nothing shows that the address works again.
  await db.$executeRaw`
    DELETE FROM mails AS bounced WHERE status = 'BOUNCED' AND created_at < ${before} AND EXISTS (
      SELECT FROM mails AS later WHERE lower(later.recipient) = lower(bounced.recipient) AND later.status IN ('SENT', 'BOUNCED') AND later.id > bounced.id)`
  const createdAt = { lt: before }
  await db.mail.deleteMany({ where: { createdAt, status: { in: ['SENT', 'FAILED', 'SKIPPED'] } } })
}
