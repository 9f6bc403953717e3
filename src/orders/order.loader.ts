import { loadMany, loadOne } from '../database/batch.js'
import type { Services } from '../services.js'

export const orderLoader = ({ db }: Services) =>
  loadOne(
    (ids) => db.order.findMany({ where: { id: { in: ids } } }),
    (order) => order.id,
  )

export const orderItemsLoader = ({ db }: Services) =>
  loadMany(
    (orderIds) => db.orderItem.findMany({ where: { orderId: { in: orderIds } }, orderBy: { position: 'asc' } }),
    (item) => item.orderId,
  )
