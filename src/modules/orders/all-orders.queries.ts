import { parseOptionalId } from '../../core/ids.js'
import { type ConnectionArguments, parsePageRequest, withCount } from '../../core/pagination.js'
import type { TimeSort } from '../../core/sort.type.js'
import { countFilteredRows, listByTime, type RowFilter, readFilteredRows } from '../../platform/postgres/filtered-page.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import { combineFilters, timeRange, valueFilter } from '../../platform/postgres/list-filters.js'
import { readByColumn } from '../../platform/postgres/read-by-column.js'
import { customerCondition, parseSearch, searchCustomerRows } from '../identity/index.js'
import type { Services } from '../services.js'
import { buildOrderPage, type OrderPage } from './order.queries.js'
import type { OrderFilter } from './order.type.js'
import { type OrderProjection, selectOrders } from './order-projection.js'

type Store = Pick<Services, 'rawQuery'>

/**
 * A page of the orders of all customers.
 * @param fields  the selected GraphQL fields; only the columns that they need are read
 * @throws BAD_USER_INPUT naming an argument or a field of the filter
 */
export async function listAllOrders(
  { rawQuery }: Store,
  fields: ReadonlySet<string>,
  pageArguments: ConnectionArguments,
  input: OrderFilter,
  orderBy?: TimeSort | null,
): Promise<OrderPage> {
  const request = parsePageRequest(pageArguments)
  const list = listByTime<bigint>('orders', 'placed_at', orderBy !== 'OLDEST_FIRST')
  const filter = await buildOrderFilter({ rawQuery }, 'filter', input)
  const { columns, types } = selectOrders(fields)
  const rows = await readFilteredRows<OrderProjection, bigint>(readByColumn(rawQuery, types), list, columns, filter, request)
  return withCount(buildOrderPage(request, rows), () => countFilteredRows(rawQuery, list, filter))
}

/** @param path  of the filter in errors @throws BAD_USER_INPUT naming a field of the filter */
export async function buildOrderFilter({ rawQuery }: Store, path: string, input: OrderFilter): Promise<RowFilter> {
  const values = [...valueFilter(`${path}.status`, 'status', input.status), ...valueFilter(`${path}.reason`, 'reason', input.reason)]
  const planId = parseOptionalId(`${path}.planId`, input.planId, 'Plan')
  const conditions = [
    ...customerCondition(`${path}.customerId`, input.customerId),
    ...(planId === undefined ? [] : [Prisma.sql`plan_id = ${planId}`]),
    ...timeRange('placed_at', input),
  ]
  const found = await searchCustomerRows(rawQuery, 'orders', parseSearch(`${path}.search`, input.search), orderIdsByInvoiceNumber)
  return combineFilters({ ...found, conditions: [...conditions, ...found.conditions] }, values)
}

function orderIdsByInvoiceNumber(numbers: readonly string[]): Prisma.Sql {
  return Prisma.sql`SELECT order_id FROM invoices WHERE number = ANY(${numbers}::text[]) AND kind <> 'CREDIT_NOTE'`
}
