import { type ConnectionArguments, type CountedPage, parsePageRequest } from '../../../core/pagination.js'
import type { TimeSort } from '../../../core/sort.type.js'
import { listByTime, readFilteredPage } from '../../../platform/postgres/filtered-page.js'
import type { Refund } from '../../../platform/postgres/generated/client.js'
import { combineFilters, timeRange, valueFilter } from '../../../platform/postgres/list-filters.js'
import { customerCondition } from '../../identity/index.js'
import type { Services } from '../../services.js'
import type { RefundFilter } from './all-refunds.type.js'

/**
 * A page of the refunds of all customers.
 * @throws BAD_USER_INPUT naming an argument or a field of the filter
 */
export function listAllRefunds(
  { db, rawQuery }: Pick<Services, 'db' | 'rawQuery'>,
  pageArguments: ConnectionArguments,
  input: RefundFilter,
  orderBy?: TimeSort | null,
): Promise<CountedPage<Refund>> {
  const rows = { conditions: [...customerCondition('filter.customerId', input.customerId), ...timeRange('created_at', input)] }
  return readFilteredPage<Refund, bigint>(rawQuery, {
    list: listByTime('refunds', 'created_at', orderBy !== 'OLDEST_FIRST'),
    filter: combineFilters(rows, valueFilter('filter.status', 'status', input.status)),
    request: parsePageRequest(pageArguments),
    load: (ids) => db.refund.findMany({ where: { id: { in: ids } } }),
    timeOf: ({ createdAt }) => createdAt,
  })
}
