import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parseDocumentSnapshot } from '../../../../src/modules/invoicing/document-snapshot.js'
import { buildElectronicInvoice } from '../../../../src/modules/invoicing/electronic-invoices/electronic-invoice.js'
import { type Catalog, createCatalog } from '../../../support/catalog.js'
import { violatedRules } from '../../../support/en16931.js'
import { rowId } from '../../../support/ids.js'
import { buy, dataOf, grantCredit, order, recordPayment } from '../../../support/payments.js'
import { readPdf } from '../../../support/pdf.js'
import { METHODS, setPaymentMethods } from '../../../support/reported-payments.js'
import { cancelOrder } from '../../../support/requests.js'
import { startServer, type TestServer } from '../../../support/server.js'
import { downloadDocument, issueInvoice, orderTopUp } from '../../../support/top-up.js'

// What a document asks for if the balance or an earlier payment covers a part of its total.

const START = '2026-05-01T10:00:00.000Z'
const WEEK_LATER = '2026-05-08T10:00:00.000Z'
const RENEWAL = '2026-05-26T10:00:00.000Z'
let server: TestServer
let plans: Catalog
let user = 540

beforeAll(async () => {
  server = await startServer({
    now: START,
    environment: { INVOICE_ISSUED_FROM_COUNTRY: 'DE', INVOICE_ISSUED_FROM_TAX_ID: '30/123/45678' },
  })
  plans = await createCatalog(server)
  await dataOf(setPaymentMethods(server, METHODS))
})
afterAll(() => server.close())
beforeEach(async () => {
  user += 1
  server.clock.set(START)
  await dataOf(server.ask(user, '{ me { id } }'))
})

const setLocale = (locale: string) => {
  const query = 'mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { __typename } }'
  return dataOf(server.ask(user, query, { input: { name: 'Ada Lovelace', country: 'DE', locale } }))
}
const grant = (minorUnits: number) => dataOf(grantCredit(server, { userId: String(user), amount: { minorUnits, currency: 'USD' } }))
const documentOf = async (orderId: string) =>
  (await readPdf((await downloadDocument(server, orderId)).bytes)).text.replaceAll(/[\u00a0\u202f]/g, ' ')
/** The order of the latest invoice, and the snapshot of its document. */
const issued = async () => {
  const { orderId, snapshot } = await server.services.db.invoice.findFirstOrThrow({
    where: { userId: String(user) },
    orderBy: { id: 'desc' },
  })
  return { orderId: `ord_${orderId}`, snapshot: parseDocumentSnapshot(snapshot) }
}

describe('a pro forma asks for what is not paid yet', () => {
  test.each([
    ['en-US', 'Already paid', '-$4.00', 'Amount due (USD)', '$11.00'],
    ['de-DE', 'Bereits bezahlt', '-4,00 $', 'Offener Betrag (USD)', '11,00 $'],
    ['fr-FR', 'Déjà payé', '-4,00 $US', 'Reste à payer (USD)', '11,00 $US'],
    ['es-ES', 'Ya pagado', '-4,00 US$', 'Importe pendiente (USD)', '11,00 US$'],
  ])('in the language of %s', async (locale, paidLabel, paid, dueLabel, due) => {
    await setLocale(locale)
    const orderId = await order(server, user, plans.pro)
    await dataOf(recordPayment(server, { orderId, amount: 400 }))
    const text = await documentOf(orderId)
    for (const words of [`${paidLabel} ${paid}`, `${dueLabel} ${due}`, `Transfer ${due} within`]) expect(text).toContain(words)
  })

  test('if the balance is held for a plan change', async () => {
    await buy(server, user, plans.starter)
    await grant(300)
    const query = 'mutation ($input: ChangePlanInput!) { changePlan(input: $input) { order { id } } }'
    const { changePlan } = await dataOf(server.ask(user, query, { input: { planId: plans.pro, when: 'NOW' } }))
    const text = await documentOf(changePlan.order.id)
    for (const words of ['Already paid -$3.00', 'Amount due (USD) $7.00', 'Transfer $7.00 within']) expect(text).toContain(words)
  })

  test('and does not mention payments without any', async () => {
    const text = await documentOf(await order(server, user, plans.pro))
    expect(text).toContain('Transfer $15.00 within')
    for (const words of ['Already paid', 'Amount due (USD)']) expect(text).not.toContain(words)
  })
})

