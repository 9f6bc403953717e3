import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { listSequentialScans, recordStatements } from '../../support/recorded-statements.js'
import { insertRows } from '../../support/rows.js'
import { startServer, type TestServer } from '../../support/server.js'

const ROWS = 30_000
const LARGE_TABLES = new Set(['users', 'organisations', 'orders', 'invoices', 'subscriptions', 'refunds', 'reported_payments'])

let server: TestServer
let client: pg.Client
let plan: string

beforeAll(async () => {
  server = await startServer()
  const catalog = await createCatalog(server)
  plan = `plan_${rowId(catalog.starter)}`
  client = new pg.Client(server.database)
  await client.connect()
  await client.query('SET search_path = public, graphile_worker')
  await seed(rowId(catalog.starter), rowId(catalog.pro))
})
afterAll(async () => {
  await client.end()
  await server.close()
})

/** As many customers as rows of each kind. A few rows have a rare status, reason or plan. */
async function seed(rarePlan: number, plan: number): Promise<void> {
  const value = (values: string[], n = 'n') => `(ARRAY['${values.join("','")}'])[1 + (${n}) % ${values.length}]`
  const every = (count: number, rare: string, others: string) => `CASE WHEN id % ${count} = 0 THEN ${rare} ELSE ${others} END`
  const order = {
    id: 'n',
    user_id: '1000 + n',
    organisation_id: "CASE WHEN n % 4 = 0 THEN 'o' || n END",
    plan_id: `CASE WHEN n % 500 = 0 THEN ${rarePlan} ELSE ${plan} END`,
    plan_name: "'P'",
    plan_type: "'PAID'",
    plan_interval: "'MONTH'",
    plan_limits: "'{}'",
    plan_features: "'{}'",
    status: "CASE WHEN n % 1000 = 0 THEN 'PENDING' WHEN n % 2 = 0 THEN 'CANCELLED' ELSE 'EXPIRED' END",
    reason: `CASE WHEN n % 900 = 0 THEN 'GRANT' ELSE ${value(['PURCHASE', 'RENEWAL', 'PLAN_CHANGE'])} END`,
    placed_at: "'2026-01-01'::timestamptz + n * interval '1 minute'",
    cancelled_at: 'CASE WHEN n % 1000 <> 0 AND n % 2 = 0 THEN now() END',
  }
  const customer = { user_id: 'user_id', organisation_id: 'organisation_id' }
  const document = { ...customer, year: '2026', sequence: 'id', subtotal: '100', total: '100' }
  // A trigger derives the status: one in a thousand is not paid.
  const invoice = { ...document, series: "'OLD'", number: "'OLD-' || id", order_id: 'id', issued_at: 'placed_at', due_at: 'placed_at' }
  const creditNote = {
    ...document,
    kind: "'CREDIT_NOTE'",
    series: "'CN'",
    number: "'CN-' || id",
    order_id: 'order_id',
    issued_at: 'issued_at',
    due_at: 'issued_at',
    credited_invoice_id: 'id',
  }
  const subscription = {
    ...customer,
    plan_id: 'plan_id',
    status: every(1000, "'PAST_DUE'", "'EXPIRED'"),
    anchor: 'placed_at',
    current_period_start: 'placed_at',
    current_period_end: "placed_at + interval '1 day'",
    ended_at: 'CASE WHEN id % 1000 <> 0 THEN placed_at END',
    bought_at: 'placed_at',
    created_at: 'placed_at',
    updated_at: 'placed_at',
  }
  const refund = { ...customer, order_id: 'id', type: "'FULL'", status: every(1000, "'REQUESTED'", "'DONE'"), created_at: 'placed_at' }
  const resolved = (value: string) => every(1000, 'NULL', value)
  const report = {
    ...customer,
    order_id: 'id',
    status: every(1000, "'REPORTED'", "'REJECTED'"),
    rejection_reason: resolved("'x'"),
    resolved_by: resolved("'user:1'"),
    resolved_at: resolved('placed_at'),
    reported_at: 'placed_at',
  }
  await client.query(`
    INSERT INTO users (id, email, name, created_at)
      SELECT n, 'user' || n || '@example.com', 'Person ' || n, '2026-01-01'::timestamptz + n * interval '1 minute' FROM generate_series(1000, ${1000 + ROWS}) AS n;
    INSERT INTO organisations (id, name, created_at)
      SELECT 'o' || n, 'Company ' || n, '2026-01-01'::timestamptz + n * interval '1 minute' FROM generate_series(1, ${ROWS}) AS n;
    ${insertRows('orders', order, `generate_series(1, ${ROWS}) AS n`)};
    ${insertRows('invoices', { ...invoice, paid_total: every(1000, '0', '100') }, 'orders')};
    ${insertRows('invoices', creditNote, 'invoices WHERE sequence % 50 = 0')};
    ${insertRows('subscriptions', subscription, 'orders')};
    ${insertRows('refunds', refund, 'orders')};
    ${insertRows('reported_payments', report, 'orders')}`)
  await client.query('VACUUM ANALYZE')
}

