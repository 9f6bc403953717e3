import { DomainError } from '../../core/errors.js'
import {
  buildPage,
  type ConnectionArguments,
  type CountedPage,
  type Page,
  type PageRequest,
  parsePageRequest,
  withCount,
} from '../../core/pagination.js'
import type { Database, Transaction } from '../../platform/postgres/client.js'
import { type Order, type OrderItem, Prisma } from '../../platform/postgres/generated/client.js'
import { type CustomerTable, countVisibleRows, type ListScope, readVisibleRows } from '../../platform/postgres/keyset-page.js'
import type { RawQuery } from '../../platform/postgres/raw-query.js'
import { readByColumn } from '../../platform/postgres/read-by-column.js'
import { readRow } from '../../platform/postgres/run-statement.js'
import { bind, selectList } from '../../platform/postgres/statement.js'
import { canView, type UserPrincipal, viewCondition } from '../identity/index.js'
import type { Services } from '../services.js'
import type { OrderStatus } from './order.enums.js'
import { ORDER_NOT_FOUND } from './order.errors.js'
import { type OrderLine, parseOrderItem } from './order-item.js'
import { type OrderProjection, selectOrders } from './order-projection.js'
import { LOCK_ORDER, ORDERED_ITEM_COLUMNS } from './orders.statements.js'

export const ORDERS: CustomerTable = { table: 'orders', time: 'placed_at', timeField: 'placedAt' }

export type OrderPage = CountedPage<OrderProjection>

/**
 * A page of orders, newest first.
 * @param fields  the selected GraphQL fields; only the columns that they need are read
 */
export async function listOrders(
  { db, rawQuery }: Pick<Services, 'db' | 'rawQuery'>,
  scope: ListScope,
  fields: ReadonlySet<string>,
  pageArguments: ConnectionArguments,
  status?: OrderStatus | null,
): Promise<OrderPage> {
  const request = parsePageRequest(pageArguments)
  const condition = statusCondition(status)
  const { columns, types } = selectOrders(fields)
  const rows = await readVisibleRows<OrderProjection>(readByColumn(rawQuery, types), ORDERS, columns, scope, request, condition)
  await addLines(rawQuery, fields, rows)
  return withCount(buildOrderPage(request, rows), () => countVisibleRows(db, ORDERS, scope, condition))
}

export function buildOrderPage(request: PageRequest, rows: readonly OrderProjection[]): Page<OrderProjection> {
  return buildPage(request, rows, ({ placedAt, id }) => ({ at: placedAt, id }))
}

export function statusCondition(status: OrderStatus | null | undefined): Prisma.Sql {
  return status ? Prisma.sql`AND status = ${status}` : Prisma.empty
}

/**
 * Reads an order with one statement, and its line items with another one if they are selected.
 * @param fields  the selected GraphQL fields; only the columns that they need are read
 * @returns null if the order does not exist or the principal may not view it; ids are sequential and must not
 * leak
 */
export async function findVisibleOrder(
  { rawQuery }: Pick<Services, 'rawQuery'>,
  principal: UserPrincipal,
  id: bigint,
  fields: ReadonlySet<string>,
): Promise<OrderProjection | null> {
  const orders = await rawQuery<OrderProjection>(
    Prisma.sql`SELECT ${selectOrders(fields).columns} FROM orders WHERE id = ${id} ${viewCondition(principal)}`,
  )
  await addLines(rawQuery, fields, orders)
  return orders[0] ?? null
}

/** Reads the line items of orders if a selected field needs them. */
async function addLines(rawQuery: RawQuery, fields: ReadonlySet<string>, orders: readonly OrderProjection[]): Promise<void> {
  if (orders.length === 0 || !(fields.has('items') || fields.has('description'))) return
  const lines = new Map<bigint, OrderLine[]>(orders.map(({ id }) => [id, []]))
  for (const item of await readOrderItems(rawQuery, [...lines.keys()])) lines.get(item.orderId)?.push(item)
  for (const order of orders) order.lines = lines.get(order.id) ?? []
}

/** Reads the line items of orders, those of one order in their order. */
export async function readOrderItems(rawQuery: RawQuery, orderIds: readonly bigint[]): Promise<(OrderLine & { orderId: bigint })[]> {
  const read = readByColumn(rawQuery, ORDERED_ITEM_COLUMNS)
  const items = await read<Omit<OrderItem, 'position'>>(Prisma.sql`
    SELECT ${Prisma.raw(selectList(ORDERED_ITEM_COLUMNS, 'order_items'))} FROM order_items WHERE order_id = ANY (${orderIds}::bigint[]) ORDER BY position`)
  return items.map((item) => Object.assign(parseOrderItem(item), { orderId: item.orderId }))
}

/** Like findVisibleOrder, with all columns, also in a transaction. */
async function findOrder(db: Database, principal: UserPrincipal, id: bigint): Promise<Order | null> {
  const order = await db.order.findUnique({ where: { id } })
  return order && (await canView(db, principal, order)) ? order : null
}

/** @throws ORDER_NOT_FOUND */
export async function getOrder(db: Database, principal: UserPrincipal, id: bigint): Promise<Order> {
  const order = await findOrder(db, principal, id)
  if (!order) throw orderNotFoundError(id)
  return order
}

/**
 * Locks an order and reads it. The job that expires unpaid orders does not lock their customers: without this lock, money
 * could be held for an order that has just expired, and would never be freed. Call it under the customer's lock.
 */
export async function lockOrder(tx: Transaction, id: bigint): Promise<Order> {
  const order = await readRow(tx, bind(LOCK_ORDER, { orderId: id }))
  if (!order) throw orderNotFoundError(id)
  return order
}

export function orderNotFoundError(id: bigint): DomainError {
  return new DomainError(ORDER_NOT_FOUND, `Order ${id} does not exist, or you may not view it`)
}
