import { z } from 'zod'
import { DomainError } from '../../core/errors.js'
import { acrossFields, optional, organisationId, parseInput, userId } from '../../core/input.js'
import type { Transaction } from '../../platform/postgres/client.js'
import { Prisma, type User } from '../../platform/postgres/generated/client.js'
import { type RowsOf, readRow, readRows, readTogether } from '../../platform/postgres/run-statement.js'
import { type BoundStatement, bind } from '../../platform/postgres/statement.js'
import type { PlanType } from './identity.enums.js'
import { ORGANISATION_NOT_FOUND, USER_NOT_FOUND } from './identity.errors.js'
import { LOCK_MANAGED_ORGANISATION, LOCK_ORGANISATION, LOCK_USER, SET_PORTAL_TIER } from './identity.statements.js'

/** The organisation if one is named, otherwise the user. In both cases `userId` is the buyer; it is empty if there is none. */
export interface Customer {
  readonly userId: string
  readonly organisationId: string | null
}

/** The name of a customer in events and in the audit log, such as "user:55". */
export function customerName({ userId, organisationId }: Customer): string {
  return organisationId === null ? `user:${userId}` : `organisation:${organisationId}`
}

/** Prisma condition for the rows of a customer. Rows of an organisation match whichever user bought them. */
export function customerFilter({
  userId,
  organisationId,
}: Customer): { organisationId: string } | { userId: string; organisationId: null } {
  return organisationId === null ? { userId, organisationId } : { organisationId }
}

/** The same condition in SQL. */
export function customerSqlFilter({ userId, organisationId }: Customer): Prisma.Sql {
  return organisationId === null
    ? Prisma.sql`user_id = ${userId} AND organisation_id IS NULL`
    : Prisma.sql`organisation_id = ${organisationId}`
}

/** Unique key of a row that belongs to either a user or an organisation. */
export function customerKey({ userId, organisationId }: Customer): { organisationId: string } | { userId: string } {
  return organisationId === null ? { userId } : { organisationId }
}

/**
 * Returns the customer that a user may act for.
 * @throws USER_NOT_FOUND
 * @throws ORGANISATION_NOT_FOUND also if the user is not one of its owners or admins, so as not to reveal
 *   that it exists
 */
export async function getCustomer(tx: Transaction, userId: string, organisationId: string | undefined): Promise<Customer> {
  const user = await tx.user.findUnique({ where: { id: userId }, select: { id: true } })
  if (!user) throw userNotFoundError(userId)
  if (organisationId === undefined) return { userId, organisationId: null }
  if (!(await isOrganisationManager(tx, userId, organisationId))) throw organisationNotFoundError(organisationId)
  return { userId, organisationId }
}

/**
 * Returns the customer for which a user may own servers. Any member of an organisation may, not only owners
 * and admins.
 * @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND
 */
export async function getMemberCustomer(tx: Transaction, userId: string, organisationId: string | undefined): Promise<Customer> {
  const user = await tx.user.findUnique({
    where: { id: userId },
    select: { memberships: { where: { organisationId: organisationId ?? '' }, select: { role: true } } },
  })
  if (!user) throw userNotFoundError(userId)
  if (organisationId === undefined) return { userId, organisationId: null }
  if (user.memberships.length === 0) throw notAMemberError(userId, organisationId)
  return { userId, organisationId }
}

/** Names a user or an organisation by exactly one of two fields. */
export const customerChoiceSchema = z
  .object({ userId: optional(userId()), organisationId: optional(organisationId()) })
  .refine(
    ({ userId, organisationId }) => userId === undefined || organisationId === undefined,
    acrossFields('organisationId', 'set either userId or organisationId, not both'),
  )
  .refine(
    ({ userId, organisationId }) => userId !== undefined || organisationId !== undefined,
    acrossFields('userId', 'either userId or organisationId is required'),
  )

/**
 * Returns the user or the organisation that the arguments of a query name. Memberships are not checked.
 * @throws BAD_USER_INPUT, USER_NOT_FOUND, ORGANISATION_NOT_FOUND
 */
export function getUserOrOrganisation(tx: Transaction, choice: z.input<typeof customerChoiceSchema>): Promise<Customer> {
  return getChosenCustomer(tx, parseInput(customerChoiceSchema, '', choice))
}