async function listSlowStatements(work: () => Promise<unknown>): Promise<string[]> {
  const slow: string[] = []
  const statements = await recordStatements(work)
  expect(statements.length).toBeGreaterThan(0)
  for (const statement of statements) {
    const tables = (await listSequentialScans(client, statement)).filter((table) => LARGE_TABLES.has(table))
    if (tables.length > 0) slow.push(`${[...new Set(tables)]}: ${statement.text.replace(/\s+/g, ' ').slice(0, 900)}`)
  }
  return slow
}

/** Reads the first two pages of a list, and expects that no large table is read sequentially. */
async function expectFastPages(list: string, listArguments: string): Promise<void> {
  const query = `query ($after: String) { ${list}(first: 20, after: $after, ${listArguments}) { nodes { id } pageInfo { endCursor } } }`
  let after: string | null = null
  const read = async () => {
    const { data, errors } = await server.ask('admin', query, { after })
    expect(errors).toBeUndefined()
    after = data[list].pageInfo.endCursor
  }
  expect(await listSlowStatements(read)).toEqual([])
  expect(await listSlowStatements(read)).toEqual([])
}

test('the check finds a sequential scan', async () => {
  const scan = () => server.services.rawQuery({ text: 'SELECT id FROM orders WHERE amount = $1', values: [7] } as never)
  expect(await listSlowStatements(scan)).toHaveLength(1)
})

const TIMES = 'from: "2026-02-01T00:00:00Z", to: "2026-02-02T00:00:00Z"'
const SEARCHES = [
  'search: "person 5001"',
  'search: "company 4004"',
  'search: "OLD-77"',
  'search: "nobody"',
  'search: "example"',
  'search: "company"',
  'search: "u"',
]
const CUSTOMERS = ['customerId: "user_1001"', 'customerId: "org_o4"']

const FILTERS: Record<string, string[]> = {
  allOrders: [
    'status: PENDING',
    'status: [PENDING, ACTIVE]',
    'status: [CANCELLED, EXPIRED]',
    'reason: GRANT',
    'reason: [PURCHASE, GRANT]',
    'planId: "PLAN"',
    TIMES,
    ...CUSTOMERS,
    ...SEARCHES,
    'status: PENDING, reason: GRANT',
    `status: [PENDING, EXPIRED], planId: "PLAN", ${TIMES}`,
    'status: PENDING, search: "example"',
    'customerId: "user_1001", status: [PENDING, EXPIRED], reason: [PURCHASE], search: "person"',
  ],
  allInvoices: [
    'status: OPEN',
    'status: [OPEN, VOID]',
    'status: [OPEN, PAID]',
    TIMES,
    ...CUSTOMERS,
    ...SEARCHES,
    `status: OPEN, ${TIMES}`,
    'overdue: true',
    'overdue: true, customerId: "user_1001"',
    'overdue: false',
  ],
  allCreditNotes: [TIMES, ...CUSTOMERS, ...SEARCHES, 'search: "CN-100"'],
  allSubscriptions: [
    'status: PAST_DUE',
    'status: [PAST_DUE, ACTIVE]',
    'status: [PAST_DUE, EXPIRED]',
    'planId: "PLAN"',
    ...CUSTOMERS,
    'status: PAST_DUE, planId: "PLAN"',
  ],
  allReportedPayments: ['status: REPORTED', 'status: [REPORTED, REJECTED]', TIMES, ...CUSTOMERS, `status: REPORTED, ${TIMES}`],
  allRefunds: ['status: REQUESTED', 'status: [REQUESTED, DONE]', TIMES, ...CUSTOMERS, `status: REQUESTED, ${TIMES}`],
}

