import { invalidInputError } from '../../core/errors.js'
import { isPanelId } from '../../core/ids.js'
import { buildPage, type ConnectionArguments, parsePageRequestBy, withCount } from '../../core/pagination.js'
import { type Membership, Prisma } from '../../platform/postgres/generated/client.js'
import type { CustomerIds } from '../../platform/postgres/keyset-page.js'
import type { Services } from '../services.js'
import { requireOrganisationView } from './access-control.js'
import { FOLDED_USER_NAME } from './customer-list.queries.js'
import { createCustomerListLoader, loadCustomerCount } from './customer-lists.js'
import type { OrganisationRole } from './identity.enums.js'
import type { MemberSort } from './identity.type.js'
import type { RequestContext } from './request-context.js'

/** Cursors consist of a time and an id. Memberships have no time. */
const CURSOR_TIME = new Date(0)

function parseRequest(page: ConnectionArguments) {
  return parsePageRequestBy(page, (id) => (isPanelId(id) ? id : undefined))
}

interface MemberFilter {
  readonly role?: readonly OrganisationRole[] | null | undefined
}

interface MemberListArguments extends ConnectionArguments, MemberFilter {
  readonly orderBy?: MemberSort | null | undefined
}

const hasRole = (role: MemberFilter['role']) => (role ? Prisma.sql`AND role = ANY (${[...role]}::text[])` : Prisma.empty)

/** What the members are sorted by; those with the same key are sorted by their ids. */
const SORT_KEYS: Record<MemberSort, { key: Prisma.Sql; keyOf: (userId: string) => Prisma.Sql }> = {
  ID: { key: Prisma.sql`user_id`, keyOf: (userId) => Prisma.sql`${userId}` },
  NAME: { key: FOLDED_USER_NAME, keyOf: (userId) => Prisma.sql`(SELECT ${FOLDED_USER_NAME} FROM users WHERE id = ${userId})` },
}

const membersLoader = ({ rawQuery }: Pick<Services, 'rawQuery'>) =>
  createCustomerListLoader(({ ids }: CustomerIds, { role, orderBy, ...page }: MemberListArguments) => {
    const { after, before, backward, size } = parseRequest(page)
    const { key, keyOf } = SORT_KEYS[orderBy ?? 'ID']
    const direction = Prisma.raw(backward ? 'DESC' : 'ASC')
    const later = after ? Prisma.sql`AND (${key}, user_id) > (${keyOf(after.id)}, ${after.id})` : Prisma.empty
    const earlier = before ? Prisma.sql`AND (${key}, user_id) < (${keyOf(before.id)}, ${before.id})` : Prisma.empty
    const from = orderBy === 'NAME' ? Prisma.sql`memberships JOIN users ON users.id = user_id` : Prisma.sql`memberships`
    return rawQuery<Membership & { customerId: string }>(Prisma.sql`
      SELECT organisations.id AS "customerId", "organisationId", "userId", role FROM organisations
      CROSS JOIN LATERAL (
        SELECT organisation_id AS "organisationId", user_id AS "userId", role, ${key} AS sort_key FROM ${from}
        WHERE organisation_id = organisations.id ${hasRole(role)} ${later} ${earlier}
        ORDER BY sort_key ${direction}, user_id ${direction} LIMIT ${size + 1}) AS page
      WHERE organisations.id = ANY (${[...ids]}::text[])
      ORDER BY sort_key ${direction}, "userId" ${direction}`)
  })

const memberCountsLoader = ({ rawQuery }: Pick<Services, 'rawQuery'>) =>
  createCustomerListLoader(({ ids }: CustomerIds, { role }: MemberFilter) =>
    rawQuery<{ customerId: string; count: bigint }>(Prisma.sql`
      SELECT organisation_id AS "customerId", count(*) AS count FROM memberships
      WHERE organisation_id = ANY (${[...ids]}::text[]) ${hasRole(role)} GROUP BY organisation_id`),
  )

/**
 * Loads a page of the memberships of an organisation, by default in the order of the users' ids.
 * @throws FORBIDDEN unless the principal is a member or an administrator, BAD_USER_INPUT naming an argument
 */
export async function loadMembers(context: RequestContext, organisationId: string, { role, orderBy, ...page }: MemberListArguments) {
  const request = parseRequest(page)
  if (role?.length === 0) throw invalidInputError('role', 'must contain at least one value; omit it to list all')
  await requireOrganisationView(context, organisationId)
  const customer = { userId: '', organisationId }
  const rows: Membership[] = await context.loader(membersLoader).load({ customer, args: { ...page, role, orderBy } })
  const members = buildPage(request, rows, ({ userId }) => ({ at: CURSOR_TIME, id: userId }))
  return withCount(members, () => loadCustomerCount(context, memberCountsLoader, { customer, args: { role } }))
}
