import { createManyByKeyLoader, createOneByKeyLoader } from '../../../platform/postgres/batch-loader.js'
import type { Customer } from '../../identity/index.js'
import type { Services } from '../../services.js'

/**
 * The customer that sees a report. Only its owners and admins see the reports of an organisation: the buyer still sees the
 * order, but may have left the organisation.
 */
export function customerOfReport({ userId, organisationId }: Customer): Customer {
  return { userId: organisationId === null ? userId : '', organisationId }
}

export const reportedPaymentLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.reportedPayment.findMany({ where: { id: { in: ids } } }),
    (report) => report.id,
  )

/** Loads the reported payments of orders, oldest first. An order has few of them. */
export const orderReportedPaymentsLoader = ({ db }: Pick<Services, 'db'>) =>
  createManyByKeyLoader(
    (orderIds: bigint[]) => db.reportedPayment.findMany({ where: { orderId: { in: orderIds } }, orderBy: { id: 'asc' } }),
    (report) => report.orderId,
  )
