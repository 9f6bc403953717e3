import {
  bigint,
  boolean,
  defineStatement,
  insertList,
  nullable,
  omitTypes,
  selectList,
  text,
  timestamp,
} from '../../platform/postgres/statement.js'
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

/** The order of the period that begins at a time, whatever its status. */
export const FIND_RENEWAL = defineStatement({
  parameters: { subscriptionId: bigint, renewsFrom: timestamp },
  columns: ORDER_COLUMNS,
  sql: `
    SELECT ${selectList(ORDER_COLUMNS, 'renewal')} FROM orders AS renewal
    WHERE renewal.subscription_id = $subscriptionId AND renewal.renews_from = $renewsFrom LIMIT 1`,
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

/** Whether `END_ACTIVE_ORDERS` or `END_SUBSCRIPTION` would end anything, and the live subscription. */
export const FIND_PLAN_TO_END = defineCustomerStatement({
  parameters: { endsAt: timestamp },
  columns: { liveId: nullable(bigint), hasOrder: boolean },
  sql: ({ isOf }) => `
    SELECT (SELECT live.id FROM subscriptions AS live WHERE live.status <> 'EXPIRED' AND ${isOf('live')}) AS "liveId",
      EXISTS (
        SELECT FROM orders AS ending WHERE ${isOf('ending')} AND plan_id IS NOT NULL
          AND (ending.status = 'ACTIVE' OR (ending.status = 'PENDING' AND ending.renews_from <= $endsAt))) AS "hasOrder"`,
})

/** The id of a subscription that is inserted later. */
export const RESERVE_SUBSCRIPTION_ID = defineStatement({
  columns: { id: bigint },
  sql: "SELECT nextval('subscriptions_id_seq') AS id",
})

export const INSERT_SUBSCRIPTION = defineStatement({
  parameters: SUBSCRIPTION_COLUMNS,
  with: { new_subscription: `INSERT INTO subscriptions ${insertList(omitTypes(SUBSCRIPTION_COLUMNS, 'id'), '$id')}` },
})

/** Can run together with the statement that inserts the subscription. */
export const ACTIVATE_ORDER = defineStatement({
  parameters: {
    activatedOrderId: bigint,
    subscriptionId: bigint,
    activatedAt: timestamp,
    expiresAt: nullable(timestamp),
    periodStart: timestamp,
    periodEnd: timestamp,
    amount: bigint,
    net: bigint,
    notes: nullable(text),
  },
  with: {
    activated_order: `
      UPDATE orders SET status = 'ACTIVE', activated_at = $activatedAt, expires_at = $expiresAt, period_start = $periodStart,
        period_end = $periodEnd, subscription_id = $subscriptionId, amount = $amount, net = $net, period_amount = $amount,
        notes = $notes
      WHERE orders.id = $activatedOrderId`,
  },
})
