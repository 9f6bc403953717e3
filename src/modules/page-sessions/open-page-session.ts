import { HOUR_MS } from '../../core/duration.js'
import type { PageSession } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import type { UserPrincipal } from '../identity/index.js'
import { signingSecrets } from '../payments/index.js'
import type { Services } from '../services.js'
import { hashSessionSecret, isSessionSecret, newSessionSecret, readLink } from './page-link.rules.js'
import type { SessionPage } from './page-session.enums.js'

/** A working day. */
export const SESSION_HOURS = 12

type SessionServices = Pick<Services, 'config' | 'db' | 'tokenClock'>

/** What a link can be: it opens a session, or it was opened before, or it is of no use. */
export type LinkState = 'READY' | 'OPENED' | 'EXPIRED' | 'INVALID'

export interface FoundLink {
  readonly state: LinkState
  /** Null if it is INVALID. */
  readonly session: PageSession | null
}

/** Reads a link without opening it. */
export async function findPageLink(services: SessionServices, page: SessionPage, token: string): Promise<FoundLink> {
  const secret = readLink(signingSecrets(services.config), page, token)
  if (secret === null) return { state: 'INVALID', session: null }
  const session = await services.db.pageSession.findUnique({ where: { linkHash: hashSessionSecret(secret) } })
  if (!session || session.page !== page) return { state: 'INVALID', session: null }
  return { state: stateOf(session, services.tokenClock.now()), session }
}

function stateOf({ openedAt, endedAt, linkExpiresAt }: PageSession, now: Date): LinkState {
  if (openedAt) return 'OPENED'
  return endedAt || linkExpiresAt <= now ? 'EXPIRED' : 'READY'
}

export interface OpenedSession {
  /** The value of the cookie. It is not stored. */
  readonly cookie: string
  readonly expiresAt: Date
  readonly returnPath: string
  readonly organisationId: string | null
}

/**
 * Opens the session of a link. One statement checks and marks the link, so that of several requests with it one succeeds.
 * @returns null if the link was opened before, has expired or is not valid
 */
export async function openPageSession(services: SessionServices, page: SessionPage, token: string): Promise<OpenedSession | null> {
  const secret = readLink(signingSecrets(services.config), page, token)
  if (secret === null) return null
  const cookie = newSessionSecret()
  const at = services.tokenClock.now()
  const expiresAt = new Date(at.getTime() + SESSION_HOURS * HOUR_MS)
  return runTransaction(services.db, async (tx) => {
    const [session] = await tx.pageSession.updateManyAndReturn({
      where: { linkHash: hashSessionSecret(secret), page, openedAt: null, endedAt: null, linkExpiresAt: { gt: at } },
      data: { openedAt: at, cookieHash: hashSessionSecret(cookie), expiresAt },
    })
    if (!session) return null
    const { id, userId, returnPath, organisationId, createdBy } = session
    const action = page === 'PORTAL' ? 'openPortalSession' : 'openAdminSession'
    const actor = { userId, role: roleOf(page) }
    await recordAuditEntry(tx, { actor, action, subject: `user:${userId}`, details: { session: Number(id), createdBy }, at })
    return { cookie, expiresAt, returnPath, organisationId }
  })
}

export interface AuthenticatedSession {
  readonly principal: UserPrincipal
  readonly expiresAt: Date
}

/** The principal of a session's cookie. @returns null if there is no such session, see `findOpenSession` */
export async function authenticatePageSession(
  { db, tokenClock }: Pick<Services, 'db' | 'tokenClock'>,
  page: SessionPage,
  cookie: string | undefined,
): Promise<AuthenticatedSession | null> {
  const session = await findOpenSession({ db, tokenClock }, page, cookie)
  if (!session?.expiresAt) return null
  const { id, userId, expiresAt } = session
  return { principal: { userId, role: roleOf(page), pageSessionId: id }, expiresAt }
}

/** Ends the session of a cookie. Without effect if it has ended. */
export async function endPageSession(
  services: Pick<Services, 'db' | 'tokenClock'>,
  page: SessionPage,
  cookie: string | undefined,
): Promise<void> {
  const session = await findOpenSession(services, page, cookie)
  if (!session) return
  const at = services.tokenClock.now()
  await runTransaction(services.db, async (tx) => {
    const { count } = await tx.pageSession.updateMany({ where: { id: session.id, endedAt: null }, data: { endedAt: at } })
    if (count === 0) return
    const { id, userId } = session
    const actor = { userId, role: roleOf(page) }
    await recordAuditEntry(tx, { actor, action: 'endPageSession', subject: `user:${userId}`, details: { session: Number(id) }, at })
  })
}

/** @returns null if the session does not exist, has ended or belongs to another page */
export async function findOpenSession(
  { db, tokenClock }: Pick<Services, 'db' | 'tokenClock'>,
  page: SessionPage,
  cookie: string | undefined,
): Promise<PageSession | null> {
  if (!isSessionSecret(cookie)) return null
  const session = await db.pageSession.findUnique({ where: { cookieHash: hashSessionSecret(cookie) } })
  const isOpen = session?.page === page && session.endedAt === null && session.expiresAt !== null && session.expiresAt > tokenClock.now()
  return isOpen ? session : null
}

/** A session of the portal never has the role of an administrator, whatever the role of the user is. */
function roleOf(page: SessionPage): UserPrincipal['role'] {
  return page === 'ADMIN' ? 'admin' : 'user'
}
