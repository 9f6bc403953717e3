import { createManyByKeyLoader, createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import { type Order, Prisma } from '../../platform/postgres/generated/client.js'
import type { RequestContext } from '../identity/index.js'
import type { Services } from '../services.js'
import { readOrderItems } from './order.queries.js'
import type { OrderLine } from './order-item.js'
import type { OrderProjection } from './order-projection.js'

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

const orderItemsLoader = ({ rawQuery }: Pick<Services, 'rawQuery'>) =>
  createManyByKeyLoader(
    (orderIds: bigint[]) => readOrderItems(rawQuery, orderIds),
    ({ orderId }) => orderId,
  )

/** Returns the line items without a promise if the query has read them with the order, which saves time on long lists. */
export function loadOrderItems(
  context: RequestContext,
  { id, lines }: OrderProjection,
): readonly OrderLine[] | Promise<readonly OrderLine[]> {
  return lines ?? context.loader(orderItemsLoader).load(id)
}
