import { createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import type { Services } from '../services.js'

export const refundLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) =>
      db.refund.findMany({ where: { id: { in: ids } }, include: { order: { select: { userId: true, organisationId: true } } } }),
    (refund) => refund.id,
  )

export const providerEventLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.providerEvent.findMany({ where: { id: { in: ids } } }),
    (event) => event.id,
  )