/** Returns the user or the organisation of a parsed input. @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND */
export async function getChosenCustomer(
  tx: Transaction,
  { userId = '', organisationId }: z.output<typeof customerChoiceSchema>,
): Promise<Customer> {
  if (organisationId === undefined) {
    if (!(await tx.user.findUnique({ where: { id: userId }, select: { id: true } }))) throw userNotFoundError(userId)
    return { userId, organisationId: null }
  }
  const found = await tx.organisation.findUnique({ where: { id: organisationId }, select: { id: true } })
  if (!found) throw new DomainError(ORGANISATION_NOT_FOUND, `Organisation ${organisationId} does not exist`)
  return { userId: '', organisationId }
}

export function userNotFoundError(userId: string): DomainError {
  return new DomainError(USER_NOT_FOUND, `User ${userId} does not exist`)
}

export function notAMemberError(userId: string, organisationId: string): DomainError {
  return new DomainError(ORGANISATION_NOT_FOUND, `Organisation ${organisationId} does not exist, or user ${userId} is not a member of it`)
}

/** Whether the user is an owner or admin of the organisation; false if the organisation does not exist. */
export async function isOrganisationManager(tx: Transaction, userId: string, organisationId: string): Promise<boolean> {
  const membership = await tx.membership.findUnique({ where: { organisationId_userId: { organisationId, userId } } })
  return membership?.role === 'OWNER' || membership?.role === 'ADMIN'
}

/** The ids of the owners and admins of an organisation. */
export async function listManagerIds(tx: Transaction, organisationId: string): Promise<ReadonlySet<string>> {
  const rows = await tx.membership.findMany({ where: { organisationId, role: { in: ['OWNER', 'ADMIN'] } }, select: { userId: true } })
  return new Set(rows.map(({ userId }) => userId))
}

export function organisationNotFoundError(organisationId: string): DomainError {
  return new DomainError(
    ORGANISATION_NOT_FOUND,
    `Organisation ${organisationId} does not exist, or the user is not one of its owners or admins`,
  )
}

/** Serializes all changes to a customer. The lock does not block foreign key checks. */
export async function lockCustomer(tx: Transaction, { userId, organisationId }: Customer): Promise<void> {
  await readRows(tx, organisationId === null ? bind(LOCK_USER, { userId }) : bind(LOCK_ORGANISATION, { organisationId }))
}

/**
 * Locks the customer that a user may act for, and reads its data under the lock, in one round trip.
 * @throws USER_NOT_FOUND, ORGANISATION_NOT_FOUND like `getCustomer`
 */
export async function lockAndRead<B extends Record<string, BoundStatement>>(
  tx: Transaction,
  userId: string,
  organisationId: string | undefined,
  bindReads: (customer: Customer) => B,
): Promise<{ customer: Customer; read: RowsOf<B> }> {
  const customer = { userId, organisationId: organisationId ?? null }
  const reads = bindReads(customer)
  const lock = organisationId === undefined ? bind(LOCK_USER, { userId }) : bind(LOCK_MANAGED_ORGANISATION, { organisationId, userId })
  const [locked, read] = await Promise.all([readRow(tx, lock), readTogether(tx, reads)])
  if (locked) return { customer, read }
  await getCustomer(tx, userId, organisationId)
  await lockCustomer(tx, customer)
  return { customer, read: await readTogether(tx, reads) }
}

export function bindPortalTier({ userId, organisationId }: Customer, portalTier: PlanType): BoundStatement {
  return bind(SET_PORTAL_TIER, { tierUserId: organisationId === null ? userId : null, tierOrganisationId: organisationId, portalTier })
}

const MAX_USERS_PER_EMAIL = 100

/**
 * The ids of the users with an e-mail address, whatever its case, in the order of text. Addresses come from the
 * panel and are not unique.
 */
export async function listUserIdsByEmail(tx: Transaction, email: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM users WHERE lower(email) = lower(${email}) ORDER BY id LIMIT ${MAX_USERS_PER_EMAIL}`
  return rows.map(({ id }) => id)
}

/** Finds the user whose id comes first as text. */
export async function findUserByEmail(tx: Transaction, email: string): Promise<User | null> {
  const [id] = await listUserIdsByEmail(tx, email)
  return id === undefined ? null : tx.user.findUnique({ where: { id } })
}
