import { DomainError, INVALID_TRANSITION, invalidInputError } from '../../../core/errors.js'
import { encodeId } from '../../../core/ids.js'
import { type ConnectionArguments, type CountedPage, parsePageRequest } from '../../../core/pagination.js'
import type { TimeSort } from '../../../core/sort.type.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import { listByTime, readFilteredPage } from '../../../platform/postgres/filtered-page.js'
import type { ReportedPayment } from '../../../platform/postgres/generated/client.js'
import { combineFilters, timeRange, valueFilter } from '../../../platform/postgres/list-filters.js'
import { customerCondition, lockCustomer } from '../../identity/index.js'
import type { Services } from '../../services.js'
import type { ReportedPaymentStatus } from './reported-payment.enums.js'
import type { ReportedPaymentFilter } from './reported-payment.type.js'

/**
 * A page of the reported payments of all customers.
 * @throws BAD_USER_INPUT naming an argument or a field of the filter
 */
export function listAllReportedPayments(
  { db, rawQuery }: Pick<Services, 'db' | 'rawQuery'>,
  pageArguments: ConnectionArguments,
  input: ReportedPaymentFilter,
  orderBy?: TimeSort | null,
): Promise<CountedPage<ReportedPayment>> {
  const rows = { conditions: [...customerCondition('filter.customerId', input.customerId), ...timeRange('reported_at', input)] }
  return readFilteredPage<ReportedPayment, bigint>(rawQuery, {
    list: listByTime('reported_payments', 'reported_at', orderBy !== 'OLDEST_FIRST'),
    filter: combineFilters(rows, valueFilter('filter.status', 'status', input.status)),
    request: parsePageRequest(pageArguments),
    load: (ids) => db.reportedPayment.findMany({ where: { id: { in: ids } } }),
    timeOf: ({ reportedAt }) => reportedAt,
  })
}

/**
 * Reads a report under the lock of its customer, before it is resolved.
 * @throws BAD_USER_INPUT if it does not exist, INVALID_TRANSITION if it is resolved already
 */
export async function lockReport(tx: Transaction, id: bigint, to: ReportedPaymentStatus): Promise<ReportedPayment> {
  const found = await tx.reportedPayment.findUnique({ where: { id }, select: { userId: true, organisationId: true } })
  if (!found) throw invalidInputError('input.id', `reported payment ${id} does not exist`)
  await lockCustomer(tx, found)
  const report = await tx.reportedPayment.findUniqueOrThrow({ where: { id } })
  if (report.status === 'REPORTED') return report
  const message = `Reported payment ${encodeId('ReportedPayment', id)} is ${report.status.toLowerCase()} already`
  throw new DomainError(INVALID_TRANSITION, message, { from: report.status, to })
}
