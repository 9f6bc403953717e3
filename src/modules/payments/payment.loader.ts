import { createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import type { Services } from '../services.js'

export const refundLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.refund.findMany({ where: { id: { in: ids } } }),
    (refund) => refund.id,
  )

export const refundPartLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.refundPart.findMany({ where: { id: { in: ids } }, include: { refund: true } }),
    (part) => part.id,
  )

export const providerEventLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.providerEvent.findMany({ where: { id: { in: ids } } }),
    (event) => event.id,
  )
