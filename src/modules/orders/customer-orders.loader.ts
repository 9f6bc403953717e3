import { type ConnectionArguments, parsePageRequest, withCount } from '../../core/pagination.js'
import { countCustomerRows, readCustomerPages } from '../../platform/postgres/keyset-page.js'
import { type Customer, createCustomerListLoader, loadCustomerCount, type RequestContext, seesCustomer } from '../identity/index.js'
import type { Services } from '../services.js'
import type { OrderStatus } from './order.enums.js'
import { buildOrderPage, ORDERS, type OrderPage, statusCondition } from './order.queries.js'
import { type OrderProjection, selectOrders } from './order-projection.js'

interface ListArguments extends ConnectionArguments {
  status: OrderStatus | null
}

const pagesLoader = ({ rawQuery }: Pick<Services, 'rawQuery'>) =>
  createCustomerListLoader((customers, { status, ...page }: ListArguments) =>
    readCustomerPages<OrderProjection>(
      rawQuery,
      ORDERS,
      selectOrders().columns,
      customers,
      parsePageRequest(page),
      statusCondition(status),
    ),
  )

const countsLoader = ({ rawQuery }: Pick<Services, 'rawQuery'>) =>
  createCustomerListLoader((customers, status: OrderStatus | null) =>
    countCustomerRows(rawQuery, ORDERS, customers, statusCondition(status)),
  )

/** Loads a page of the orders for a customer, newest first. @returns null if the principal may not view them */
export async function loadCustomerOrders(
  context: RequestContext,
  customer: Customer,
  page: ConnectionArguments,
  status: OrderStatus | null,
): Promise<OrderPage | null> {
  const request = parsePageRequest(page)
  if (!(await seesCustomer(context, customer))) return null
  const rows = await context.loader(pagesLoader).load({ customer, args: { ...page, status } })
  return withCount(buildOrderPage(request, rows), () => loadCustomerCount(context, countsLoader, { customer, args: status }))
}
