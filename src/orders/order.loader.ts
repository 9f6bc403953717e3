import { loadMany, loadOne } from '../database/batch.js'
import type { Database } from '../database/client.js'

export const orderLoader = (db: Database) =>
  loadOne(
    (ids) => db.order.findMany({ where: { id: { in: ids } } }),
    (order) => order.id,
  )

export const orderItemsLoader = (db: Database) =>
  loadMany(
    (orderIds) => db.orderItem.findMany({ where: { orderId: { in: orderIds } }, orderBy: { position: 'asc' } }),
    (item) => item.orderId,
  )
