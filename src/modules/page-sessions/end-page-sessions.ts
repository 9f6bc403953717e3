import { DAY_MS } from '../../core/duration.js'
import { parseUserId } from '../../core/ids.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { PageSessionWhereInput } from '../../platform/postgres/generated/models.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { type Actor, recordAuditEntry, TERMINAL } from '../audit/index.js'
import type { Principal } from '../identity/index.js'
import type { Services } from '../services.js'
import type { SessionPage } from './page-session.enums.js'
import type { EndPortalSessionsInput } from './page-session.type.js'

/** How long rows of sessions are stored after they can no longer be used. */
const SESSION_RETENTION_MS = 30 * DAY_MS

type EndServices = Pick<Services, 'db' | 'tokenClock'>

/** Ends all sessions of a user in the portal, and the links that were not opened. @returns their number @throws BAD_USER_INPUT */
export async function endPortalSessions(services: EndServices, principal: Principal, input: EndPortalSessionsInput): Promise<number> {
  return endSessionsOf(services, principal, 'PORTAL', parseUserId('input.userId', input.userId))
}

/** Ends all sessions of an administrator in /admin. Only the terminal of the server can. @returns their number */
export async function endAdminSessions(services: EndServices, userId: string): Promise<number> {
  return endSessionsOf(services, TERMINAL, 'ADMIN', userId)
}

async function endSessionsOf({ db, tokenClock }: EndServices, actor: Actor, page: SessionPage, userId: string): Promise<number> {
  const at = tokenClock.now()
  return runTransaction(db, async (tx) => {
    const count = await endSessions(tx, { page, userId }, at)
    if (count > 0) {
      const action = page === 'PORTAL' ? 'endPortalSessions' : 'endAdminSessions'
      await recordAuditEntry(tx, { actor, action, subject: `user:${userId}`, details: { count }, at })
    }
    return count
  })
}

/** Ends what an API key has signed in, and its links that were not opened. @param keyName  as in the audit log: "key:7" */
export function endSessionsOfKey(tx: Transaction, keyName: string, at: Date): Promise<number> {
  return endSessions(tx, { createdBy: keyName }, at)
}

async function endSessions(tx: Transaction, of: PageSessionWhereInput, at: Date): Promise<number> {
  const isUsable = { OR: [{ openedAt: null, linkExpiresAt: { gt: at } }, { expiresAt: { gt: at } }] }
  const { count } = await tx.pageSession.updateMany({ where: { ...of, endedAt: null, ...isUsable }, data: { endedAt: at } })
  return count
}

/** Deletes sessions that can no longer be used. */
export async function purgePageSessions({ db, tokenClock }: EndServices): Promise<void> {
  const before = new Date(tokenClock.now().getTime() - SESSION_RETENTION_MS)
  // A session lasts less than a day, so the expiry of its link decides for all of them.
  await db.pageSession.deleteMany({ where: { linkExpiresAt: { lt: before } } })
}
