import { expect, test } from 'vitest'
import { sellersYear } from '../../../src/modules/invoicing/invoice.rules.js'
import { issueInvoice } from '../../../src/modules/invoicing/issue-invoice.js'
import { runTransaction } from '../../../src/platform/postgres/transaction.js'
import { createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { applyPlan, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

async function placeOrders(server: TestServer, count: number, planId: string): Promise<number[]> {
  const ids: number[] = []
  for (let from = 0; from < count; from += 50) {
    const batch = Array.from({ length: Math.min(50, count - from) }, async (_, index) => {
      const { data } = await placeOrder(server, 100 + from + index, { planId })
      return rowId(data.placeOrder.order.id)
    })
    ids.push(...(await Promise.all(batch)))
  }
  return ids
}

const numbers = async ({ services }: TestServer) =>
  (await services.db.invoice.findMany({ orderBy: { id: 'asc' }, select: { number: true } })).map(({ number }) => number)

test("the year of a number is taken from the seller's time zone", () => {
  expect(sellersYear(new Date('2026-12-31T23:30:00Z'), 'Europe/Berlin')).toBe(2027)
  expect(sellersYear(new Date('2026-12-31T23:30:00Z'), 'UTC')).toBe(2026)
})

test('fifty concurrent invoices with ten rollbacks are numbered 1 to 40, with dates that never decrease', async () => {
  const server = await startServer({ now: '2027-03-01T00:00:00.000Z' })
  const { services } = server
  const { pro } = await createCatalog(server)
  const orders = await placeOrders(server, 50, pro)
  const results = await Promise.allSettled(
    orders.map((id, index) =>
      runTransaction(services.db, async (tx) => {
        server.clock.set(`2027-03-01T00:00:${String((index * 7) % 60).padStart(2, '0')}.000Z`)
        const order = await tx.order.findUniqueOrThrow({ where: { id } })
        await issueInvoice(tx, services, order, { start: order.placedAt, end: order.placedAt })
        if (index % 5 === 0) throw new Error('rolled back')
      }),
    ),
  )
  expect(results.filter((result) => result.status === 'rejected')).toHaveLength(10)
  const invoices = await services.db.invoice.findMany({ orderBy: { sequence: 'asc' } })
  expect(invoices.map((invoice) => invoice.number)).toEqual(
    Array.from({ length: 40 }, (_, index) => `INV-2027-${String(index + 1).padStart(6, '0')}`),
  )
  const dates = invoices.map((invoice) => invoice.issuedAt.getTime())
  expect(dates).toEqual([...dates].sort((a, b) => a - b))
  await server.close()
})

test('500 concurrent activations with one third failing leave no gaps in the numbers', async () => {
  const server = await startServer({ environment: { DATABASE_POOL_SIZE: '40' } })
  const { pro } = await createCatalog(server)
  const orders = await placeOrders(server, 500, pro)
  // The last write fails in every third activation, which rolls it back completely.
  await server.owner.query(`
    CREATE FUNCTION fail_some() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF NEW.order_id % 3 = 0 THEN RAISE EXCEPTION 'planned'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER fail_some AFTER INSERT ON invoices FOR EACH ROW EXECUTE FUNCTION fail_some()`)
  const responses = await Promise.all(
    orders.map((id, index) => applyPlan(server, { userId: String(100 + index), planId: pro, orderId: String(id) })),
  )
  const failed = responses.filter(({ errors }) => errors).length
  expect(failed).toBe(orders.filter((id) => id % 3 === 0).length)
  expect(failed).toBeGreaterThan(160)
  expect(await numbers(server)).toEqual(
    Array.from({ length: 500 - failed }, (_, index) => `INV-2026-${String(index + 1).padStart(6, '0')}`),
  )
  expect(responses.flatMap(({ errors }) => errors ?? []).every(({ message }) => !message.includes('planned'))).toBe(true)
  await server.close()
})

test('series have the configured prefixes and restart every year', async () => {
  const server = await startServer({
    environment: {
      INVOICE_SERIES: 'RE',
      CREDIT_NOTE_SERIES: 'GU',
      STATEMENT_SERIES: 'ZB',
      TEST_SERIES: 'PROBE',
      TEST_CREDIT_NOTE_SERIES: 'PROBEGU',
      INVOICE_TIME_ZONE: 'Europe/Berlin',
    },
    now: '2026-12-31T22:30:00.000Z',
  })
  const { services } = server
  const { pro } = await createCatalog(server)
  const issue = async (user: number, statement: boolean, isTest = false) => {
    const { data } = await placeOrder(server, user, { planId: pro })
    const order = await services.db.order.findUniqueOrThrow({ where: { id: rowId(data.placeOrder.order.id) } })
    const merchant = statement ? { name: 'Lemon Squeezy LLC', documentUrl: 'https://example.com/1' } : null
    return runTransaction(services.db, (tx) =>
      issueInvoice(
        tx,
        services,
        order,
        { start: order.placedAt, end: order.placedAt },
        { merchantOfRecord: merchant, amountsIncludeTax: true, isTest, providerTax: 0n },
      ),
    )
  }
  await issue(1, false)
  server.clock.set('2026-12-31T23:30:00.000Z')
  const second = await issue(2, false)
  const statement = await issue(3, true)
  const test = await issue(4, false, true)
  for (const { id } of [second, test]) {
    const input = { invoiceId: String(id) }
    await server.ask('admin', 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { number } } }', {
      input,
    })
  }
  const first = ['RE-2026-000001', 'RE-2027-000001', 'ZB-2027-000001', 'PROBE-2027-000001']
  expect(await numbers(server)).toEqual([...first, 'GU-2027-000001', 'PROBEGU-2027-000001'])
  expect([statement.kind, statement.tax]).toEqual(['STATEMENT', 0n])
  await server.close()
})
