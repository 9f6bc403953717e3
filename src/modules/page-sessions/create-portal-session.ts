import { z } from 'zod'
import { optional, organisationId, parseInput, userId } from '../../core/input.js'
import { getCustomer, type Principal } from '../identity/index.js'
import type { Services } from '../services.js'
import { assertPageEnabled, createPageLink, type PageLink } from './create-page-link.js'
import { normalizeReturnPath } from './page-link.rules.js'
import type { CreatePortalSessionInput } from './page-session.type.js'

const MAX_PATH_LENGTH = 500

const inputSchema = z.object({
  userId: userId(),
  organisationId: optional(organisationId()),
  returnPath: optional(
    z
      .string()
      .max(MAX_PATH_LENGTH, `must be at most ${MAX_PATH_LENGTH} characters long`)
      .transform((path, context) => {
        const normalized = normalizeReturnPath('PORTAL', path)
        if (normalized !== null) return normalized
        context.addIssue('must be a path of the portal, such as "/portal/invoices"')
        return z.NEVER
      }),
  ),
})

/**
 * Creates a link that signs a customer in to the portal once.
 * @throws PAGE_DISABLED, BAD_USER_INPUT, USER_NOT_FOUND, ORGANISATION_NOT_FOUND
 */
export async function createPortalSession(
  services: Pick<Services, 'config' | 'db' | 'tokenClock'>,
  principal: Principal,
  input: CreatePortalSessionInput,
): Promise<PageLink> {
  assertPageEnabled(services, 'PORTAL')
  const parsed = parseInput(inputSchema, 'input', input)
  await getCustomer(services.db, parsed.userId, parsed.organisationId)
  return createPageLink(services, principal, { page: 'PORTAL', ...parsed, needsButton: input.needsButton })
}
