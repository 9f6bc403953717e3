import { DomainError } from '../../core/errors.js'
import type { Database } from '../../platform/postgres/client.js'
import type { ListScope } from '../../platform/postgres/keyset-page.js'
import { type Customer, isOrganisationManager, organisationNotFoundError } from './customer.js'
import { membershipLoader } from './identity.loader.js'
import { isAdministrator, type UserPrincipal } from './principal.js'
import type { RequestContext } from './request-context.js'

/** The owner, owners and admins of the organisation, administrators. For everyone else it does not exist. */
export async function canView(db: Database, viewer: UserPrincipal, { userId, organisationId }: Customer): Promise<boolean> {
  if (viewer.userId === userId || isAdministrator(viewer)) return true
  return organisationId !== null && isOrganisationManager(db, viewer.userId, organisationId)
}

/** @throws ORGANISATION_NOT_FOUND when the viewer does not manage the organisation */
export async function resolveListScope(db: Database, viewer: UserPrincipal, organisationId: number | undefined): Promise<ListScope> {
  if (organisationId === undefined) return { userId: viewer.userId }
  if (!isAdministrator(viewer) && !(await isOrganisationManager(db, viewer.userId, organisationId))) {
    throw organisationNotFoundError(organisationId)
  }
  return { organisationId }
}

/**
 * Whether the principal may see what an organisation has now: its members, administrators, and services, whose scopes were
 * checked at the root. Somebody who has left it still sees the orders that they placed for it, and its name.
 */
export async function seesOrganisation(context: RequestContext, organisationId: number): Promise<boolean> {
  const { user: viewer } = context
  if (!viewer || isAdministrator(viewer)) return true
  const memberships = await context.loader(membershipLoader).load(viewer.userId)
  return memberships.some((membership) => membership.organisationId === organisationId)
}

/** @throws FORBIDDEN when the principal may not see what the organisation has */
export async function requireOrganisationView(context: RequestContext, organisationId: number): Promise<void> {
  if (await seesOrganisation(context, organisationId)) return
  throw new DomainError('FORBIDDEN', `Only members of organisation ${organisationId} may see what it has`)
}
