import { type ConnectionArguments, type CountedPage, parsePageRequest } from '../../core/pagination.js'
import type { TimeSort } from '../../core/sort.type.js'
import { listByTime, readFilteredPage } from '../../platform/postgres/filtered-page.js'
import { type Payment, Prisma } from '../../platform/postgres/generated/client.js'
import { timeRange, valueFilter } from '../../platform/postgres/list-filters.js'
import { customerCondition } from '../identity/index.js'
import type { Services } from '../services.js'
import type { PaymentFilter } from './payment.type.js'

/**
 * A page of the payments of all customers, by the time at which they were received.
 * @throws BAD_USER_INPUT naming an argument or a field of the filter
 */
export function listAllPayments(
  { db, rawQuery }: Pick<Services, 'db' | 'rawQuery'>,
  pageArguments: ConnectionArguments,
  input: PaymentFilter,
  orderBy?: TimeSort | null,
): Promise<CountedPage<Payment>> {
  // No index has the kind, and the payments of a kind are not few.
  const kinds = valueFilter('filter.kind', 'kind', input.kind).map(
    ({ column, values }) => Prisma.sql`${column} = ANY(${[...values]}::text[])`,
  )
  const conditions = [...customerCondition('filter.customerId', input.customerId), ...timeRange('received_at', input), ...kinds]
  return readFilteredPage<Payment, bigint>(rawQuery, {
    list: listByTime('payments', 'received_at', orderBy !== 'OLDEST_FIRST'),
    filter: { conditions },
    request: parsePageRequest(pageArguments),
    load: (ids) => db.payment.findMany({ where: { id: { in: ids } } }),
    timeOf: ({ receivedAt }) => receivedAt,
  })
}
