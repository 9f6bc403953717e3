import { once } from 'node:events'
import { request } from 'node:http'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { formatDecimal } from '../../../src/core/money.js'
import { TABLE_FORMATS } from '../../../src/core/table-export.js'
import { exportOrders } from '../../../src/modules/orders/export-orders.js'
import type { RawQuery } from '../../../src/platform/postgres/raw-query.js'
import { codeOf } from '../../support/requests.js'
import { insertRows } from '../../support/rows.js'
import { startServer, type TestServer } from '../../support/server.js'
import { createRecords, type Records } from './records.js'

const FILES = ['orders.csv', 'orders.jsonl', 'invoices.csv', 'invoices.jsonl']
const FORMULAS = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx']

let server: TestServer
let records: Records

beforeAll(async () => {
  server = await startServer()
  records = await createRecords(server)
})
afterAll(() => server.close())

async function download(file: string, who: 'admin' | 'anonymous' | number = 'admin'): Promise<Response> {
  const token = who === 'anonymous' ? undefined : await (who === 'admin' ? server.token(1, 'admin') : server.token(who))
  return fetch(`${server.url}/export/${file}`, { headers: token ? { authorization: `Bearer ${token}` } : {} })
}

async function rowsOf(file: string): Promise<Record<string, string | null>[]> {
  const response = await download(file)
  const text = Buffer.from(await response.arrayBuffer()).toString()
  expect(response.status, text).toBe(200)
  if (file.includes('.jsonl'))
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
  return parse(text, { columns: true, bom: true, record_delimiter: '\r\n' })
}

