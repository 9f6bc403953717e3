import { createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import type { Services } from '../services.js'

export const endpointLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.webhookEndpoint.findMany({ where: { id: { in: ids }, deletedAt: null } }),
    (endpoint) => endpoint.id,
  )

export const deliveryLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.webhookDelivery.findMany({ where: { id: { in: ids } }, include: { event: true } }),
    (delivery) => delivery.id,
  )
