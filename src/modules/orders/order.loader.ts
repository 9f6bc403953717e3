import { createManyByKeyLoader, createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import { type Order, type OrderItem, Prisma } from '../../platform/postgres/generated/client.js'
import type { Services } from '../services.js'
import { parseOrderItem } from './order-item.js'

export const orderLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.order.findMany({ where: { id: { in: ids } } }),
    (order) => order.id,
  )

/** The limits and features in the plan snapshot of an order. */
export const planSnapshotLoader = ({ rawQuery }: Pick<Services, 'rawQuery'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) =>
      rawQuery<Pick<Order, 'id' | 'planLimits' | 'planFeatures'>>(Prisma.sql`
        SELECT id, plan_limits AS "planLimits", plan_features AS "planFeatures" FROM orders WHERE id = ANY (${ids}::bigint[])`),
    (order) => order.id,
  )

export const orderItemsLoader = ({ rawQuery }: Pick<Services, 'rawQuery'>) =>
  createManyByKeyLoader(
    async (orderIds: bigint[]) => {
      const items = await rawQuery<Omit<OrderItem, 'position'>>(Prisma.sql`
        SELECT order_id AS "orderId", kind, parameters, description, quantity, unit_price AS "unitPrice", amount
        FROM order_items WHERE order_id = ANY (${orderIds}::bigint[]) ORDER BY position`)
      return items.map((item) => Object.assign(parseOrderItem(item), { orderId: item.orderId }))
    },
    ({ orderId }) => orderId,
  )
