import { createManyByKeyLoader, createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import type { Services } from '../services.js'
import { parseOrderItem } from './order-item.js'

export const orderLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.order.findMany({ where: { id: { in: ids } } }),
    (order) => order.id,
  )

/** The limits and features in the plan snapshot of an order. */
export const planSnapshotLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.order.findMany({ where: { id: { in: ids } }, select: { id: true, planLimits: true, planFeatures: true } }),
    (order) => order.id,
  )

export const orderItemsLoader = ({ db }: Pick<Services, 'db'>) =>
  createManyByKeyLoader(
    async (orderIds: bigint[]) => {
      const items = await db.orderItem.findMany({ where: { orderId: { in: orderIds } }, orderBy: { position: 'asc' } })
      return items.map((item) => ({ orderId: item.orderId, ...parseOrderItem(item) }))
    },
    (item) => item.orderId,
  )
