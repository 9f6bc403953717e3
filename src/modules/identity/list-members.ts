import { isPanelId } from '../../core/ids.js'
import { buildPage, type ConnectionArguments, parsePageRequestBy, withCount } from '../../core/pagination.js'
import { type Membership, Prisma } from '../../platform/postgres/generated/client.js'
import type { CustomerIds } from '../../platform/postgres/keyset-page.js'
import type { Services } from '../services.js'
import { requireOrganisationView } from './access-control.js'
import { createCustomerListLoader, loadCustomerCount } from './customer-lists.js'
import type { RequestContext } from './request-context.js'

/** Cursors consist of a time and an id. Memberships have no time. */
const CURSOR_TIME = new Date(0)

function parseRequest(page: ConnectionArguments) {
  return parsePageRequestBy(page, (id) => (isPanelId(id) ? id : undefined))
}

const membersLoader = ({ rawQuery }: Pick<Services, 'rawQuery'>) =>
  createCustomerListLoader(({ ids }: CustomerIds, page: ConnectionArguments) => {
    const { after, before, backward, size } = parseRequest(page)
    const direction = Prisma.raw(backward ? 'DESC' : 'ASC')
    const later = after ? Prisma.sql`AND user_id > ${after.id}` : Prisma.empty
    const earlier = before ? Prisma.sql`AND user_id < ${before.id}` : Prisma.empty
    return rawQuery<Membership & { customerId: string }>(Prisma.sql`
      SELECT organisations.id AS "customerId", page.* FROM organisations
      CROSS JOIN LATERAL (
        SELECT organisation_id AS "organisationId", user_id AS "userId", role FROM memberships
        WHERE organisation_id = organisations.id ${later} ${earlier} ORDER BY user_id ${direction} LIMIT ${size + 1}) AS page
      WHERE organisations.id = ANY (${[...ids]}::text[])
      ORDER BY page."userId" ${direction}`)
  })

const memberCountsLoader = ({ rawQuery }: Pick<Services, 'rawQuery'>) =>
  createCustomerListLoader(({ ids }: CustomerIds, _args: null) =>
    rawQuery<{ customerId: string; count: bigint }>(Prisma.sql`
      SELECT organisation_id AS "customerId", count(*) AS count FROM memberships
      WHERE organisation_id = ANY (${[...ids]}::text[]) GROUP BY organisation_id`),
  )

/**
 * Loads a page of the memberships of an organisation, in the order of the users' ids.
 * @throws FORBIDDEN unless the principal is a member or an administrator
 */
export async function loadMembers(context: RequestContext, organisationId: string, page: ConnectionArguments) {
  const request = parseRequest(page)
  await requireOrganisationView(context, organisationId)
  const customer = { userId: '', organisationId }
  const rows: Membership[] = await context.loader(membersLoader).load({ customer, args: { ...page } })
  const members = buildPage(request, rows, ({ userId }) => ({ at: CURSOR_TIME, id: userId }))
  return withCount(members, () => loadCustomerCount(context, memberCountsLoader, { customer, args: null }))
}
