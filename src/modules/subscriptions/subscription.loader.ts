import { createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import type { Services } from '../services.js'

export const subscriptionLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.subscription.findMany({ where: { id: { in: ids } } }),
    (subscription) => subscription.id,
  )
