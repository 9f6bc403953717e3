import { createManyByKeyLoader, createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import type { Payment } from '../../platform/postgres/generated/client.js'
import type { Services } from '../services.js'

export const paymentLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.payment.findMany({ where: { id: { in: ids } } }),
    (payment) => payment.id,
  )

/** Loads the payments that pay invoices now, oldest first. */
export const invoicePaymentsLoader = ({ db }: Pick<Services, 'db'>) =>
  createManyByKeyLoader(
    async (invoiceIds: bigint[]): Promise<(Payment & { paidInvoiceId: bigint })[]> => {
      const parts = await db.paymentAllocation.groupBy({
        by: ['invoiceId', 'paymentId'],
        where: { invoiceId: { in: invoiceIds } },
        having: { amount: { _sum: { gt: 0n } } },
        orderBy: { paymentId: 'asc' },
      })
      const found = await db.payment.findMany({ where: { id: { in: parts.map(({ paymentId }) => paymentId) } } })
      const payments = new Map(found.map((payment) => [payment.id, payment]))
      return parts.flatMap(({ invoiceId, paymentId }) => {
        const payment = payments.get(paymentId)
        return payment ? [{ ...payment, paidInvoiceId: invoiceId }] : []
      })
    },
    ({ paidInvoiceId }) => paidInvoiceId,
  )

/** Loads what is held for pending orders, minor units. */
export const heldForOrderLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    async (orderIds: bigint[]) => {
      const sums = await db.payment.groupBy({
        by: ['orderId'],
        where: { orderId: { in: orderIds }, held: { gt: 0n } },
        _sum: { held: true },
      })
      return sums.map(({ orderId, _sum: { held } }) => ({ orderId, held: held ?? 0n }))
    },
    ({ orderId }) => orderId,
  )

/** Loads the ids of the invoices that payments pay now, oldest first. */
export const paidInvoicesLoader = ({ db }: Pick<Services, 'db'>) =>
  createManyByKeyLoader(
    (paymentIds: bigint[]) =>
      db.paymentAllocation.groupBy({
        by: ['paymentId', 'invoiceId'],
        where: { paymentId: { in: paymentIds } },
        having: { amount: { _sum: { gt: 0n } } },
        orderBy: { invoiceId: 'asc' },
      }),
    ({ paymentId }) => paymentId,
  )
