import { DAY_MS } from '../../core/duration.js'
import { parseUserId } from '../../core/ids.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import type { Principal } from '../identity/index.js'
import type { Services } from '../services.js'
import type { EndPortalSessionsInput } from './page-session.type.js'

/** How long rows of sessions are stored after they can no longer be used. */
const SESSION_RETENTION_MS = 30 * DAY_MS

/** Ends all sessions of a user in the portal, and the links that were not opened. @returns their number @throws BAD_USER_INPUT */
export async function endPortalSessions(
  { db, tokenClock }: Pick<Services, 'db' | 'tokenClock'>,
  principal: Principal,
  input: EndPortalSessionsInput,
): Promise<number> {
  const userId = parseUserId('input.userId', input.userId)
  const at = tokenClock.now()
  return runTransaction(db, async (tx) => {
    const isUsable = { OR: [{ openedAt: null, linkExpiresAt: { gt: at } }, { expiresAt: { gt: at } }] }
    const { count } = await tx.pageSession.updateMany({
      where: { page: 'PORTAL', userId, endedAt: null, ...isUsable },
      data: { endedAt: at },
    })
    if (count > 0) {
      await recordAuditEntry(tx, { actor: principal, action: 'endPortalSessions', subject: `user:${userId}`, details: { count }, at })
    }
    return count
  })
}

/** Deletes sessions that can no longer be used. */
export async function purgePageSessions({ db, tokenClock }: Pick<Services, 'db' | 'tokenClock'>): Promise<void> {
  const before = new Date(tokenClock.now().getTime() - SESSION_RETENTION_MS)
  // A session lasts less than a day, so the expiry of its link decides for all of them.
  await db.pageSession.deleteMany({ where: { linkExpiresAt: { lt: before } } })
}
