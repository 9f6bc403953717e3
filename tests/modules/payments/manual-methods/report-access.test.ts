import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../../support/catalog.js'
import { dataOf, recordPayment } from '../../../support/payments.js'
import { confirmReport, readReports, rejectReport, report, reportPayment } from '../../../support/reported-payments.js'
import { codeOf, placeOrder } from '../../../support/requests.js'
import { type Answer, startServer, type TestServer } from '../../../support/server.js'

const [OWNER, ADMIN, MEMBER, STRANGER, FORMER, BUYER] = [701, 702, 703, 704, 705, 706] as const
const ORGANISATION = 70
let server: TestServer
let plans: Catalog
/** An order of the organisation, and one of its owner alone. */
let orders: { shared: string; own: string }

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
  await createOrganisation(server, ORGANISATION, {
    [OWNER]: 'OWNER',
    [ADMIN]: 'ADMIN',
    [MEMBER]: 'MEMBER',
    [FORMER]: 'ADMIN',
    [BUYER]: 'ADMIN',
  })
  for (const id of [OWNER, ADMIN, MEMBER, STRANGER, FORMER, BUYER]) await dataOf(server.ask(id, '{ me { id } }'))
  const place = async (organisationId?: string) =>
    (await dataOf(placeOrder(server, OWNER, { planId: plans.pro, organisationId }))).placeOrder.order.id
  orders = { shared: await place(String(ORGANISATION)), own: await place() }
})
afterAll(() => server.close())

describe('a payment is reported', () => {
  test.each([
    ['the buyer', OWNER],
    ['an admin of the organisation', ADMIN],
  ])('by %s', async (_who, who) => {
    const id = await report(server, who, { orderId: orders.shared, reference: `of ${who}` })
    const entry = await server.services.db.auditEntry.findFirstOrThrow({ where: { action: 'reportPayment' }, orderBy: { id: 'desc' } })
    expect(entry).toMatchObject({ actor: `user:${who}`, subject: `organisation:${ORGANISATION}` })
    expect(id).toMatch(/^rep_/)
  })

  test.each([
    ['a member without rights', MEMBER],
    ['another user', STRANGER],
  ])('not by %s, for whom the order does not exist', async (_who, who) => {
    for (const orderId of [...Object.values(orders), 'ord_999999'])
      expect(codeOf(await reportPayment(server, who, { orderId, reference: 'A' }))).toBe('ORDER_NOT_FOUND')
    expect(codeOf(await reportPayment(server, who, { invoiceId: 'inv_999999', reference: 'A' }))).toBe('INVOICE_NOT_FOUND')
    expect(await readReports(server, who, orders.shared)).toBeUndefined()
  })

  test("not by an admin of the organisation for the owner's own order", async () => {
    expect(codeOf(await reportPayment(server, ADMIN, { orderId: orders.own, reference: 'A' }))).toBe('ORDER_NOT_FOUND')
  })

  test('not without a token, and not with an API key', async () => {
    const query = `mutation { reportPayment(input: { orderId: "${orders.own}", amount: 1, reference: "A" }) { reportedPayment { id } } }`
    expect(codeOf(await server.ask(undefined, query))).toBe('UNAUTHENTICATED')
    const created = await dataOf(
      server.ask('admin', 'mutation { createApiKey(input: { name: "panel", scopes: [READ, SYNC, CLAIMS] }) { key } }'),
    )
    const headers = { authorization: `Bearer ${created.createApiKey.key}`, 'content-type': 'application/json' }
    const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
    expect(codeOf((await response.json()) as Answer)).toBe('FORBIDDEN')
  })
})

const removeMember = (userId: number) => {
  const query = `mutation { setMembership(input: { organisationId: "${ORGANISATION}", userId: "${userId}" }) { organisation { id } } }`
  return dataOf(server.ask('admin', query))
}

describe('what was reported', () => {
  const NODE = 'query ($id: ID!) { node(id: $id) { ... on ReportedPayment { id reference reportedBy customer { ... on Node { id } } } } }'

  test('is visible to the managers of the organisation, who do not see which of them has reported it', async () => {
    const id = await report(server, ADMIN, { orderId: orders.shared, reference: 'visible' })
    const seen = { id, reference: 'visible', reportedBy: null, customer: { id: `org_${ORGANISATION}` } }
    for (const who of [OWNER, ADMIN, FORMER]) expect((await dataOf(server.ask(who, NODE, { id }))).node).toEqual(seen)
    expect((await dataOf(server.ask('admin', NODE, { id }))).node).toEqual({ ...seen, reportedBy: `user:${ADMIN}` })
    for (const who of [MEMBER, STRANGER]) expect((await dataOf(server.ask(who, NODE, { id }))).node).toBeNull()
  })

  test('is not visible to a former admin any more', async () => {
    const id = await report(server, ADMIN, { orderId: orders.shared, reference: 'former' })
    await removeMember(FORMER)
    expect((await dataOf(server.ask(FORMER, NODE, { id }))).node).toBeNull()
    expect(codeOf(await reportPayment(server, FORMER, { orderId: orders.shared, reference: 'B' }))).toBe('ORDER_NOT_FOUND')
  })

  describe('for an order of a buyer who has left the organisation', () => {
    let orderId: string
    let reports: Record<'ofBuyer' | 'ofAdmin', string>

    beforeAll(async () => {
      const placed = await dataOf(placeOrder(server, BUYER, { planId: plans.starter, organisationId: String(ORGANISATION) }))
      orderId = placed.placeOrder.order.id
      reports = {
        ofBuyer: await report(server, BUYER, { orderId, reference: 'of the buyer' }),
        ofAdmin: await report(server, ADMIN, { orderId, reference: 'of an admin' }),
      }
      await removeMember(BUYER)
    })

    test('is not visible to the buyer any more, who still sees the order', async () => {
      expect(await readReports(server, BUYER, orderId)).toEqual([])
      for (const id of Object.values(reports)) expect((await dataOf(server.ask(BUYER, NODE, { id }))).node).toBeNull()
      expect(await readReports(server, ADMIN, orderId)).toHaveLength(2)
      expect(await readReports(server, 'admin', orderId)).toHaveLength(2)
    })

    test('cannot be added to by the buyer, who would fill the list of the organisation', async () => {
      expect(codeOf(await reportPayment(server, BUYER, { orderId, reference: 'later' }))).toBe('ORGANISATION_NOT_FOUND')
      expect(codeOf(await reportPayment(server, BUYER, { orderId: orders.shared, reference: 'other' }))).toBe('ORDER_NOT_FOUND')
    })

    test('is not visible at its invoice either', async () => {
      await dataOf(recordPayment(server, { orderId, amount: 500 }))
      const query = 'query ($id: ID!) { order(id: $id) { invoice { id reportedPayments { id } } } }'
      const invoiceFor = async (who: number) => (await dataOf(server.ask(who, query, { id: orderId }))).order.invoice
      expect((await invoiceFor(BUYER)).reportedPayments).toEqual([])
      expect((await invoiceFor(OWNER)).reportedPayments).toHaveLength(2)
    })
  })

  test('is decided by administrators alone', async () => {
    const id = await report(server, OWNER, { orderId: orders.own, reference: 'decide' })
    for (const who of [OWNER, STRANGER]) {
      expect(codeOf(await confirmReport(server, { id }, who))).toBe('FORBIDDEN')
      expect(codeOf(await rejectReport(server, { id }, who))).toBe('FORBIDDEN')
    }
    expect(await readReports(server, OWNER, orders.own)).toMatchObject([{ id, status: 'REPORTED' }])
  })
})
