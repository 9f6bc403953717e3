import { buildPage, type ConnectionArguments, type Page, parsePageRequest } from '../../core/pagination.js'
import type { Database } from '../../platform/postgres/client.js'
import { loadEntitlement, loadLiveSubscription, loadUsableSubscription } from '../entitlements/index.js'
import {
  type Customer,
  listOrganisationsAfter,
  listUsersAfter,
  organisationLoader,
  type RequestContext,
  userLoader,
} from '../identity/index.js'

const USER_FIELDS = new Date(0)
const ORGANISATION_FIELDS = new Date(1)

/** A page of everybody there is: users by their numbers, then organisations by theirs. A place in it stays good. */
async function listCustomers(db: Database, asked: Pick<ConnectionArguments, 'first' | 'after'>): Promise<Page<Customer>> {
  const request = parsePageRequest(asked)
  const { after, size } = request
  const userPlace = after?.at.getTime() === ORGANISATION_FIELDS.getTime() ? undefined : (after?.id ?? 0)
  const users = userPlace === undefined ? [] : await listUsersAfter(db, userPlace, size + 1)
  const missing = size + 1 - users.length
  const organisationPlace = userPlace === undefined ? (after?.id ?? 0) : 0
  const organisations = missing > 0 ? await listOrganisationsAfter(db, organisationPlace, missing) : []
  return buildPage(request, [...users, ...organisations], ({ userId, organisationId }) =>
    organisationId === null ? { at: USER_FIELDS, id: userId } : { at: ORGANISATION_FIELDS, id: organisationId },
  )
}

/** What a holder has now, for any number of holders in a constant number of statements. */
export async function loadCustomerEntitlement(context: RequestContext, holder: Customer) {
  const { userId, organisationId } = holder
  const [{ plan, limits, features }, subscription, usable, user, organisation] = await Promise.all([
    loadEntitlement(context, holder),
    loadLiveSubscription(context, holder),
    loadUsableSubscription(context, holder),
    organisationId === null ? context.loader(userLoader).load(userId) : null,
    organisationId === null ? null : context.loader(organisationLoader).load(organisationId),
  ])
  return { user, organisation, plan, limits, features, subscription, hasAccess: subscription === null || usable !== null }
}

/** A page of what everybody has. */
export async function listEntitlements(context: RequestContext, asked: Pick<ConnectionArguments, 'first' | 'after'>) {
  const { db } = context.services
  const { edges, pageInfo } = await listCustomers(db, asked)
  const states = await Promise.all(edges.map(async ({ cursor, node }) => ({ cursor, node: await loadCustomerEntitlement(context, node) })))
  const count = async () => (await db.user.count()) + (await db.organisation.count())
  return { edges: states, nodes: states.map(({ node }) => node), pageInfo, count }
}
