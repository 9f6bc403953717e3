import { isPanelId } from '../../core/ids.js'
import { buildPage, type ConnectionArguments, type Page, parsePageRequestBy } from '../../core/pagination.js'
import type { Database } from '../../platform/postgres/client.js'
import { loadEntitlement, loadLiveSubscription, loadUsableSubscription } from '../entitlements/index.js'
import { type Customer, listOrganisationsAfter, listUsersAfter, loadCustomer, type RequestContext } from '../identity/index.js'

/** Cursors consist of a time and an id. These two times mark the kind of customer that the id belongs to. */
const USER_CURSOR_TIME = new Date(2)
const ORGANISATION_CURSOR_TIME = new Date(3)

/**
 * A page of all customers: users by their ids, then organisations by theirs, both in the order of text. Cursors never
 * become invalid. Those of 0.2 have the times 0 and 1 and a position in the order of numbers: they restart the list,
 * so that no customer is skipped.
 */
async function listCustomers(db: Database, page: Pick<ConnectionArguments, 'first' | 'after'>): Promise<Page<Customer>> {
  const request = parsePageRequestBy(page, (id) => (isPanelId(id) ? id : undefined))
  const { after, size } = request
  const idAfter = (time: Date) => (after?.at.getTime() === time.getTime() ? after.id : '')
  const lastOrganisationId = idAfter(ORGANISATION_CURSOR_TIME)
  const users = lastOrganisationId === '' ? await listUsersAfter(db, idAfter(USER_CURSOR_TIME), size + 1) : []
  const remaining = size + 1 - users.length
  const organisations = remaining > 0 ? await listOrganisationsAfter(db, lastOrganisationId, remaining) : []
  return buildPage(request, [...users, ...organisations], ({ userId, organisationId }) =>
    organisationId === null ? { at: USER_CURSOR_TIME, id: userId } : { at: ORGANISATION_CURSOR_TIME, id: organisationId },
  )
}

/**
 * Loads the entitlement of a customer. Batched: the number of statements does not depend on the number of
 * customers.
 */
export async function loadCustomerEntitlement(context: RequestContext, customer: Customer) {
  const [{ plan, limits, features }, subscription, usable, loaded] = await Promise.all([
    loadEntitlement(context, customer),
    loadLiveSubscription(context, customer),
    loadUsableSubscription(context, customer),
    loadCustomer(context, customer),
  ])
  return { customer: loaded, plan, limits, features, subscription, hasAccess: subscription === null || usable !== null }
}

/** A page of the entitlements of all customers. */
export async function listEntitlements(context: RequestContext, page: Pick<ConnectionArguments, 'first' | 'after'>) {
  const { db } = context.services
  const { edges, pageInfo } = await listCustomers(db, page)
  const states = await Promise.all(edges.map(async ({ cursor, node }) => ({ cursor, node: await loadCustomerEntitlement(context, node) })))
  const count = async () => (await db.user.count()) + (await db.organisation.count())
  return { edges: states, nodes: states.map(({ node }) => node), pageInfo, count }
}
