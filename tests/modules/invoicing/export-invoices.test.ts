import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { readPdf } from '../../support/pdf.js'
import { applyPlan } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { readZip } from '../../support/zip.js'

let server: TestServer
let plans: Catalog

async function issue(user: number, name: string, at: string) {
  server.clock.set(at)
  await server.ask(
    user,
    'mutation ($name: String!) { setBillingDetails(input: { name: $name, country: "GB" }) { billingDetails { name } } }',
    { name },
  )
  const { data } = await applyPlan(server, { userId: String(user), planId: plans.pro })
  return data.applyPlan.order.invoice.number as string
}

const download = async (query: string, who: 'admin' | 'anonymous' | number = 'admin') => {
  const token = who === 'anonymous' ? undefined : await (who === 'admin' ? server.token(1, 'admin') : server.token(who))
  return fetch(`${server.url}/admin/invoices.zip${query}`, { headers: token ? { authorization: `Bearer ${token}` } : {} })
}
const filesOf = async (query: string) => readZip(Buffer.from(await (await download(query)).arrayBuffer()))
const names = async (query: string) => [...(await filesOf(query)).keys()]

beforeEach(async () => {
  server = await startServer({ environment: { INVOICE_TIME_ZONE: 'Europe/Berlin' } })
  plans = await createCatalog(server)
})
afterEach(() => server.close())

test("includes both days of the range in the seller's time zone", async () => {
  await issue(10, 'A', '2026-01-31T22:59:59.999Z')
  await issue(11, 'B', '2026-01-31T23:00:00.000Z')
  await issue(12, 'C', '2026-02-28T22:59:59.999Z')
  await issue(13, 'D', '2026-02-28T23:00:00.000Z')
  expect(await names('?from=2026-02-01&to=2026-02-28')).toEqual(['invoices.csv', 'INV-2026-000002.pdf', 'INV-2026-000003.pdf'])
  expect(await names('?from=2026-02-01&to=2026-02-01')).toEqual(['invoices.csv', 'INV-2026-000002.pdf'])
  expect(await names('?from=2025-01-01&to=2025-12-31')).toEqual(['invoices.csv'])
})

test('contains all documents, rendered before or not, and a CSV table of them', async () => {
  const number = await issue(20, 'Ada, "Countess"', '2026-03-02T10:00:00.000Z')
  const invoice = await server.services.db.invoice.findUniqueOrThrow({ where: { number } })
  const input = { invoiceId: String(invoice.id), amount: 500 }
  await server.ask('admin', 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { id } } }', { input })
  const files = await filesOf('?from=2026-03-02&to=2026-03-31')
  expect([...files.keys()]).toEqual(['invoices.csv', `${number}.pdf`, 'CN-2026-000001.pdf'])
  expect((await readPdf(files.get(`${number}.pdf`) ?? Buffer.of())).text).toContain('Countess')
  const lines = files.get('invoices.csv')?.toString().split('\n')
  expect(lines).toEqual([
    '\ufeffnumber,kind,issued,order,customer,country,tax_id,currency,net,tax,total,credits,file',
    `${number},INVOICE,2026-03-02T10:00:00.000Z,${invoice.orderId},"Ada, ""Countess""",GB,,USD,15.00,0.00,15.00,,${number}.pdf`,
    `CN-2026-000001,CREDIT_NOTE,2026-03-02T10:00:00.000Z,${invoice.orderId},"Ada, ""Countess""",GB,,USD,-5.00,0.00,-5.00,${number},CN-2026-000001.pdf`,
    '',
  ])
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)'])('escapes a customer name that starts like a formula: %s', async (name) => {
  await issue(30, name, '2026-04-01T10:00:00.000Z')
  const csv = (await filesOf('?from=2026-04-01&to=2026-04-01')).get('invoices.csv')?.toString() ?? ''
  expect(csv).toContain(`'${name}`)
  expect(csv).not.toContain(`,${name},`)
})

test('replaces a document that cannot be rendered by a placeholder and continues', async () => {
  const number = await issue(40, 'Broken', '2026-05-01T10:00:00.000Z')
  const other = await issue(41, 'Whole', '2026-05-01T11:00:00.000Z')
  const { owner: pool } = server
  await pool.query('ALTER TABLE invoices DISABLE TRIGGER USER')
  await pool.query(`UPDATE invoices SET snapshot = jsonb_set(snapshot::jsonb, '{date}', '"no date"') WHERE number = $1`, [number])
  await pool.query('ALTER TABLE invoices ENABLE TRIGGER USER')
  expect(await names('?from=2026-05-01&to=2026-05-01')).toEqual(['invoices.csv', `${number}.missing.txt`, `${other}.pdf`])
})

test('is limited to administrators and requires a valid range of days', async () => {
  const query = '?from=2026-01-01&to=2026-12-31'
  expect([(await download(query, 'anonymous')).status, (await download(query, 10)).status]).toEqual([401, 403])
  for (const [wrong, field] of [
    ['', 'query.from'],
    ['?from=2026-01-01', 'query.to'],
    ['?from=2026-02-30&to=2026-03-01', 'query.from'],
    ["?from=2026-01-01'&to=2026-03-01", 'query.from'],
    ['?from=2026-03-01&to=2026-01-01', 'query.to'],
  ]) {
    const response = await download(wrong ?? '')
    expect([response.status, (await response.json()).error], wrong).toEqual([400, expect.stringContaining(field ?? '')])
  }
})

test('returns many batches in order and without duplicates', async () => {
  const { db } = server.services
  for (const name of ['First', 'Second']) await issue(50, name, '2026-06-01T10:00:00.000Z')
  const { id: _id, planLimits, planFeatures, ...order } = await db.order.findFirstOrThrow({ where: { status: 'CANCELLED' } })
  const orders = await db.order.createManyAndReturn({
    data: Array.from({ length: 350 }, () => ({ ...order, planLimits: planLimits as object, planFeatures: planFeatures as object })),
    select: { id: true },
  })
  const { snapshot } = await db.invoice.findFirstOrThrow({ orderBy: { id: 'asc' } })
  const at = new Date('2024-06-01T10:00:00.000Z')
  await db.invoice.createMany({
    data: orders.map(({ id: orderId }, index) => ({
      ...{ series: 'OLD', year: 2024, sequence: index + 1, number: `OLD-2024-${String(index + 1).padStart(6, '0')}` },
      ...{ orderId, userId: order.userId, currency: 'USD', subtotal: 1500n, tax: 0n, total: 1500n, status: 'PAID' as const },
      ...{ issuedAt: at, dueAt: at, snapshot: snapshot as object },
    })),
  })
  const found = await names('?from=2024-06-01&to=2024-06-01')
  expect(found).toEqual([
    'invoices.csv',
    ...Array.from({ length: 350 }, (_, index) => `OLD-2024-${String(index + 1).padStart(6, '0')}.pdf`),
  ])
})