/** Without an apostrophe that prevents a formula, and with null for an empty cell of CSV. */
const plain = (rows: Record<string, string | null>[]) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cell?.replace(/^'(?=[=+\-@\t\r])/, '') || null])))

describe('the files', () => {
  test.each(['orders', 'invoices'])('of %s contain the same as CSV and as JSON lines, oldest first', async (name) => {
    const lines = await rowsOf(`${name}.jsonl`)
    const model = name === 'orders' ? records.orders : records.documents.filter(({ kind }) => kind !== 'CREDIT_NOTE')
    const sorted = [...model].sort((a, b) => a.at.getTime() - b.at.getTime() || Number(a.id - b.id))
    expect(lines.map(({ id }) => id)).toEqual(sorted.map(({ id }) => `${name === 'orders' ? 'ord' : 'inv'}_${id}`))
    expect(plain(await rowsOf(`${name}.csv`))).toEqual(plain(lines))
  })

  test('contain ids with prefixes, decimal amounts and the customer of an order', async () => {
    const rows = await rowsOf('orders.jsonl')
    for (const order of records.orders) {
      const stored = await server.services.db.order.findUniqueOrThrow({
        where: { id: order.id },
        include: { user: true, organisation: true },
      })
      const customer = stored.organisation
        ? { customer_id: `org_${stored.organisation.id}`, customer_name: stored.organisation.name, customer_email: null }
        : { customer_id: `user_${stored.userId}`, customer_name: stored.user.name, customer_email: stored.user.email }
      expect(rows.find(({ id }) => id === `ord_${order.id}`)).toEqual({
        ...customer,
        id: `ord_${order.id}`,
        placed_at: order.at.toISOString(),
        status: order.status,
        reason: order.reason,
        buyer_id: `user_${order.userId}`,
        plan_id: order.planId === null ? null : `plan_${order.planId}`,
        plan_name: stored.planName,
        currency: 'USD',
        amount: formatDecimal({ minorUnits: stored.amount, currency: 'USD' }),
        activated_at: stored.activatedAt?.toISOString() ?? null,
        expires_at: null,
        cancelled_at: stored.cancelledAt?.toISOString() ?? null,
        invoice_number: records.documents.find(({ kind, orderId }) => kind !== 'CREDIT_NOTE' && orderId === order.id)?.number ?? null,
      })
    }
  })

  test.each([
    'status=PENDING',
    'status=PENDING&status=ACTIVE&reason=GRANT,RENEWAL',
    'customerId=user_51&from=2026-01-03T00:00:00Z&to=2026-01-20T00:00:00Z',
    'customerId=org_org-0',
    'planId=PLAN',
    'search=doe',
    'search=INV-2026-1000',
  ])('contain what allOrders lists with %s', async (parameters) => {
    const query = new URLSearchParams(parameters.replace('PLAN', `plan_${records.plans[1]}`))
    const list = (name: string) => (query.has(name) ? query.getAll(name).flatMap((value) => value.split(',')) : undefined)
    const filter = { ...Object.fromEntries(query), status: list('status'), reason: list('reason') }
    const { data } = await server.ask(
      'admin',
      'query ($filter: OrderFilter) { allOrders(first: 100, filter: $filter, orderBy: OLDEST_FIRST) { nodes { id } } }',
      { filter },
    )
    expect(data.allOrders.nodes.length).toBeGreaterThan(0)
    expect((await rowsOf(`orders.csv?${query}`)).map(({ id }) => ({ id }))).toEqual(data.allOrders.nodes)
  })

  test('of invoices are filtered as allInvoices is', async () => {
    const filter = { status: ['PAID', 'VOID'], search: 'example' }
    const { data } = await server.ask(
      'admin',
      'query ($filter: InvoiceFilter) { allInvoices(first: 100, filter: $filter, orderBy: OLDEST_FIRST) { nodes { id } } }',
      { filter },
    )
    expect(data.allInvoices.nodes.length).toBeGreaterThan(0)
    expect((await rowsOf('invoices.csv?status=PAID,VOID&search=example')).map(({ id }) => ({ id }))).toEqual(data.allInvoices.nodes)
  })

  test('have a header also without rows', async () => {
    const text = Buffer.from(await (await download('invoices.csv?customerId=user_nobody')).arrayBuffer()).toString()
    expect(text).toBe(
      '\ufeffid,number,kind,status,issued_at,due_at,order_id,customer_id,customer_name,customer_email,currency,net,tax,total,credited\r\n',
    )
    expect(await (await download('invoices.jsonl?customerId=user_nobody')).text()).toBe('')
  })

  test('cannot run as formulas, and keep quotes, commas and line breaks', async () => {
    for (const name of [...FORMULAS, 'a "quoted", name', 'two\nlines', ' spaces ', 'ünïcödé 李']) {
      await server.services.db.user.update({ where: { id: '50' }, data: { name } })
      const rows = await rowsOf('orders.csv?customerId=user_50')
      expect(rows.length).toBeGreaterThan(0)
      const expected = FORMULAS.includes(name) ? `'${name}` : name
      for (const row of rows) expect(row.customer_name).toBe(expected)
      expect((await rowsOf('orders.jsonl?customerId=user_50'))[0]?.customer_name).toBe(name)
    }
  })

  test.each(FILES)('%s are downloads that are not cached', async (file) => {
    const { headers } = await download(file)
    expect(headers.get('content-disposition')).toBe(`attachment; filename="${file}"`)
    expect(headers.get('cache-control')).toBe('private, no-store')
    expect(headers.get('content-type')).toMatch(/^(text\/csv|application\/jsonl); charset=utf-8/)
  })
})

describe('refused requests', () => {
  test.each(FILES)('%s is refused to everybody but administrators', async (file) => {
    const { data } = await server.ask('admin', 'mutation { createApiKey(input: { name: "panel", scopes: [READ, SYNC, CLAIMS] }) { key } }')
    const key = await fetch(`${server.url}/export/${file}`, { headers: { authorization: `Bearer ${data.createApiKey.key}` } })
    expect([(await download(file, 'anonymous')).status, (await download(file, 50)).status, key.status]).toEqual([401, 403, 403])
  })

  test.each([
    ['orders.csv?status=', 'query.status'],
    ['orders.csv?status=PAID', 'query.status'],
    ['orders.csv?status=PENDING&status=constructor', 'query.status'],
    ['orders.csv?reason=NONE', 'query.reason'],
    ['orders.csv?customerId=55', 'query.customerId'],
    ['orders.csv?planId=pro', 'query.planId'],
    ['orders.csv?from=2026-01-01', 'query.from'],
    ['orders.csv?to=2026-02-30T00:00:00Z', 'query.to'],
    ['orders.csv?from=2026-01-01T00:00:00Z&from=2026-01-02T00:00:00Z', 'query.from'],
    [`orders.csv?search=${'x'.repeat(201)}`, 'query.search'],
    ['orders.csv?search=%00', 'query.search'],
    ['orders.csv?search=a&search=b', 'query.search'],
    ['orders.csv?sttus=PENDING', 'sttus'],
    ['invoices.jsonl?status=PENDING', 'query.status'],
    ['invoices.jsonl?planId=1', 'planId'],
  ])('%s gets 400 with the name of the parameter', async (file, name) => {
    const response = await download(file)
    expect([response.status, JSON.stringify(await response.json())]).toEqual([400, expect.stringContaining(name)])
  })

  test('get 503 while billing is disabled', async () => {
    const set = (enabled: boolean) =>
      server.ask('admin', 'mutation ($enabled: Boolean!) { setBillingEnabled(input: { enabled: $enabled }) { enabled } }', { enabled })
    expect(codeOf(await set(false))).toBe('none')
    expect((await download('orders.csv')).status).toBe(503)
    await set(true)
  })
})

describe('a large export', () => {
  const COUNT = 10_000

  beforeAll(async () => {
    const columns = {
      id: 'n',
      user_id: "'56'",
      status: "'EXPIRED'",
      amount: 'n',
      placed_at: "'2025-01-01'::timestamptz + (n / 7) * interval '1 second'",
      notes: "repeat('x', 100)",
    }
    await server.owner.query(insertRows('orders', columns, `generate_series(100001, ${100_000 + COUNT}) AS n`))
  })

  /** Counts the statements that read orders. */
  function countReads(): { read: RawQuery; reads: () => number } {
    let count = 0
    const read: RawQuery = (statement) => {
      count += 1
      return server.services.rawQuery(statement)
    }
    return { read, reads: () => count }
  }

  test('returns each of 10,000 rows once, in small batches', async () => {
    const { read, reads } = countReads()
    const table = await exportOrders(
      { rawQuery: read },
      'query',
      { customerId: 'user_56', status: ['EXPIRED'], to: new Date('2025-12-31') },
      37,
    )
    const ids: string[] = []
    for await (const chunk of TABLE_FORMATS.jsonl.write(table)) {
      const lines = chunk.split('\n').slice(0, -1)
      expect(lines.length).toBeLessThanOrEqual(37)
      ids.push(...lines.map((line) => JSON.parse(line).id))
    }
    expect(ids).toEqual(Array.from({ length: COUNT }, (_, n) => `ord_${100_001 + n}`))
    expect(reads()).toBe(Math.ceil(COUNT / 37) + 1)
  })

  test('leaves out rows that are added meanwhile', async () => {
    const table = await exportOrders(server.services, 'query', { customerId: 'user_57' }, 2)
    const before = await server.services.db.order.count({ where: { userId: '57', organisationId: null } })
    const ids: string[] = []
    for await (const chunk of TABLE_FORMATS.jsonl.write(table)) {
      ids.push(...chunk.split('\n').slice(0, -1))
      const columns = { id: 'max(id) + 1', user_id: "'57'", status: "'EXPIRED'", placed_at: "'2027-01-01'" }
      await server.owner.query(insertRows('orders', columns, 'orders'))
    }
    expect(before).toBeGreaterThan(2)
    expect(ids).toHaveLength(before)
  })

  test('reads no further while the client is slow, uses no connection then, and stops when it disconnects', async () => {
    // More than the sockets of both sides buffer.
    await server.owner.query(`UPDATE users SET name = repeat('x', 5000) WHERE id = '56'`)
    const spy = vi.spyOn(server.services, 'rawQuery')
    const batches = () => spy.mock.calls.filter(([{ text, values }]) => text.includes('customerName') && values.includes('56')).length
    const token = await server.token(1, 'admin')
    const url = `${server.url}/export/orders.jsonl?customerId=user_56`
    const client = request(url, { headers: { authorization: `Bearer ${token}` }, agent: false })
    client.end()
    const [response] = await once(client, 'response')
    response.pause()
    const expectRest = async () => {
      const before = batches()
      for (let n = 0; n < 20; n += 1) await server.ask('admin', '{ now }')
      expect(batches()).toBe(before)
    }
    await vi.waitFor(expectRest, { timeout: 60_000 })
    expect(batches()).toBeLessThan(COUNT / 500)
    const { rows } = await server.owner.query(
      "SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle' AND query LIKE '%customerName%'",
    )
    expect(rows[0].count).toBe(0)
    client.destroy()
    await vi.waitFor(expectRest, { timeout: 60_000 })
    expect(batches()).toBeLessThan(COUNT / 500)
    spy.mockRestore()
  })

  test('counts against a limit of open exports until its client disconnects', async () => {
    const token = await server.token(1, 'admin')
    const start = async () => {
      const client = request(`${server.url}/export/orders.jsonl`, { headers: { authorization: `Bearer ${token}` }, agent: false })
      client.end()
      const [response] = await once(client, 'response')
      response.pause()
      return { client, status: response.statusCode }
    }
    const open = [await start(), await start()]
    expect(open.map(({ status }) => status)).toEqual([200, 200])
    expect((await download('orders.csv')).status).toBe(503)
    for (const { client } of open) client.destroy()
    await vi.waitFor(async () => expect((await download('orders.csv?customerId=user_nobody')).status).toBe(200), { timeout: 60_000 })
  })
})
