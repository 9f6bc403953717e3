import { type ConnectionArguments, type Page, page, pageRequest } from '../../core/pagination.js'
import type { Database } from '../../platform/postgres/client.js'
import { liveSubscription, loadEntitlement, usableSubscription } from '../entitlements/index.js'
import { type Context, type Holder, organisationLoader, organisationsAfter, userLoader, usersAfter } from '../identity/index.js'

const USERS = new Date(0)
const ORGANISATIONS = new Date(1)

/** A page of everybody there is: users by their numbers, then organisations by theirs. A place in it stays good. */
async function listHolders(db: Database, asked: Pick<ConnectionArguments, 'first' | 'after'>): Promise<Page<Holder>> {
  const request = pageRequest(asked)
  const { after, size } = request
  const userPlace = after?.at.getTime() === ORGANISATIONS.getTime() ? undefined : (after?.id ?? 0)
  const users = userPlace === undefined ? [] : await usersAfter(db, userPlace, size + 1)
  const missing = size + 1 - users.length
  const organisationPlace = userPlace === undefined ? (after?.id ?? 0) : 0
  const organisations = missing > 0 ? await organisationsAfter(db, organisationPlace, missing) : []
  return page(request, [...users, ...organisations], ({ userId, organisationId }) =>
    organisationId === null ? { at: USERS, id: userId } : { at: ORGANISATIONS, id: organisationId },
  )
}

/** What a holder has now, for any number of holders in a constant number of statements. */
export async function holderState(context: Context, holder: Holder) {
  const { userId, organisationId } = holder
  const [{ plan, limits, features }, subscription, usable, user, organisation] = await Promise.all([
    loadEntitlement(context, holder),
    liveSubscription(context, holder),
    usableSubscription(context, holder),
    organisationId === null ? context.loader(userLoader).load(userId) : null,
    organisationId === null ? null : context.loader(organisationLoader).load(organisationId),
  ])
  return { user, organisation, plan, limits, features, subscription, hasAccess: subscription === null || usable !== null }
}

/** A page of what everybody has. */
export async function desiredState(context: Context, asked: Pick<ConnectionArguments, 'first' | 'after'>) {
  const { db } = context.services
  const { edges, pageInfo } = await listHolders(db, asked)
  const states = await Promise.all(edges.map(async ({ cursor, node }) => ({ cursor, node: await holderState(context, node) })))
  const count = async () => (await db.user.count()) + (await db.organisation.count())
  return { edges: states, nodes: states.map(({ node }) => node), pageInfo, count }
}