describe.each(Object.entries(FILTERS))('%s', (list, filters) => {
  test.each(['', ...filters])('with {%s} reads no table sequentially, in any order', async (filter) => {
    for (const orderBy of ['NEWEST_FIRST', 'OLDEST_FIRST']) {
      await expectFastPages(list, `orderBy: ${orderBy}, filter: { ${filter.replace('PLAN"', `${plan}"`)} }`)
    }
  })
})

describe.each(['users', 'organisations'])('%s', (list) => {
  const searches = ['', 'person 5001', 'company 4004', '1001', 'o77', 'nobody', 'example', 'company', 'u']
  test.each(searches)('with the search "%s" reads no table sequentially, in any order', async (search) => {
    for (const orderBy of ['NEWEST_FIRST', 'OLDEST_FIRST', 'NAME']) {
      await expectFastPages(list, `orderBy: ${orderBy}, search: "${search}"`)
    }
  })
})

test.each(['{ receivables { openCount } }', '{ allPlans { subscriberCount } }'])('%s reads no table sequentially', async (query) => {
  const read = async () => {
    const { errors } = await server.ask('admin', query)
    expect(errors).toBeUndefined()
  }
  await read()
  expect(await listSlowStatements(read)).toEqual([])
})

describe('a search that matches very many customers', () => {
  const read = async (field: string) => {
    const { data, errors } = await server.ask('admin', `{ list: ${field} { totalCount nodes { id } } }`)
    expect(errors).toBeUndefined()
    return { totalCount: data.list.totalCount, ids: data.list.nodes.map(({ id }: { id: string }) => id.replace(/^[a-z]+_/, '')) }
  }
  const select = async (rows: string, order: string) => {
    const { rows: ids } = await client.query(`SELECT id::text FROM ${rows} ORDER BY ${order} LIMIT 20`)
    const { rows: counts } = await client.query(`SELECT count(*)::int AS count FROM ${rows}`)
    return { totalCount: counts[0].count, ids: ids.map(({ id }) => id) }
  }

  test.each([
    ['allOrders(filter: { search: "company" })', 'orders WHERE organisation_id IS NOT NULL', 'placed_at DESC, id DESC'],
    ['allOrders(filter: { search: "example person" })', 'orders WHERE organisation_id IS NULL', 'placed_at DESC, id DESC'],
    [
      'allOrders(orderBy: OLDEST_FIRST, filter: { search: "example", status: [PENDING, EXPIRED], reason: RENEWAL })',
      "orders WHERE organisation_id IS NULL AND status IN ('PENDING', 'EXPIRED') AND reason = 'RENEWAL'",
      'placed_at, id',
    ],
    [
      'allInvoices(filter: { search: "company", status: OPEN })',
      "invoices WHERE organisation_id IS NOT NULL AND status = 'OPEN' AND kind <> 'CREDIT_NOTE'",
      'issued_at DESC, id DESC',
    ],
    ['users(search: "example")', "users WHERE email LIKE '%example.com'", 'created_at DESC, id DESC'],
    ['users(search: "1", orderBy: NAME)', "users WHERE name LIKE 'Person 1%' OR id = '1'", "coalesce(name, ''), id"],
    ['organisations(search: "comp", orderBy: OLDEST_FIRST)', 'organisations', 'created_at, id'],
  ])('%s finds all rows', async (field, rows, order) => {
    const wanted = await select(rows, order)
    expect(wanted.totalCount).toBeGreaterThan(10)
    expect(await read(field)).toEqual(wanted)
  })
})
