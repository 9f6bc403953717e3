import { DomainError, FORBIDDEN } from '../../core/errors.js'
import type { Database, Transaction } from '../../platform/postgres/client.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import type { ListScope } from '../../platform/postgres/keyset-page.js'
import { type Customer, isOrganisationManager, organisationNotFoundError } from './customer.js'
import { ApiKeyScope } from './identity.enums.js'
import { membershipLoader } from './identity.loader.js'
import { isAdministrator, isApiKeyPrincipal, type UserPrincipal } from './principal.js'
import type { RequestContext } from './request-context.js'

/**
 * Whether the principal may see orders and invoices of a customer: the user itself, owners and admins of the
 * organisation, and administrators. To everybody else they do not exist.
 */
export async function canView(db: Database, principal: UserPrincipal, { userId, organisationId }: Customer): Promise<boolean> {
  if (principal.userId === userId || isAdministrator(principal)) return true
  return organisationId !== null && isOrganisationManager(db, principal.userId, organisationId)
}

/** Like canView, as a condition of SQL on the columns `user_id` and `organisation_id`. */
export function viewCondition(principal: UserPrincipal): Prisma.Sql {
  if (isAdministrator(principal)) return Prisma.empty
  return Prisma.sql`AND (user_id = ${principal.userId} OR organisation_id IN (
    SELECT organisation_id FROM memberships WHERE user_id = ${principal.userId} AND role IN ('OWNER', 'ADMIN')))`
}

/** Like canView, with one statement for many rows. */
export async function viewsCustomer(context: RequestContext, principal: UserPrincipal, customer: Customer): Promise<boolean> {
  if (principal.userId === customer.userId || isAdministrator(principal)) return true
  if (customer.organisationId === null) return false
  const memberships = await context.loader(membershipLoader).load(principal.userId)
  return memberships.some(({ organisationId, role }) => organisationId === customer.organisationId && role !== 'MEMBER')
}

/**
 * Whether the principal may see the orders, invoices, subscription and billing details of a customer as its fields. API
 * keys may not.
 */
export async function seesCustomer(context: RequestContext, customer: Customer): Promise<boolean> {
  const { user } = context
  return user !== undefined && viewsCustomer(context, user, customer)
}

/** @throws ORGANISATION_NOT_FOUND if the principal does not manage the organisation */
export async function resolveListScope(db: Database, principal: UserPrincipal, organisationId: string | undefined): Promise<ListScope> {
  if (organisationId === undefined) return { userId: principal.userId }
  if (!isAdministrator(principal) && !(await isOrganisationManager(db, principal.userId, organisationId))) {
    throw organisationNotFoundError(organisationId)
  }
  return { organisationId }
}

/**
 * Members who have left an organisation or are no longer its owner or admin still see the orders that they placed for it.
 * They may not change them, because the plan and the money are the organisation's.
 * @throws ORGANISATION_NOT_FOUND
 */
export async function assertManages(tx: Transaction, principal: UserPrincipal, { organisationId }: Customer): Promise<void> {
  if (organisationId === null || isAdministrator(principal)) return
  if (!(await isOrganisationManager(tx, principal.userId, organisationId))) throw organisationNotFoundError(organisationId)
}

/**
 * Whether the principal may see the current entitlement of an organisation: its members, administrators, and
 * API keys with the scope READ. Former members still see its name and the orders that they placed for it.
 */
export async function seesOrganisation(context: RequestContext, organisationId: string): Promise<boolean> {
  const { user } = context
  if (!user) return mayRead(context)
  if (isAdministrator(user)) return true
  const memberships = await context.loader(membershipLoader).load(user.userId)
  return memberships.some((membership) => membership.organisationId === organisationId)
}

/**
 * Whether the principal may see the current entitlement and the memberships of a user: the user itself, administrators,
 * and API keys with the scope READ. Members of the same organisation see only its name and e-mail address.
 */
export function seesUser(context: RequestContext, userId: string): boolean {
  const { user } = context
  return user ? user.userId === userId || isAdministrator(user) : mayRead(context)
}

/** Keys of other scopes receive customers as results of mutations, and see only their names and e-mail addresses. */
function mayRead({ principal }: RequestContext): boolean {
  return isApiKeyPrincipal(principal) && principal.scopes.includes(ApiKeyScope.READ)
}

/** @throws FORBIDDEN if the principal may not see the current entitlement and the memberships of the user */
export function requireUserView(context: RequestContext, userId: string): void {
  if (seesUser(context, userId)) return
  throw new DomainError(
    FORBIDDEN,
    `Only user ${userId}, administrators and API keys with the scope READ may see its plan, limits and organisations`,
  )
}

/** @throws FORBIDDEN if the principal may not see the current entitlement of the organisation */
export async function requireOrganisationView(context: RequestContext, organisationId: string): Promise<void> {
  if (await seesOrganisation(context, organisationId)) return
  throw new DomainError(
    FORBIDDEN,
    `Only members of organisation ${organisationId}, administrators and API keys with the scope READ may see its plan, limits and members`,
  )
}
