import { type ConnectionArguments, type CountedPage, parsePageRequest } from '../../core/pagination.js'
import type { TimeSort } from '../../core/sort.type.js'
import { listByTime, readFilteredPage } from '../../platform/postgres/filtered-page.js'
import type { Mail } from '../../platform/postgres/generated/client.js'
import { combineFilters, timeRange, valueFilter } from '../../platform/postgres/list-filters.js'
import { customerCondition } from '../identity/index.js'
import type { Services } from '../services.js'
import type { MailFilter } from './mail.type.js'

/** A page of the mails to all customers. @throws BAD_USER_INPUT naming an argument or a field of the filter */
export function listMails(
  { db, rawQuery }: Pick<Services, 'db' | 'rawQuery'>,
  pageArguments: ConnectionArguments,
  { customerId, status, kind, ...range }: MailFilter,
  orderBy?: TimeSort | null,
): Promise<CountedPage<Mail>> {
  const conditions = [...customerCondition('filter.customerId', customerId), ...timeRange('created_at', range)]
  const values = [...valueFilter('filter.status', 'status', status), ...valueFilter('filter.kind', 'kind', kind)]
  return readFilteredPage<Mail, bigint>(rawQuery, {
    list: listByTime('mails', 'created_at', orderBy !== 'OLDEST_FIRST'),
    filter: combineFilters({ conditions }, values),
    request: parsePageRequest(pageArguments),
    load: (ids) => db.mail.findMany({ where: { id: { in: ids } } }),
    timeOf: ({ createdAt }) => createdAt,
  })
}
