import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { dataOf, grantCredit, order, recordPayment } from '../../support/payments.js'
import { readPdf } from '../../support/pdf.js'
import { applyPlan } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { downloadDocument } from '../../support/top-up.js'

const START = '2026-05-04T10:00:00.000Z'
let server: TestServer
let plans: Catalog
let user = 300

beforeAll(async () => {
  server = await startServer({ now: START })
  plans = await createCatalog(server)
})
afterAll(() => server.close())
beforeEach(async () => {
  user += 1
  server.clock.set(START)
  await server.ask(user, '{ me { id } }')
})

async function statedPayments(): Promise<unknown[] | undefined> {
  const where = { userId: String(user), kind: 'INVOICE' as const }
  const { snapshot } = await server.services.db.invoice.findFirstOrThrow({ where, orderBy: { id: 'desc' } })
  return (snapshot as { payments?: unknown[] }).payments
}
const transfer = (orderId: string, amount: number, receivedAt = START) =>
  dataOf(recordPayment(server, { orderId, amount, kind: 'BANK_TRANSFER', reference: `RF${user}`, receivedAt }))

test('an invoice states when and how it was paid, with each part', async () => {
  const orderId = await order(server, user, plans.pro)
  await transfer(orderId, 1000, '2026-05-02T08:00:00.000Z')
  await dataOf(applyPlan(server, { userId: String(user), planId: plans.pro, orderId }))
  expect(await statedPayments()).toEqual([
    { kind: 'BANK_TRANSFER', reference: `RF${user}`, amount: '1000', at: '2026-05-02T08:00:00.000Z' },
    { kind: 'OTHER', reference: null, amount: '500', at: START },
  ])
  const { text } = await readPdf((await downloadDocument(server, orderId)).bytes)
  for (const words of ['May 2, 2026', `RF${user}`]) expect(text).toContain(words)
  expect(text).not.toContain('Due ')
})

test('it does not state what was paid beyond its amount, nor a reference that cannot be printed', async () => {
  const orderId = await order(server, user, plans.pro)
  await dataOf(recordPayment(server, { orderId, amount: 2000, kind: 'CASH', reference: 'hieroglyph \u{13000}' }))
  expect(await statedPayments()).toEqual([{ kind: 'CASH', reference: null, amount: '1500', at: START }])
})

test('a renewal that the balance covers states that', async () => {
  const orderId = await order(server, user, plans.pro)
  await transfer(orderId, 1500)
  await dataOf(grantCredit(server, { userId: String(user), amount: { minorUnits: 5000, currency: 'USD' } }))
  server.clock.set('2026-05-28T10:00:00.000Z')
  await server.tick()
  expect(await statedPayments()).toEqual([{ kind: 'BALANCE', reference: null, amount: '1500', at: '2026-05-28T10:00:00.000Z' }])
})

test('a plan change states the payment of the difference', async () => {
  const orderId = await order(server, user, plans.starter)
  await transfer(orderId, 500)
  await dataOf(grantCredit(server, { userId: String(user), amount: { minorUnits: 5000, currency: 'USD' } }))
  const change = 'mutation ($input: ChangePlanInput!) { changePlan(input: $input) { order { amount { minorUnits } } } }'
  const { changePlan } = await dataOf(server.ask(user, change, { input: { planId: plans.pro, when: 'NOW' } }))
  expect(changePlan.order.amount.minorUnits).toBe(1000)
  expect(await statedPayments()).toEqual([{ kind: 'BALANCE', reference: null, amount: '1000', at: START }])
})

test('an open invoice states none', async () => {
  const orderId = await order(server, user, plans.pro)
  await transfer(orderId, 1500)
  server.clock.set('2026-05-28T10:00:00.000Z')
  await server.tick()
  expect(await statedPayments()).toBeUndefined()
})