describe('an open invoice asks for what the balance does not cover', () => {
  test('of a renewal', async () => {
    await setLocale('en-US')
    await buy(server, user, plans.pro)
    await grant(300)
    server.clock.set(RENEWAL)
    await server.tick()
    const { orderId, snapshot } = await issued()
    const text = await documentOf(orderId)
    for (const words of ['Amount due $12.00', 'Already paid -$3.00', 'Amount due (USD) $12.00', 'Transfer $12.00 within'])
      expect(text).toContain(words)
    const xml = buildElectronicInvoice(snapshot, 'FACTUR_X')?.xml ?? ''
    for (const element of ['<ram:TotalPrepaidAmount>3.00<', '<ram:DuePayableAmount>12.00<']) expect(xml).toContain(element)
    expect(violatedRules(xml)).toEqual([])
  })

  test('of an invoice for no plan', async () => {
    await grant(300)
    const input = { userId: String(user), items: [{ description: 'Setup', quantity: 1, unitPrice: 1000 }], currency: 'USD' }
    const { invoice } = (await dataOf(issueInvoice(server, input))).issueInvoice
    expect(invoice.amountDue).toEqual({ minorUnits: 700 })
    expect(await documentOf(invoice.order.id)).toContain('Transfer $7.00 within')
  })

  test('and not if the balance covers all of it', async () => {
    await buy(server, user, plans.pro)
    await grant(1500)
    server.clock.set(RENEWAL)
    await server.tick()
    const text = await documentOf((await issued()).orderId)
    for (const words of ['Already paid', 'Amount due', 'How to pay']) expect(text).not.toContain(words)
  })

  test('as it was when it was issued, because an issued document never changes', async () => {
    await buy(server, user, plans.pro)
    server.clock.set(RENEWAL)
    await server.tick()
    const { orderId } = await issued()
    await dataOf(recordPayment(server, { orderId, amount: 400 }))
    expect(await documentOf(orderId)).toContain('Transfer $15.00 within')
  })

  test('and its credit note does not', async () => {
    await grant(300)
    const input = { userId: String(user), items: [{ description: 'Setup', quantity: 1, unitPrice: 1000 }], currency: 'USD' }
    const { invoice } = (await dataOf(issueInvoice(server, input))).issueInvoice
    const query = 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { id } } }'
    await dataOf(server.ask('admin', query, { input: { invoiceId: invoice.id } }))
    const { snapshot } = await issued()
    expect(snapshot.kind).toBe('CREDIT_NOTE')
    expect(snapshot.prepaid).toBeUndefined()
  })
})

describe('the payment request of a top-up', () => {
  test('asks for what is not paid yet', async () => {
    const orderId = await orderTopUp(server, user, 500)
    await dataOf(recordPayment(server, { orderId, amount: 200 }))
    const text = await documentOf(orderId)
    for (const words of ['Already paid -$2.00', 'Amount due (USD) $3.00', 'Transfer $3.00 within']) expect(text).toContain(words)
  })

  test('states how to pay only while the order is pending', async () => {
    const cancelled = await orderTopUp(server, user, 500)
    expect(await documentOf(cancelled)).toContain(`State ${rowId(cancelled)} as the reference.`)
    await dataOf(cancelOrder(server, user, cancelled))
    expect(await documentOf(cancelled)).not.toContain('How to pay')
    const expired = await orderTopUp(server, user, 500)
    server.clock.set(WEEK_LATER)
    // Also before the job has expired it.
    expect(await documentOf(expired)).not.toContain('How to pay')
    await server.tick()
    expect(await documentOf(expired)).not.toContain('How to pay')
  })
})
