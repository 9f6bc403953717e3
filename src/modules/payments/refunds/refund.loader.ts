import { createManyByKeyLoader } from '../../../platform/postgres/batch-loader.js'
import type { Services } from '../../services.js'

/** Loads the refunds of orders, oldest first. */
export const orderRefundsLoader = ({ db }: Pick<Services, 'db'>) =>
  createManyByKeyLoader(
    (ids: bigint[]) => db.refund.findMany({ where: { orderId: { in: ids } }, orderBy: { id: 'asc' } }),
    (refund) => refund.orderId,
  )

/** Loads the parts of refunds, in the order of the payments: newest first. */
export const refundPartsLoader = ({ db }: Pick<Services, 'db'>) =>
  createManyByKeyLoader(
    (ids: bigint[]) => db.refundPart.findMany({ where: { refundId: { in: ids } }, include: { refund: true }, orderBy: { id: 'asc' } }),
    (part) => part.refundId,
  )
