import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { storeImportedReports } from '../../../src/modules/payments/index.js'
import { checkLedger } from '../../support/ledger.js'
import { dataOf, readOrder } from '../../support/payments.js'
import { confirmReport, readReports, rejectReport } from '../../support/reported-payments.js'
import { applyPlan } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { importEcliPanel } from './import-eclipanel.js'

// Orders of EcliPanel with the status `payment_sent`, whose customers have reported a payment there.

const FIXTURE = fileURLToPath(new URL('../../fixtures/eclipanel/export.json', import.meta.url))
const NOW = '2026-11-25T12:00:00.000Z'
const BUYER = 103
let folder: string
let server: TestServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quittance-reports-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))
beforeEach(async () => {
  server = await startServer({ now: NOW, asOwner: true, environment: { PRICES_INCLUDE_TAX: 'false' } })
})
afterEach(async () => {
  expect(await checkLedger(server)).toEqual([])
  await server.close()
})

/** Imports as the command does. */
const importFile = async (path: string) => {
  await importEcliPanel(server, path)
  await storeImportedReports(server.services)
}
/** Imports one order of a customer with the status `payment_sent`. */
const importOrder = async (payment: object) => {
  const path = join(folder, 'export.json')
  const user = { id: BUYER, firstName: 'A', lastName: 'B', email: 'a@example.com' }
  const plan = { id: 2, name: 'Pro', type: 'paid', price: 7.99 }
  const createdAt = '2026-11-20 10:00:00'
  const order = { id: 504, userId: BUYER, planId: 2, items: 'Pro', amount: 7.99, status: 'payment_sent', createdAt, ...payment }
  await writeFile(path, JSON.stringify({ user: [user], plan: [plan], order: [order] }))
  await importFile(path)
}
const queue = async () => {
  const query = `{ allReportedPayments(filter: { status: REPORTED }) { nodes {
    id order { id } reference method methodName amount { minorUnits currency } reportedAt reportedBy customer { ... on User { id } } } } }`
  return (await dataOf(server.ask('admin', query))).allReportedPayments.nodes
}

describe('an imported order with a reported payment', () => {
  test('is in the queue of reported payments, with what the customer has stated', async () => {
    await importFile(FIXTURE)
    expect(await queue()).toEqual([
      {
        id: expect.stringMatching(/^rep_/),
        order: { id: 'ord_504' },
        reference: 'E2E-504',
        method: 'bank',
        methodName: 'bank',
        amount: { minorUnits: 799, currency: 'USD' },
        reportedAt: NOW,
        reportedBy: 'terminal',
        customer: { id: `user_${BUYER}` },
      },
    ])
    const entry = await server.services.db.auditEntry.findFirstOrThrow({ where: { action: 'reportPayment' } })
    expect(entry).toMatchObject({ actor: 'terminal', subject: `user:${BUYER}`, details: { orderId: 504, reference: 'E2E-504' } })
  })

  test('becomes active when the report is confirmed', async () => {
    await importFile(FIXTURE)
    await dataOf(confirmReport(server, { id: (await queue())[0].id }))
    expect(await readOrder(server, 'ord_504')).toMatchObject({ status: 'ACTIVE', invoice: { payments: [{ reference: 'E2E-504' }] } })
  })

  test('leaves the queue when it is approved', async () => {
    await importFile(FIXTURE)
    await dataOf(applyPlan(server, { userId: String(BUYER), planId: 'plan_2', orderId: 'ord_504' }))
    expect(await queue()).toEqual([])
  })

  test('is reported once, however often the file is imported, also after a decision', async () => {
    await importFile(FIXTURE)
    await importFile(FIXTURE)
    const [{ id }] = await queue()
    await dataOf(rejectReport(server, { id }))
    await importFile(FIXTURE)
    expect((await readReports(server, 'admin', 'ord_504'))?.map(({ status }) => status)).toEqual(['REJECTED'])
  })

  test('is reported once by two imports at the same moment', async () => {
    await importEcliPanel(server, FIXTURE)
    await Promise.all([storeImportedReports(server.services), storeImportedReports(server.services)])
    expect(await queue()).toHaveLength(1)
  })

  test.each([
    ['the id of the order without a reference', { paymentMethod: 'bank' }, { reference: '504', method: 'bank', methodName: 'bank' }],
    ['no method without one', { paymentTxId: 'TX 1' }, { reference: 'TX 1', method: null, methodName: null }],
    ['neither', {}, { reference: '504', method: null, methodName: null }],
    [
      'a reference with commas',
      { paymentMethod: 'bank', paymentTxId: 'a, reference b, method c' },
      { reference: 'a, reference b, method c', method: 'bank' },
    ],
    ['an amount with tax', { taxAmount: 1.52, paymentTxId: 'TX 2' }, { amount: { minorUnits: 951, currency: 'USD' } }],
    ['notes of its own', { notes: 'ask first\nthen call', paymentTxId: 'TX 3' }, { reference: 'TX 3' }],
  ])('has %s', async (_what, payment, expected) => {
    await importOrder(payment)
    expect(await queue()).toMatchObject([expected])
  })

  test('is not in the queue if nothing is to pay', async () => {
    await importOrder({ amount: 0 })
    expect(await queue()).toEqual([])
  })
})
