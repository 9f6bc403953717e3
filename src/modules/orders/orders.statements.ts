import type { Order, OrderItem } from '../../platform/postgres/generated/client.js'
import {
  arrayOf,
  bigint,
  boolean,
  char,
  defineStatement,
  insertList,
  int,
  json,
  nullable,
  omitTypes,
  type RecordTypes,
  selectList,
  text,
  textOf,
  timestamp,
} from '../../platform/postgres/statement.js'

/** Also for other modules that read whole orders. */
export const ORDER_COLUMNS = {
  id: bigint,
  userId: text,
  organisationId: nullable(text),
  planId: nullable(bigint),
  status: textOf<Order['status']>(),
  reason: textOf<Order['reason']>(),
  currency: char,
  amount: bigint,
  net: bigint,
  periodAmount: bigint,
  forfeited: bigint,
  planName: nullable(text),
  planType: nullable(textOf<NonNullable<Order['planType']>>()),
  planInterval: nullable(textOf<NonNullable<Order['planInterval']>>()),
  planPrice: nullable(bigint),
  planLimits: nullable(json<unknown>()),
  planFeatures: nullable(json<unknown>()),
  notes: nullable(text),
  purchaseOrder: nullable(text),
  placedAt: timestamp,
  activatedAt: nullable(timestamp),
  expiresAt: nullable(timestamp),
  cancelledAt: nullable(timestamp),
  periodStart: nullable(timestamp),
  periodEnd: nullable(timestamp),
  renewsFrom: nullable(timestamp),
  invoicedElsewhere: nullable(boolean),
  subscriptionId: nullable(bigint),
} satisfies RecordTypes<Order>

const NEW_ORDER = omitTypes(ORDER_COLUMNS, 'id')

/** The id of an order that is inserted later. */
export const RESERVE_ORDER_ID = defineStatement({
  columns: { id: bigint },
  sql: "SELECT nextval('orders_id_seq') AS id",
})

export const INSERT_ORDER = defineStatement({
  parameters: {
    ...NEW_ORDER,
    newId: nullable(bigint),
    itemKinds: arrayOf(text),
    itemParameters: arrayOf(text),
    itemDescriptions: arrayOf(nullable(text)),
    itemQuantities: arrayOf(int),
    itemUnitPrices: arrayOf(bigint),
    itemAmounts: arrayOf(bigint),
  },
  columns: { id: bigint },
  with: {
    new_order: `INSERT INTO orders ${insertList(NEW_ORDER, "coalesce($newId, nextval('orders_id_seq'))")} RETURNING id`,
    new_order_item: `
      INSERT INTO order_items (order_id, position, kind, parameters, description, quantity, unit_price, amount)
      SELECT new_order.id, position - 1, kind, parameters::jsonb, description, quantity, unit_price, amount
      FROM new_order, unnest($itemKinds, $itemParameters, $itemDescriptions, $itemQuantities, $itemUnitPrices, $itemAmounts)
        WITH ORDINALITY AS item (kind, parameters, description, quantity, unit_price, amount, position)`,
  },
  sql: 'SELECT id FROM new_order',
})

export const FIND_ORDER = defineStatement({
  parameters: { orderId: bigint },
  columns: ORDER_COLUMNS,
  sql: `SELECT ${selectList(ORDER_COLUMNS, 'orders')} FROM orders WHERE id = $orderId`,
})

/** Cancels the plan change orders of a subscription that wait for their payment. */
export const CANCEL_PENDING_CHANGES = defineStatement({
  parameters: { changedSubscriptionId: bigint, changesCancelledAt: timestamp },
  columns: ORDER_COLUMNS,
  with: {
    cancelled_change: `
      UPDATE orders SET status = 'CANCELLED', cancelled_at = $changesCancelledAt
      WHERE subscription_id = $changedSubscriptionId AND status = 'PENDING' AND reason = 'PLAN_CHANGE' RETURNING orders.*`,
  },
  sql: `SELECT ${selectList(ORDER_COLUMNS, 'cancelled_change')} FROM cancelled_change`,
})

/** Locks an order, so that it does not expire. */
export const LOCK_ORDER = defineStatement({
  parameters: { orderId: bigint },
  columns: ORDER_COLUMNS,
  sql: `SELECT ${selectList(ORDER_COLUMNS, 'orders')} FROM orders WHERE id = $orderId FOR NO KEY UPDATE`,
})

const ITEM_COLUMNS = {
  kind: textOf<OrderItem['kind']>(),
  parameters: json<OrderItem['parameters']>(),
  description: nullable(text),
  quantity: int,
  unitPrice: bigint,
  amount: bigint,
}

/** Those of the items of several orders. */
export const ORDERED_ITEM_COLUMNS = { orderId: bigint, ...ITEM_COLUMNS } satisfies RecordTypes<Omit<OrderItem, 'position'>>

export const LIST_ORDER_ITEMS = defineStatement({
  parameters: { orderId: bigint },
  columns: ITEM_COLUMNS,
  sql: `SELECT ${selectList(ITEM_COLUMNS, 'item')} FROM order_items AS item WHERE item.order_id = $orderId ORDER BY item.position`,
})

/** Whether a payment was reported for an order that nobody has confirmed or rejected. */
export const HAS_OPEN_REPORT = defineStatement({
  parameters: { orderId: bigint },
  columns: { hasOpenReport: boolean },
  sql: `SELECT EXISTS (SELECT FROM reported_payments WHERE order_id = $orderId AND status = 'REPORTED') AS "hasOpenReport"`,
})

export const FIND_ORDER_CUSTOMER = defineStatement({
  parameters: { orderId: bigint },
  columns: { userId: text, organisationId: nullable(text) },
  sql: 'SELECT user_id AS "userId", organisation_id AS "organisationId" FROM orders WHERE id = $orderId',
})
