/** Columns without a default that every row needs: the SQL of a value that says nothing in particular. */
const REQUIRED = {
  orders: { reason: "'PURCHASE'", currency: "'USD'", amount: '0', net: '0', period_amount: '0', placed_at: 'now()' },
  invoices: {
    currency: "'USD'",
    subtotal: '0',
    tax: '0',
    total: '0',
    status: "'PAID'",
    issued_at: 'now()',
    due_at: 'now()',
    snapshot: "'{}'",
  },
  subscriptions: {
    plan_name: "'Pro'",
    plan_interval: "'MONTH'",
    plan_limits: "'{}'",
    plan_features: "'{}'",
    currency: "'USD'",
    collection: "'NONE'",
    bought_at: 'now()',
    status: "'ACTIVE'",
    period_number: '1',
    created_at: 'now()',
    updated_at: 'now()',
  },
  refunds: { currency: "'USD'", amount: '1', tax: '0', days: '1', created_at: 'now()' },
  reported_payments: {
    status: "'REPORTED'",
    currency: "'USD'",
    amount: '1',
    reference: 'id::text',
    reported_by: "'user:1'",
    reported_at: 'now()',
  },
}

/**
 * The statement that inserts a row for each row of a source, bypassing the commands. The ledger does not know them.
 * @param columns  column -> SQL expression over the source; others have a value that says nothing in particular
 * @param source  what follows FROM: "users WHERE id >= '1000'"
 */
export function insertRows(table: keyof typeof REQUIRED, columns: Record<string, string>, source: string): string {
  const all = { ...REQUIRED[table], ...columns }
  return `INSERT INTO ${table} (${Object.keys(all).join(', ')}) SELECT ${Object.values(all).join(', ')} FROM ${source}`
}
