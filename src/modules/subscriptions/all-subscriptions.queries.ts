import { parseOptionalId } from '../../core/ids.js'
import { type ConnectionArguments, type CountedPage, parsePageRequest } from '../../core/pagination.js'
import type { TimeSort } from '../../core/sort.type.js'
import { listByTime, readFilteredPage } from '../../platform/postgres/filtered-page.js'
import { Prisma, type Subscription } from '../../platform/postgres/generated/client.js'
import { combineFilters, valueFilter } from '../../platform/postgres/list-filters.js'
import { customerCondition } from '../identity/index.js'
import type { Services } from '../services.js'
import type { SubscriptionFilter } from './all-subscriptions.type.js'

/**
 * A page of the subscriptions of all customers, also of those that have ended.
 * @throws BAD_USER_INPUT naming an argument or a field of the filter
 */
export function listAllSubscriptions(
  { db, rawQuery }: Pick<Services, 'db' | 'rawQuery'>,
  pageArguments: ConnectionArguments,
  input: SubscriptionFilter,
  orderBy?: TimeSort | null,
): Promise<CountedPage<Subscription>> {
  const planId = parseOptionalId('filter.planId', input.planId, 'Plan')
  const conditions = [
    ...customerCondition('filter.customerId', input.customerId),
    ...(planId === undefined ? [] : [Prisma.sql`plan_id = ${planId}`]),
  ]
  return readFilteredPage<Subscription, bigint>(rawQuery, {
    list: listByTime('subscriptions', 'created_at', orderBy !== 'OLDEST_FIRST'),
    filter: combineFilters({ conditions }, valueFilter('filter.status', 'status', input.status)),
    request: parsePageRequest(pageArguments),
    load: (ids) => db.subscription.findMany({ where: { id: { in: ids } } }),
    timeOf: ({ createdAt }) => createdAt,
  })
}
