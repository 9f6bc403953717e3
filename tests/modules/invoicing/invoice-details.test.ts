import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type DocumentSnapshot, parseDocumentSnapshot } from '../../../src/modules/invoicing/document-snapshot.js'
import { issueInvoice as issueInvoiceOf, OUR_SALE } from '../../../src/modules/invoicing/issue-invoice.js'
import { buildOrderDocument } from '../../../src/modules/invoicing/issued-invoice.queries.js'
import { runTransaction } from '../../../src/platform/postgres/transaction.js'
import { INVOICE_DETAILS, setBillingDetails } from '../../support/billing-details.js'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { dataOf } from '../../support/payments.js'
import { applyPlan, codeOf, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'
import { issueInvoice, orderTopUp } from '../../support/top-up.js'

// What issued documents state in addition to names, lines and tax. tests/modules/legal-notes has the choice of notes.

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
const SUBJECTS = ['AAB', 'PMD', 'PMT']
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
afterEach(() => setNotes([]))

const setNotes = (notes: object[]) =>
  dataOf(
    server.ask('admin', 'mutation ($input: SetLegalNotesInput!) { setLegalNotes(input: $input) { notes { text } } }', { input: { notes } }),
  )
const setDetails = (input: object) => dataOf(setBillingDetails(server, user, { name: 'Ada Lovelace', ...input }))
const issue = async (changes: object = {}) =>
  (await dataOf(issueInvoice(server, { userId: String(user), items: ITEMS, currency: 'EUR', ...changes }))).issueInvoice.invoice
const readSnapshot = async (invoiceId: string): Promise<DocumentSnapshot> =>
  parseDocumentSnapshot((await server.services.db.invoice.findUniqueOrThrow({ where: { id: rowId(invoiceId) } })).snapshot)
const issued = async (changes: object = {}) => readSnapshot((await issue(changes)).id)
const readOrderDocument = async (orderId: string) =>
  buildOrderDocument(server.services, await server.services.db.order.findUniqueOrThrow({ where: { id: rowId(orderId) } }))
const subjectsOf = ({ notes = [] }: DocumentSnapshot) => notes.map(({ subject }) => subject)
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

  test('never changes, whatever customers and administrators change afterwards', async () => {
    await setDetails({ country: 'DE', ...INVOICE_DETAILS })
    await setNotes([{ text: 'The first note.' }])
    const { id } = await issue()
    const before = await readSnapshot(id)
    await setDetails({ country: 'FR', purchaseOrder: 'another', invoiceFormat: 'PEPPOL' })
    await setNotes([{ text: 'The second note.' }])
    await server.settle()
    expect(await readSnapshot(id)).toEqual(before)
    expect(before.notes?.[0]).toEqual({ subject: null, text: 'The first note.' })
    expect((await issued()).notes?.[0]).toEqual({ subject: null, text: 'The second note.' })
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

describe('notes', () => {
  test('that the law of France requires are on invoices in the language of the document', async () => {
    await setDetails({ locale: 'fr-FR' })
    const { notes } = await issued()
    expect(notes).toEqual([
      { subject: 'AAB', text: 'Pas d’escompte pour paiement anticipé.' },
      { subject: 'PMD', text: expect.stringContaining('pénalités exigibles') },
      { subject: 'PMT', text: expect.stringContaining('40 euros') },
    ])
  })

  test("of administrators are on invoices that match the buyer's country, which may be the default one", async () => {
    await setNotes([
      { subject: 'AAB', country: 'FR', text: '2 % d’escompte sous 8 jours.' },
      { subject: 'REG', country: 'DE', language: 'de', text: 'Nur für Deutschland.' },
    ])
    const domestic = await issued()
    expect(subjectsOf(domestic)).toEqual(SUBJECTS)
    expect(domestic.notes?.[0]?.text).toBe('2 % d’escompte sous 8 jours.')
    await setDetails({ country: 'DE', locale: 'de-DE' })
    const abroad = await issued()
    expect(subjectsOf(abroad)).toEqual([...SUBJECTS, 'REG'])
    expect(abroad.notes?.[0]?.text).toBe('Kein Skonto bei vorzeitiger Zahlung.')
  })

  test('and the profile of a credit note are those of its invoice', async () => {
    await setNotes([{ text: 'As of the invoice.' }])
    const { id } = await issue({ purchaseOrder: 'PO-7' })
    await setNotes([{ text: 'As of the credit note.' }])
    await setDetails({ invoiceFormat: 'PEPPOL', purchaseOrder: 'another' })
    const credit = 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { id } } }'
    const { creditNote } = (await dataOf(server.ask('admin', credit, { input: { invoiceId: id } }))).creditInvoice
    const [invoice, credited] = [await readSnapshot(id), await readSnapshot(creditNote.id)]
    expect(credited).toMatchObject({ kind: 'CREDIT_NOTE', format: 'FRANCE', notes: invoice.notes, buyer: { purchaseOrder: 'PO-7' } })
    expect(subjectsOf(credited)).toEqual([null, ...SUBJECTS])
  })

  test('and profiles are not on pro formas, payment requests and receipts', async () => {
    await setNotes([{ text: 'Only on invoices.' }])
    const proForma = (await dataOf(placeOrder(server, user, { planId: plans.pro }))).placeOrder.order.id
    const topUp = await orderTopUp(server, user, 1000)
    const documents = [await readOrderDocument(proForma), await readOrderDocument(topUp)]
    const pay = 'mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) { payment { id } } }'
    await dataOf(server.ask('admin', pay, { input: { orderId: topUp, amount: 1000, kind: 'CASH' } }))
    documents.push(await readOrderDocument(topUp))
    expect(documents.map(({ kind }) => kind)).toEqual(['PRO_FORMA', 'PAYMENT_REQUEST', 'RECEIPT'])
    for (const document of documents) expect([document.notes, document.format]).toEqual([undefined, undefined])
  })
  test('and profiles are not on payment statements, whose seller is the payment provider', async () => {
    await setNotes([{ text: 'Only on invoices.' }])
    const placed = (await dataOf(placeOrder(server, user, { planId: plans.pro }))).placeOrder.order.id
    const order = await server.services.db.order.findUniqueOrThrow({ where: { id: rowId(placed) } })
    const terms = { ...OUR_SALE, merchantOfRecord: { name: 'Merchant', documentUrl: null } }
    const statement = await runTransaction(server.services.db, (tx) => issueInvoiceOf(tx, server.services, order, null, terms))
    const { kind, notes, format } = parseDocumentSnapshot(statement.snapshot)
    expect([kind, notes, format]).toEqual(['STATEMENT', undefined, undefined])
  })
})
