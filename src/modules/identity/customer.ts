import { DomainError, invalidInputError } from '../../core/errors.js'
import { parseOptionalId } from '../../core/input.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { User } from '../../platform/postgres/generated/client.js'
import type { PlanType } from '../../platform/postgres/generated/enums.js'

/** Who has a plan: the organisation where one is named, otherwise the user, who buys in either case. */
export interface Customer {
  readonly userId: number
  readonly organisationId: number | null
}

/** How events and the audit log name a holder. */
export function customerName({ userId, organisationId }: Customer): string {
  return organisationId === null ? `user:${userId}` : `organisation:${organisationId}`
}

/** The rows of a holder, as a Prisma condition: an organisation's are whoever's that bought them. */
export function customerFilter({
  userId,
  organisationId,
}: Customer): { organisationId: number } | { userId: number; organisationId: null } {
  return organisationId === null ? { userId, organisationId } : { organisationId }
}

/** The key of what a user or an organisation has for itself: rows with either a user or an organisation. */
export function customerKey({ userId, organisationId }: Customer): { organisationId: number } | { userId: number } {
  return organisationId === null ? { userId } : { organisationId }
}

/**
 * The holder that a user may act for.
 * @throws USER_NOT_FOUND
 * @throws ORGANISATION_NOT_FOUND also when the user is neither its owner nor one of its admins: it must not leak
 */
export async function getCustomer(tx: Transaction, userId: number, organisationId: number | undefined): Promise<Customer> {
  const user = await tx.user.findUnique({ where: { id: userId }, select: { id: true } })
  if (!user) throw userNotFoundError(userId)
  if (organisationId === undefined) return { userId, organisationId: null }
  if (!(await isOrganisationManager(tx, userId, organisationId))) throw organisationNotFoundError(organisationId)
  return { userId, organisationId }
}

/**
 * The holder whose servers a user may have: any member's of an organisation, not only an owner's.
 * @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND
 */
export async function getMemberCustomer(tx: Transaction, userId: number, organisationId: number | undefined): Promise<Customer> {
  const user = await tx.user.findUnique({
    where: { id: userId },
    select: { memberships: { where: { organisationId: organisationId ?? 0 }, select: { role: true } } },
  })
  if (!user) throw userNotFoundError(userId)
  if (organisationId === undefined) return { userId, organisationId: null }
  if (user.memberships.length === 0) throw notAMemberError(userId, organisationId)
  return { userId, organisationId }
}

/**
 * A user or an organisation by itself, whoever belongs to it: exactly one of the two is given.
 * @param field  where they stand in the input
 * @throws BAD_USER_INPUT, USER_NOT_FOUND, ORGANISATION_NOT_FOUND
 */
export async function getUserOrOrganisation(
  tx: Transaction,
  { userId, organisationId }: { userId?: string | null | undefined; organisationId?: string | null | undefined },
  field: string,
): Promise<Customer> {
  const path = (name: string) => (field === '' ? name : `${field}.${name}`)
  const user = parseOptionalId(path('userId'), userId)
  const organisation = parseOptionalId(path('organisationId'), organisationId)
  if (organisation !== undefined) {
    if (user !== undefined) throw invalidInputError(path('organisationId'), 'give either a user or an organisation, not both')
    const found = await tx.organisation.findUnique({ where: { id: organisation }, select: { id: true } })
    if (!found) throw new DomainError('ORGANISATION_NOT_FOUND', `There is no organisation ${organisation}`)
    return { userId: 0, organisationId: organisation }
  }
  if (user === undefined) throw invalidInputError(path('userId'), 'say whose: give userId or organisationId')
  if (!(await tx.user.findUnique({ where: { id: user }, select: { id: true } }))) throw userNotFoundError(user)
  return { userId: user, organisationId: null }
}

export function userNotFoundError(userId: number): DomainError {
  return new DomainError('USER_NOT_FOUND', `There is no user ${userId}`)
}

export function notAMemberError(userId: number, organisationId: number): DomainError {
  return new DomainError('ORGANISATION_NOT_FOUND', `There is no organisation ${organisationId} of which user ${userId} is a member`)
}

/** Whether the user is an owner or admin of the organisation; false also when there is no such organisation. */
export async function isOrganisationManager(tx: Transaction, userId: number, organisationId: number): Promise<boolean> {
  const membership = await tx.membership.findUnique({ where: { organisationId_userId: { organisationId, userId } } })
  return membership?.role === 'OWNER' || membership?.role === 'ADMIN'
}

/** Its owners and admins. */
export async function listManagerIds(tx: Transaction, organisationId: number): Promise<ReadonlySet<number>> {
  const rows = await tx.membership.findMany({ where: { organisationId, role: { in: ['OWNER', 'ADMIN'] } }, select: { userId: true } })
  return new Set(rows.map(({ userId }) => userId))
}

export function organisationNotFoundError(organisationId: number): DomainError {
  return new DomainError('ORGANISATION_NOT_FOUND', `There is no organisation ${organisationId} in which the user is owner or admin`)
}

/** Everything that changes what a holder has queues here; foreign key checks are not held up. */
export async function lockCustomer(tx: Transaction, { userId, organisationId }: Customer): Promise<void> {
  if (organisationId === null) await tx.$queryRaw`SELECT id FROM users WHERE id = ${userId} FOR NO KEY UPDATE`
  else await tx.$queryRaw`SELECT id FROM organisations WHERE id = ${organisationId} FOR NO KEY UPDATE`
}

export async function setPortalTier(tx: Transaction, { userId, organisationId }: Customer, portalTier: PlanType): Promise<void> {
  if (organisationId === null) await tx.user.update({ where: { id: userId }, data: { portalTier } })
  else await tx.organisation.update({ where: { id: organisationId }, data: { portalTier } })
}

/** Addresses are the panel's and need not be unique: the user who came first counts. */
export function findUserByEmail(tx: Transaction, email: string): Promise<User | null> {
  return tx.user.findFirst({ where: { email: sameEmail(email) }, orderBy: { id: 'asc' } })
}

/**
 * A filter for an e-mail address in any case. Prisma compares with ILIKE, where "_" and "%" would match any characters:
 * they are escaped, so that a_b@example.com does not find acb@example.com.
 */
export function sameEmail(email: string): { equals: string; mode: 'insensitive' } {
  return { equals: email.replace(/[\\%_]/g, '\\$&'), mode: 'insensitive' }
}
