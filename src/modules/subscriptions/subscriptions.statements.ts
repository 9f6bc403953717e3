import { bigint, defineStatement, insertList, nullable, omitTypes, selectList, text, timestamp } from '../../platform/postgres/statement.js'
import { SUBSCRIPTION_COLUMNS } from '../entitlements/index.js'
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

/** Ends the active plan orders of a customer, and its unpaid renewals whose period has begun. */
export const END_ACTIVE_ORDERS = defineCustomerStatement({
  parameters: { endedStatus: text, ordersEndedAt: timestamp },
  columns: ORDER_COLUMNS,
  with: ({ isOf }) => ({
    ended_order: `
      UPDATE orders SET status = $endedStatus, cancelled_at = CASE WHEN $endedStatus = 'CANCELLED' THEN $ordersEndedAt END
      WHERE ${isOf('orders')} AND plan_id IS NOT NULL
        AND (status = 'ACTIVE' OR (status = 'PENDING' AND renews_from <= $ordersEndedAt))
      RETURNING orders.*`,
  }),
  sql: () => `SELECT ${selectList(ORDER_COLUMNS, 'ended_order')} FROM ended_order`,
})

/** Ends the live subscription of a customer. */
export const END_SUBSCRIPTION = defineCustomerStatement({
  parameters: { subscriptionEndedAt: timestamp },
  columns: SUBSCRIPTION_COLUMNS,
  with: ({ isOf }) => ({
    ended_subscription: `
      UPDATE subscriptions SET status = 'EXPIRED', ended_at = $subscriptionEndedAt, revoked_at = $subscriptionEndedAt, collect_at = NULL,
        updated_at = $subscriptionEndedAt
      WHERE status <> 'EXPIRED' AND ${isOf('subscriptions')} RETURNING subscriptions.*`,
  }),
  sql: () => `SELECT ${selectList(SUBSCRIPTION_COLUMNS, 'ended_subscription')} FROM ended_subscription`,
})

const NEW_SUBSCRIPTION = omitTypes(SUBSCRIPTION_COLUMNS, 'id')

/** Inserts a subscription, and activates its order. */
export const ACTIVATE_ORDER = defineStatement({
  parameters: {
    ...NEW_SUBSCRIPTION,
    activatedOrderId: bigint,
    orderExpiresAt: nullable(timestamp),
    amount: bigint,
    net: bigint,
    notes: nullable(text),
  },
  columns: { id: bigint },
  with: {
    new_subscription: `INSERT INTO subscriptions ${insertList(NEW_SUBSCRIPTION)} RETURNING id`,
    activated_order: `
      UPDATE orders SET status = 'ACTIVE', activated_at = $createdAt, expires_at = $orderExpiresAt, period_start = $currentPeriodStart,
        period_end = $currentPeriodEnd, subscription_id = new_subscription.id, amount = $amount, net = $net, period_amount = $amount,
        notes = $notes
      FROM new_subscription WHERE orders.id = $activatedOrderId`,
  },
  sql: 'SELECT id FROM new_subscription',
})
