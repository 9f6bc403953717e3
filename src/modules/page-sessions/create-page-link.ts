import { MINUTE_MS } from '../../core/duration.js'
import { DomainError } from '../../core/errors.js'
import { encodeId } from '../../core/ids.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { type Actor, actorName, recordAuditEntry } from '../audit/index.js'
import { signingSecrets } from '../payments/index.js'
import type { Services } from '../services.js'
import { hashSessionSecret, newSessionSecret, PAGE_PATHS, signLink } from './page-link.rules.js'
import type { SessionPage } from './page-session.enums.js'
import { PAGE_DISABLED } from './page-session.errors.js'

/** Long enough for a redirect, and for a person who copies the address from a terminal. */
export const LINK_TTL_MS = 15 * MINUTE_MS

export interface PageLink {
  readonly url: string
  /** When the link expires, if it is not opened. */
  readonly expiresAt: Date
}

export interface NewPageLink {
  page: SessionPage
  userId: string
  /** The organisation that the page shows first. */
  organisationId?: string | undefined
  /** A path that `normalizeReturnPath` has accepted. */
  returnPath?: string | undefined
  lifetimeMs?: number
  /** For links in mails, which scanners open: a person must press a button. */
  needsButton?: boolean
}

type LinkServices = Pick<Services, 'config' | 'db' | 'tokenClock'>

/**
 * Creates a link that signs the user in to a page once. Whether the user exists and manages the organisation is for the
 * command that calls this one to check.
 * @throws PAGE_DISABLED
 */
export async function createPageLink({ config, db, tokenClock }: LinkServices, actor: Actor, link: NewPageLink): Promise<PageLink> {
  const { page, userId, organisationId = null, lifetimeMs = LINK_TTL_MS, needsButton = false } = link
  assertPageEnabled({ config }, page)
  const root = PAGE_PATHS[page]
  const secret = newSessionSecret()
  const at = tokenClock.now()
  const expiresAt = new Date(at.getTime() + lifetimeMs)
  await runTransaction(db, async (tx) => {
    const { id } = await tx.pageSession.create({
      data: {
        page,
        userId,
        organisationId,
        returnPath: withOrganisation(link.returnPath ?? root, organisationId),
        needsButton,
        linkHash: hashSessionSecret(secret),
        linkExpiresAt: expiresAt,
        createdBy: actorName(actor),
        createdAt: at,
      },
    })
    const action = page === 'PORTAL' ? 'createPortalSession' : 'createAdminSession'
    const details = { session: Number(id), page, ...(organisationId !== null && { organisationId }) }
    await recordAuditEntry(tx, { actor, action, subject: `user:${userId}`, details, at })
  })
  const [key] = signingSecrets(config)
  return { url: `${config.publicUrl}${root}/session/${signLink(key, page, secret)}`, expiresAt }
}

/** @throws PAGE_DISABLED */
export function assertPageEnabled({ config }: Pick<Services, 'config'>, page: SessionPage): void {
  const name = page === 'PORTAL' ? 'portal' : 'admin'
  if (!config.pages.includes(name)) throw new DomainError(PAGE_DISABLED, `This server does not serve the page: add ${name} to PAGES`)
}

/** The portal reads the organisation that it shows from its address. */
function withOrganisation(path: string, organisation: string | null): string {
  if (organisation === null) return path
  const [pathname = '', query] = path.split('?')
  const parameters = new URLSearchParams(query)
  parameters.set('organisation', encodeId('Organisation', organisation))
  return `${pathname}?${parameters}`
}
