import type { Config } from '../../config/config.js'
import { DAY_MS } from '../../core/duration.js'
import { encodeId } from '../../core/ids.js'
import { RULE } from '../audit/index.js'
import { createPageLink, PAGE_PATHS } from '../page-sessions/index.js'
import type { Services } from '../services.js'
import type { MailKind } from './mail.enums.js'
import type { MailContent } from './mail-content.js'

/** How long the link in a mail can be opened. */
export const PORTAL_LINK_DAYS = 7

/** Where a mail leads in the portal. */
interface PortalTarget {
  readonly path: string
  /** Whether the customer is asked to pay there. */
  readonly isPayment: boolean
}

/** What a mail asks to pay can be paid where it leads; any other leads to the plan. */
export function portalTarget(kind: MailKind, { order, documents, isOverdue }: MailContent): PortalTarget {
  const page = (path: string, isPayment: boolean): PortalTarget => ({ path: `${PAGE_PATHS.PORTAL}${path}`, isPayment })
  const open = documents.find(({ due }) => BigInt(due.minorUnits) > 0n)
  if (open) return page(`/invoices/${encodeId('Invoice', String(open.id))}`, true)
  switch (kind) {
    case 'ORDER_PLACED':
      return order === null ? page('', false) : page(`/orders/${encodeId('Order', order)}`, true)
    case 'SUSPENDED':
      return isOverdue ? page('/invoices', true) : page('', false)
    case 'TERMINATED':
      return page('/plans', false)
    default:
      return page('', false)
  }
}

export function hasPortal({ pages }: Pick<Config, 'pages'>): boolean {
  return pages.includes('portal')
}

/** Whom a link signs in, and for which mail. */
interface LinkedMail {
  readonly kind: MailKind
  readonly content: MailContent
  readonly organisationId: string | null
}

/**
 * Creates the link of one attempt to send a mail. It signs its recipient in once, after a press of a button, because mail
 * scanners open links. Links of earlier attempts remain valid: the server may have accepted one of them.
 * @param userId  the user to whose address the mail goes, never another one of the organisation
 * @returns null without a recipient or a portal
 */
export async function createPortalLink(
  services: Pick<Services, 'config' | 'db' | 'tokenClock'>,
  { kind, content, organisationId }: LinkedMail,
  userId: string | null,
): Promise<string | null> {
  if (userId === null || !hasPortal(services.config)) return null
  const { url } = await createPageLink(services, RULE, {
    page: 'PORTAL',
    userId,
    organisationId: organisationId ?? undefined,
    returnPath: portalTarget(kind, content).path,
    lifetimeMs: PORTAL_LINK_DAYS * DAY_MS,
    needsButton: true,
  })
  return url
}
