import { DomainError } from '../../core/errors.js'
import { type ConnectionArguments, type Page, page, pageRequest } from '../../core/pagination.js'
import type { Database } from '../../platform/postgres/client.js'
import { type Order, Prisma } from '../../platform/postgres/generated/client.js'
import type { OrderStatus } from '../../platform/postgres/generated/enums.js'
import { countVisible, type HolderTable, readVisible, type Whose } from '../../platform/postgres/keyset-page.js'
import { maySee, type Viewer } from '../identity/index.js'
import type { Services } from '../services.js'
import { columnsFor, type ShownOrder } from './order-projection.js'

const ORDERS: HolderTable = { table: 'orders', time: 'placed_at', timeField: 'placedAt' }

export type OrderPage = Page<ShownOrder> & { count: () => Promise<number> }

/** A page of orders, newest first. @param asked  the fields of an order that somebody will look at */
export async function listOrders(
  { db, rows: read }: Pick<Services, 'db' | 'rows'>,
  whose: Whose,
  asked: ReadonlySet<string>,
  pageArguments: ConnectionArguments,
  status?: OrderStatus | null,
): Promise<OrderPage> {
  const request = pageRequest(pageArguments)
  const condition = status ? Prisma.sql`AND status = ${status}::"OrderStatus"` : Prisma.empty
  const rows = await readVisible<ShownOrder>(read, ORDERS, columnsFor(asked), whose, request, condition)
  return Object.assign(
    page(request, rows, (order) => ({ at: order.placedAt, id: order.id })),
    { count: () => countVisible(db, ORDERS, whose, condition) },
  )
}

/** Null when there is none, or when the viewer may not see it: ids are sequential and must not leak. */
export async function findOrder(db: Database, viewer: Viewer, id: number): Promise<Order | null> {
  const order = await db.order.findUnique({ where: { id } })
  return order && (await maySee(db, viewer, order)) ? order : null
}

/** @throws ORDER_NOT_FOUND */
export async function requireOrder(db: Database, viewer: Viewer, id: number): Promise<Order> {
  const order = await findOrder(db, viewer, id)
  if (!order) throw orderNotFound(id)
  return order
}

export function orderNotFound(id: number): DomainError {
  return new DomainError('ORDER_NOT_FOUND', `There is no order ${id} that you may see`)
}
