import { bigint, nullable, selectList, timestamp } from '../../platform/postgres/statement.js'
import { defineCustomerStatement } from '../identity/index.js'
import { ORDER_COLUMNS } from '../orders/index.js'

/** The pending renewals of a subscription. Default: of the live one of the customer. */
export const LIST_RENEWALS = defineCustomerStatement({
  parameters: { subscriptionId: nullable(bigint) },
  columns: ORDER_COLUMNS,
  sql: ({ isOf }) => `
    SELECT ${selectList(ORDER_COLUMNS, 'renewal')} FROM orders AS renewal
    WHERE renewal.reason = 'RENEWAL' AND renewal.status = 'PENDING' AND renewal.subscription_id = coalesce($subscriptionId,
      (SELECT live.id FROM subscriptions AS live WHERE live.status <> 'EXPIRED' AND ${isOf('live')}))
    ORDER BY renewal.id`,
})

/** The open invoices of a customer with the subscriptions that they are for, the earliest due first. A customer has few. */
export const LIST_OPEN_INVOICES = defineCustomerStatement({
  columns: { orderId: bigint, dueAt: timestamp, subscriptionId: nullable(bigint) },
  sql: ({ isOf }) => `
    SELECT open.order_id AS "orderId", open.due_at AS "dueAt", orders.subscription_id AS "subscriptionId"
    FROM invoices AS open JOIN orders ON orders.id = open.order_id
    WHERE open.status = 'OPEN' AND ${isOf('open')} ORDER BY open.due_at, open.id`,
})
