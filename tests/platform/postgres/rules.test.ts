import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { applyPlan } from '../../support/requests.js'
import { insertRows } from '../../support/rows.js'
import { startServer, type TestServer } from '../../support/server.js'

const PLAN_SNAPSHOT = ['plan_name', 'plan_interval', 'plan_limits', 'plan_features']
const copyOf = (columns: string[]) => Object.fromEntries(columns.map((column) => [column, column]))

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
  await server.ask(10, '{ me { id } }')
  const { data } = await applyPlan(server, { userId: '10', planId: plans.pro })
  const columns = { user_id: 'user_id', order_id: 'id', amount: '100', type: "'PRORATED'" }
  await server.owner.query(insertRows('refunds', columns, 'orders WHERE id = $1'), [rowId(data.applyPlan.order.id)])
})
afterAll(() => server.close())

describe('raw SQL is refused', () => {
  test.each([
    ['change an invoice', 'UPDATE invoices SET total = 1, subtotal = 1', /never changed/],
    ['change the snapshot of an invoice', `UPDATE invoices SET snapshot = '{}'`, /never changed/],
    ['remove an invoice', 'DELETE FROM invoices', /never removed/],
    ['empty the invoices', 'TRUNCATE invoices CASCADE', /never removed/],
    ['change the audit log', `UPDATE audit_entries SET actor = 'nobody'`, /never changed/],
    ['remove from the audit log', 'DELETE FROM audit_entries', /never changed/],
    ['rewrite a plan snapshot', 'UPDATE orders SET amount = 1', /keeps what was bought/],
    ['change the purchase order of an order', `UPDATE orders SET purchase_order = 'another'`, /keeps what was bought/],
    ['revive a cancelled order', `UPDATE orders SET status = 'PENDING'`, /cannot go from/],
    [
      'give a customer a second active plan',
      insertRows('orders', copyOf(['user_id', 'plan_id', 'status', ...PLAN_SNAPSHOT, 'plan_type', 'activated_at']), 'orders'),
      /orders_one_active_per_user/,
    ],
    [
      'give a customer a second subscription',
      insertRows(
        'subscriptions',
        copyOf(['user_id', 'plan_id', 'order_id', 'anchor', 'current_period_start', 'current_period_end']),
        'subscriptions',
      ),
      /subscriptions_one_live_per_user/,
    ],
    ['make a second default plan', `UPDATE plans SET is_default = true, type = 'FREE'`, /plans_one_default/],
    ['make a paid plan the default', `UPDATE plans SET is_default = (slug = 'pro')`, /plans_default_is_free|plans_one_default/],
    [
      'store two notes of the same subject for all countries and languages',
      `INSERT INTO legal_notes (subject, text, updated_at) VALUES ('PMT', 'one', now()), ('PMT', 'other', now())`,
      /legal_notes_country_language_subject_key/,
    ],
    ['set a negative price', 'UPDATE plans SET price = -1', /plans_price_not_negative/],
    ['set a negative limit', 'UPDATE plans SET memory = -1', /plans_limits_not_negative/],
    ['remove a plan that was ordered', `DELETE FROM plans WHERE slug = 'pro'`, /foreign key/],
    [
      'store items that disagree with their price',
      `INSERT INTO order_items (order_id, position, kind, parameters, quantity, unit_price, amount)
      SELECT order_id, 9, kind, parameters, quantity, unit_price, amount + 1 FROM order_items`,
      /order_items_add_up/,
    ],
    [
      'store an item without a text',
      'INSERT INTO order_items (order_id, position, quantity, unit_price, amount) SELECT order_id, 9, 1, 0, 0 FROM order_items',
      /order_items_only_text_has_description/,
    ],
    [
      'store a text of an item that has parameters',
      `INSERT INTO order_items (order_id, position, kind, description, quantity, unit_price, amount)
      SELECT order_id, 9, 'PLAN', 'Pro', 1, 0, 0 FROM order_items`,
      /order_items_only_text_has_description/,
    ],
    ['change an item of an order', `UPDATE order_items SET description = 'something else'`, /items of orders are never changed/],
    ['remove an item of an order', 'DELETE FROM order_items', /items of orders are never changed/],
    ['empty the items', 'TRUNCATE order_items', /items of orders are never changed/],
    ['remove an order with an invoice', 'DELETE FROM orders', /foreign key/],
    ['pay more than an invoice claims', 'UPDATE invoices SET paid_total = total + 1', /invoices_paid_within_total/],
    ['set a counter back', 'UPDATE invoice_counters SET last_sequence = 0', /never decreases/],
    ['date a counter back', `UPDATE invoice_counters SET last_issued_at = '2020-01-01'`, /never decreases/],
    ['move a counter to another year', 'UPDATE invoice_counters SET year = year + 1', /never decreases/],
    ['remove a counter', 'DELETE FROM invoice_counters', /never removed/],
    ['empty the counters', 'TRUNCATE invoice_counters', /never removed/],
    ['raise a refund', 'UPDATE refunds SET amount = amount + 1', /never raised/],
    ['move a refund to another currency', `UPDATE refunds SET currency = 'JPY'`, /never raised/],
    [
      'store billing details without a customer',
      `INSERT INTO billing_details (name, updated_at) VALUES ('x', now())`,
      /billing_details_one_holder/,
    ],
  ])('when it would %s', async (_case, sql, message) => {
    await expect(server.owner.query(sql)).rejects.toThrow(message)
  })

  test('when it would set the status of an invoice, which follows from its amounts', async () => {
    const { rows } = await server.owner.query("UPDATE invoices SET status = 'OPEN' RETURNING status")
    expect(rows).toEqual([{ status: 'PAID' }])
  })
})
