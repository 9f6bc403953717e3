import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type DocumentSnapshot, parseDocumentSnapshot } from '../../../src/modules/invoicing/document-snapshot.js'
import { buildOrderDocument } from '../../../src/modules/invoicing/issued-invoice.queries.js'
import { INVOICE_DETAILS, setBillingDetails } from '../../support/billing-details.js'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { dataOf } from '../../support/payments.js'
import { applyPlan, codeOf, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { issueInvoice } from '../../support/top-up.js'

// What issued documents state in addition to names, lines and tax.

const START = '2026-05-01T10:00:00.000Z'
const SELLER = {
  INVOICE_ISSUED_FROM_NAME: 'Hébergement SARL',
  INVOICE_ISSUED_FROM_COUNTRY: 'FR',
  INVOICE_ISSUED_FROM_TAX_ID: 'FR22424761419',
  INVOICE_ISSUED_FROM_REGISTRATION_ID: '424 761 419',
  INVOICE_ISSUED_FROM_REGISTER: 'RCS Lille Métropole',
  INVOICE_ISSUED_FROM_CONTACT: 'Service comptable',
  INVOICE_ISSUED_FROM_PHONE: '+33 1 23 45 67 89',
  INVOICE_ISSUED_FROM_ELECTRONIC_ADDRESS: '0225:424761419',
  INVOICE_FORMAT: 'FRANCE',
  DEFAULT_CUSTOMER_COUNTRY: 'FR',
}
const ITEMS = [{ description: 'Setup', quantity: 1, unitPrice: 1000 }]
let server: TestServer
let plans: Catalog
let user = 500

beforeAll(async () => {
  server = await startServer({ now: START, environment: SELLER })
  plans = await createCatalog(server)
  const rate = 'mutation { setTaxRate(input: { country: "FR", customerType: USER, percentage: "20" }) { __typename } }'
  await dataOf(server.ask('admin', rate))
})
afterAll(() => server.close())
beforeEach(async () => {
  user += 1
  server.clock.set(START)
  await server.ask(user, '{ me { id } }')
})

const setDetails = (input: object) => dataOf(setBillingDetails(server, user, { name: 'Ada Lovelace', ...input }))
const issue = async (changes: object = {}) =>
  (await dataOf(issueInvoice(server, { userId: String(user), items: ITEMS, currency: 'EUR', ...changes }))).issueInvoice.invoice
const readSnapshot = async (invoiceId: string): Promise<DocumentSnapshot> =>
  parseDocumentSnapshot((await server.services.db.invoice.findUniqueOrThrow({ where: { id: rowId(invoiceId) } })).snapshot)
const issued = async (changes: object = {}) => readSnapshot((await issue(changes)).id)
const readOrderDocument = async (orderId: string) =>
  buildOrderDocument(server.services, await server.services.db.order.findUniqueOrThrow({ where: { id: rowId(orderId) } }))
const purchaseOrderOf = async (orderId: string) =>
  (await dataOf(server.ask(user, 'query ($id: ID!) { order(id: $id) { purchaseOrder } }', { id: orderId }))).order.purchaseOrder

describe('an issued invoice', () => {
  test('states the register, the contact and the electronic address of the seller', async () => {
    expect((await issued()).issuer).toMatchObject({
      country: 'FR',
      registrationId: '424761419',
      register: 'RCS Lille Métropole',
      contact: 'Service comptable',
      phone: '+33 1 23 45 67 89',
      electronicAddress: { scheme: '0225', id: '424761419' },
    })
  })

  test('states the details of the buyer, and the profile that the buyer wants', async () => {
    await setDetails({ country: 'DE', ...INVOICE_DETAILS })
    const { buyer, format } = await issued()
    expect(buyer).toMatchObject({
      country: 'DE',
      registrationId: 'HRB 12345',
      reference: '04011000-1234512345-06',
      purchaseOrder: 'PO-4711',
      electronicAddress: { scheme: '0204', id: '04011000-1234512345-06' },
    })
    expect(format).toBe('XRECHNUNG')
  })

  test('has the profile of the server for buyers who have chosen none, and none if it is Factur-X', async () => {
    expect((await issued()).format).toBe('FRANCE')
    await setDetails({})
    expect((await issued()).format).toBe('FRANCE')
    await setDetails({ invoiceFormat: 'FACTUR_X' })
    expect((await issued()).format).toBeUndefined()
  })

  test('states the default country of a buyer without one, whose tax it decides', async () => {
    await setDetails({})
    const { buyer, taxes } = await issued()
    expect(buyer.country).toBe('FR')
    expect(taxes).toMatchObject([{ category: 'STANDARD', millionths: 200_000 }])
    await setDetails({ country: 'US' })
    const abroad = await issued()
    expect(abroad.buyer.country).toBe('US')
    expect(abroad.taxes).toMatchObject([{ category: 'OUT_OF_SCOPE' }])
  })

  test('never changes, whatever the customer changes afterwards', async () => {
    await setDetails({ country: 'DE', ...INVOICE_DETAILS })
    const { id } = await issue()
    const before = await readSnapshot(id)
    await setDetails({ country: 'FR', purchaseOrder: 'another', invoiceFormat: 'PEPPOL' })
    await server.settle()
    expect(await readSnapshot(id)).toEqual(before)
  })
})

describe('the default country of customers', () => {
  test('decides about the tax of previews like about that of invoices', async () => {
    const query = 'query ($planId: ID!) { invoicePreview(planId: $planId) { taxes { category percentage } } }'
    const preview = async (who: number, of: TestServer, planId: string) =>
      (await dataOf(of.ask(who, query, { planId }))).invoicePreview.taxes
    await setDetails({})
    expect(await preview(user, server, plans.pro)).toEqual([{ category: 'STANDARD', percentage: '20' }])
    const other = await startServer({ now: START, environment: { ...SELLER, DEFAULT_CUSTOMER_COUNTRY: 'US' } })
    try {
      expect(await preview(user, other, (await createCatalog(other)).pro)).toEqual([{ category: 'OUT_OF_SCOPE', percentage: '0' }])
    } finally {
      await other.close()
    }
  })
})

describe('the purchase order', () => {
  test('of a one-off invoice replaces that of the billing details', async () => {
    await setDetails({ purchaseOrder: 'PO-1' })
    const own = await issue({ purchaseOrder: ' PO-2 ' })
    expect((await readSnapshot(own.id)).buyer.purchaseOrder).toBe('PO-2')
    expect(await purchaseOrderOf(own.order.id)).toBe('PO-2')
    const other = await issue()
    expect((await readSnapshot(other.id)).buyer.purchaseOrder).toBe('PO-1')
    expect(await purchaseOrderOf(other.order.id)).toBeNull()
    const audit = await server.services.db.auditEntry.findMany({ where: { action: 'issueInvoice' }, orderBy: { id: 'desc' }, take: 2 })
    expect(audit.map(({ details }) => details)).toMatchObject([{ purchaseOrder: null }, { purchaseOrder: 'PO-2' }])
  })

  test('of a placed order is on its pro forma and its invoice, and not on the invoices of later periods', async () => {
    await setDetails({ purchaseOrder: 'PO-1' })
    const { order } = (await dataOf(placeOrder(server, user, { planId: plans.pro, purchaseOrder: 'PO-3' }))).placeOrder
    expect(await purchaseOrderOf(order.id)).toBe('PO-3')
    expect((await readOrderDocument(order.id)).buyer.purchaseOrder).toBe('PO-3')
    await dataOf(applyPlan(server, { userId: String(user), planId: plans.pro, orderId: order.id }))
    const listed = async () => server.services.db.invoice.findMany({ where: { userId: String(user) }, orderBy: { id: 'asc' } })
    server.clock.set('2026-05-26T10:00:00.000Z')
    await server.tick()
    const invoices = (await listed()).map(({ snapshot }) => parseDocumentSnapshot(snapshot).buyer.purchaseOrder)
    expect(invoices).toEqual(['PO-3', 'PO-1'])
  })

  test('belongs to the idempotent request', async () => {
    const input = { planId: plans.pro, purchaseOrder: 'PO-5', idempotencyKey: `key ${user}` }
    const first = (await dataOf(placeOrder(server, user, input))).placeOrder.order
    expect((await dataOf(placeOrder(server, user, input))).placeOrder.order.id).toBe(first.id)
    expect(codeOf(await placeOrder(server, user, { ...input, purchaseOrder: 'PO-6' }))).toBe('IDEMPOTENCY_CONFLICT')
  })

  test.each(['x'.repeat(101), 'two\nlines', 'hieroglyph \u{13000}', ' '])('is refused if it is %j', async (purchaseOrder) => {
    for (const answer of [
      await placeOrder(server, user, { planId: plans.pro, purchaseOrder }),
      await issueInvoice(server, { userId: String(user), items: ITEMS, currency: 'EUR', purchaseOrder }),
    ])
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.purchaseOrder' })
  })
})
