import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { checkLedger } from '../../support/ledger.js'
import { startServer, type TestServer } from '../../support/server.js'
import { countStatements } from '../../support/statements.js'

const PLACE = 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id amount { minorUnits } } } }'
const APPLY = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { id amount { minorUnits } } } }'
const OWNER = 901
const ORGANISATION = 900
let server: TestServer
let plans: Catalog
let user = 910

/** A seller with tax rates, paid plans and a webhook endpoint, whose tax is stated in another currency as well. */
beforeAll(async () => {
  server = await startServer({ environment: { INVOICE_ISSUED_FROM_COUNTRY: 'DE', INVOICE_ISSUED_FROM_TAX_ID: 'DE136695976' } })
  plans = await createCatalog(server)
  const rates = ['USER', 'ORGANISATION'].map(
    (customerType) =>
      `${customerType}: setTaxRate(input: { country: "DE", customerType: ${customerType}, percentage: "19" }) { __typename }`,
  )
  await must('admin', `mutation { ${rates.join(' ')} }`)
  await must('admin', 'mutation { createWebhookEndpoint(input: { url: "https://example.com/events" }) { endpoint { id } } }')
  await createOrganisation(server, ORGANISATION, { [OWNER]: 'OWNER' })
})
afterAll(async () => {
  expect(await checkLedger(server)).toEqual([])
  await server.close()
})

async function must(who: number | 'admin', query: string, variables?: object) {
  const { data, errors } = await server.ask(who, query, variables)
  expect(errors).toBeUndefined()
  return data
}

/** A user whose token has been seen before, and whose first order has warmed nothing but the connection. */
async function newUser(): Promise<number> {
  user += 1
  await must(user, '{ me { id } }')
  return user
}

/** The statements of one operation, without BEGIN and COMMIT. */
async function statementsOf(who: number | 'admin', query: string, input: object): Promise<string[]> {
  const all = await countStatements(() => must(who, query, { input }))
  expect(all.filter((statement) => statement === 'COMMIT')).toHaveLength(1)
  return all.filter((statement) => statement !== 'BEGIN' && statement !== 'COMMIT')
}

const deliveriesOf = (customer: string) => server.services.db.webhookDelivery.count({ where: { holder: customer } })

describe('placeOrder', () => {
  test.each([
    ['3 statements without a key', 3, {}],
    ['4 statements with a key', 4, { idempotencyKey: 'an order' }],
    ['3 statements by the slug of the plan', 3, { plan: 'pro', planId: undefined }],
  ])('takes %s', async (_name, count, input) => {
    const buyer = await newUser()
    expect(await statementsOf(buyer, PLACE, { planId: plans.pro, ...input })).toHaveLength(count)
    expect(await deliveriesOf(`user:${buyer}`)).toBe(1)
  })

  test('takes at most 5 statements beside a plan that was granted', async () => {
    const buyer = await newUser()
    await must('admin', APPLY, { input: { userId: String(buyer), planId: plans.starter, amount: 0 } })
    expect((await statementsOf(buyer, PLACE, { planId: plans.pro, idempotencyKey: 'upgrade' })).length).toBeLessThanOrEqual(5)
  })

  test('takes at most 5 statements for an organisation', async () => {
    await must(OWNER, '{ me { id } }')
    const input = { planId: plans.pro, organisationId: String(ORGANISATION), idempotencyKey: 'for us' }
    expect((await statementsOf(OWNER, PLACE, input)).length).toBeLessThanOrEqual(5)
  })
})

describe('applyPlan', () => {
  test.each([
    ['5 statements for a grant without a key', 5, {}],
    ['7 statements for a grant with a key, with its savepoint', 7, { idempotencyKey: 'a grant' }],
    ['5 statements for a grant with an end', 5, { expiresAt: '2026-06-01T00:00:00.000Z' }],
    ['5 statements for a grant for an organisation', 5, { userId: String(OWNER), organisationId: String(ORGANISATION) }],
  ])('takes %s', async (_name, count, input) => {
    const userId = String(await newUser())
    await must(OWNER, '{ me { id } }')
    expect(await statementsOf('admin', APPLY, { userId, planId: plans.pro, ...input })).toHaveLength(count)
  })

  test.each([
    ['6 statements to approve an order without a key', 6, {}],
    ['8 statements to approve an order with a key, with its savepoint', 8, { idempotencyKey: 'an approval' }],
  ])('takes %s', async (_name, count, input) => {
    const buyer = await newUser()
    const { placeOrder } = await must(buyer, PLACE, { input: { planId: plans.pro } })
    const orderId = placeOrder.order.id
    const statements = await statementsOf('admin', APPLY, { userId: String(buyer), planId: plans.pro, orderId, ...input })
    expect(statements).toHaveLength(count)
    expect(await deliveriesOf(`user:${buyer}`)).toBe(4)
  })

  test('takes at most 15 statements to replace a plan that was paid for', async () => {
    const userId = String(await newUser())
    await must('admin', APPLY, { input: { userId, planId: plans.starter } })
    const statements = await statementsOf('admin', APPLY, { userId, planId: plans.pro, idempotencyKey: 'a replacement' })
    expect(statements.length).toBeLessThanOrEqual(15)
    const invoices = await server.services.db.invoice.findMany({ where: { userId }, orderBy: { id: 'asc' } })
    expect(invoices.map(({ kind, total, paidTotal }) => [kind, total, paidTotal])).toEqual([
      ['INVOICE', 500n, 0n],
      ['INVOICE', 1500n, 1500n],
      ['CREDIT_NOTE', 500n, 0n],
    ])
  })

  test('locks the number counters for the statement that writes the invoice, and for the commit', async () => {
    const userId = String(await newUser())
    const order: string[] = []
    const { addMeasurementObserver } = await import('../../../src/core/instrumentation.js')
    const stop = addMeasurementObserver((kind, { statement }) => {
      if (kind === 'statement') order.push(String(statement))
      return undefined
    })
    await must('admin', APPLY, { input: { userId, planId: plans.pro, idempotencyKey: 'a short lock' } })
    stop()
    const locked = order.indexOf('WITH invoice_counters')
    expect(order.slice(locked + 1, locked + 3)).toEqual([expect.stringMatching(/^WITH /), 'COMMIT'])
  })

  test('states the tax, and pays the invoice', async () => {
    const userId = String(await newUser())
    const { applyPlan } = await must('admin', APPLY, { input: { userId, planId: plans.pro } })
    const [invoice] = await server.services.db.invoice.findMany({ where: { userId } })
    expect(invoice).toMatchObject({ status: 'PAID', total: 1500n, tax: 239n, paidTotal: 1500n, paidAt: server.clock.now() })
    expect(applyPlan.order.amount.minorUnits).toBe(1500)
  })
})
