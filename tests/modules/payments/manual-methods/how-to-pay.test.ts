import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parseDocumentSnapshot } from '../../../../src/modules/invoicing/document-snapshot.js'
import { issueInvoice, OUR_SALE } from '../../../../src/modules/invoicing/index.js'
import { drawInvoice } from '../../../../src/modules/invoicing/pdf/draw-invoice.js'
import { loadFonts } from '../../../../src/platform/pdf/font-set.js'
import { runTransaction } from '../../../../src/platform/postgres/transaction.js'
import { type Catalog, createCatalog } from '../../../support/catalog.js'
import { rowId } from '../../../support/ids.js'
import { buyUnpaid, dataOf, order, recordPayment } from '../../../support/payments.js'
import { readPdf } from '../../../support/pdf.js'
import { METHODS, setPaymentMethods } from '../../../support/reported-payments.js'
import { applyPlan, cancelOrder } from '../../../support/requests.js'
import { startServer, type TestServer } from '../../../support/server.js'

const START = '2026-05-01T10:00:00.000Z'
const DUE = new Date('2026-05-15T10:00:00.000Z')
let server: TestServer
let plans: Catalog
let user = 500

beforeAll(async () => {
  server = await startServer({ now: START })
  plans = await createCatalog(server)
})
afterAll(() => server.close())
beforeEach(async () => {
  user += 1
  server.clock.set(START)
  await dataOf(server.ask(user, '{ me { id } }'))
  await dataOf(setPaymentMethods(server, METHODS))
})

const setLocale = (locale: string) =>
  dataOf(
    server.ask(user, 'mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { billingDetails { locale } } }', {
      input: { name: 'Ada Lovelace', locale },
    }),
  )
const download = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer())
const textAt = async (url: string) => (await readPdf(await download(url))).text.replaceAll(/[\u00a0\u202f]/g, ' ')
const proFormaOf = async (id: string) =>
  textAt((await dataOf(server.ask(user, 'query ($id: ID!) { order(id: $id) { invoicePdfUrl } }', { id }))).order.invoicePdfUrl)
const pdfUrlOf = async (id: string): Promise<string> =>
  (await dataOf(server.ask('admin', 'query ($id: ID!) { invoice(id: $id) { pdfUrl } }', { id }))).invoice.pdfUrl

/** Issues an invoice for a pending order, which is not paid yet. */
async function issueOpen(dueAt?: Date): Promise<{ id: string; number: string; orderId: string }> {
  const orderId = await order(server, user, plans.pro)
  const found = await server.services.db.order.findUniqueOrThrow({ where: { id: BigInt(rowId(orderId)) } })
  const period = { start: new Date(START), end: new Date('2026-06-01T10:00:00.000Z') }
  const { id, number } = await runTransaction(server.services.db, (tx) =>
    issueInvoice(tx, server.services, found, period, { ...OUR_SALE, ...(dueAt && { dueAt }) }),
  )
  return { id: `inv_${id}`, number, orderId }
}

const HOW_TO_PAY = 'amount { minorUnits } reference methods { slug name instructions iban bic }'
const howToPay = async (type: 'order' | 'invoice', id: string, locale = 'en-US') => {
  const query = `query ($id: ID!, $locale: String) { ${type}(id: $id) { howToPay(locale: $locale) { ${HOW_TO_PAY} } } }`
  return (await dataOf(server.ask(user, query, { id, locale })))[type].howToPay
}

describe('a pro forma shows how to pay', () => {
  test.each([
    ['en-US', ['How to pay', 'Reference ', 'Transfer $15.00 within 14 days.']],
    ['de-DE', ['So können Sie bezahlen', 'Verwendungszweck ', 'Transfer 15,00 $ within 14 days.']],
    ['fr-FR', ['Comment payer', 'Référence ', 'Transfer 15,00 $US within 14 days.']],
    ['es-ES', ['Cómo pagar', 'Concepto ', 'Transfer 15,00 US$ within 14 days.']],
  ])('in the language of %s', async (locale, [heading = '', reference = '', instructions = '']) => {
    await setLocale(locale)
    const orderId = await order(server, user, plans.pro)
    const text = await proFormaOf(orderId)
    const id = rowId(orderId)
    for (const word of [
      heading,
      `${reference}${id}`,
      'Bank transfer',
      instructions,
      `State ${id} as the reference.`,
      'IBAN DE89 3704 0044 0532 0130 00',
      'BIC COBADEFFXXX',
      'Cash',
      'At our office.',
    ])
      expect(text).toContain(word)
    expect(text).not.toContain('{')
  })

  test('with the current methods, and not if there are none', async () => {
    const orderId = await order(server, user, plans.pro)
    await dataOf(setPaymentMethods(server, [{ slug: 'letter', name: 'By letter' }]))
    const changed = await proFormaOf(orderId)
    expect(changed).toContain('By letter')
    expect(changed).not.toContain('Bank transfer')
    await dataOf(setPaymentMethods(server, []))
    expect(await proFormaOf(orderId)).not.toContain('How to pay')
  })

  test('only while the order is pending', async () => {
    const cancelled = await order(server, user, plans.pro)
    await dataOf(cancelOrder(server, user, cancelled))
    expect(await proFormaOf(cancelled)).not.toContain('How to pay')
    const expired = await order(server, user, plans.pro)
    server.clock.set('2026-05-08T10:00:00.000Z')
    expect(await proFormaOf(expired)).not.toContain('How to pay')
  })

  test('on several pages, if the instructions are long', async () => {
    const instructions = Array.from({ length: 120 }, (_, index) => `line ${index}`).join('\n')
    const methods = Array.from({ length: 3 }, (_, index) => ({ slug: `method-${index}`, name: `Method ${index}`, instructions }))
    await dataOf(setPaymentMethods(server, methods))
    const text = await proFormaOf(await order(server, user, plans.pro))
    for (let index = 0; index < 120; index += 1) expect(text.split(`line ${index} `)).toHaveLength(4)
    expect(text).toContain('Page 5 of')
  })
})

describe('an invoice that is issued before it is paid', () => {
  test('is open, and shows how to pay with its number', async () => {
    const { id, number } = await issueOpen(DUE)
    const text = await textAt(await pdfUrlOf(id))
    for (const word of [
      'Amount due $15.00',
      'Due May 15, 2026',
      'How to pay',
      `Reference ${number}`,
      'Transfer $15.00 within 14 days.',
      `State ${number} as the reference.`,
      'IBAN DE89 3704 0044 0532 0130 00',
    ])
      expect(text).toContain(word)
  })

  test('keeps what it shows when the methods change, with the same bytes in the main thread and in a worker', async () => {
    const { id, number } = await issueOpen(DUE)
    await dataOf(setPaymentMethods(server, [{ slug: 'letter', name: 'By letter' }]))
    const url = await pdfUrlOf(id)
    expect(await textAt(url)).toContain(`State ${number} as the reference.`)
    const { snapshot } = await server.services.db.invoice.findUniqueOrThrow({ where: { id: BigInt(rowId(id)) } })
    const parsed = parseDocumentSnapshot(snapshot)
    expect(parsed.howToPay?.methods.map(({ name }) => name)).toEqual(['Bank transfer', 'Cash'])
    expect(Buffer.from(await download(url)).equals(drawInvoice(parsed, loadFonts(), undefined))).toBe(true)
  })

  test('has a credit note that does not state how to pay', async () => {
    const { id } = await issueOpen(DUE)
    const credit = 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { pdfUrl } } }'
    const { creditInvoice } = await dataOf(server.ask('admin', credit, { input: { invoiceId: id } }))
    const text = await textAt(creditInvoice.creditNote.pdfUrl)
    expect(text).toContain('Credit note')
    expect(text).not.toContain('How to pay')
  })
})

test('an invoice that is paid at once does not state how to pay', async () => {
  const orderId = await order(server, user, plans.pro)
  await dataOf(applyPlan(server, { userId: String(user), planId: plans.pro, orderId }))
  const text = await proFormaOf(orderId)
  expect(text).toContain('Paid')
  expect(text).not.toContain('How to pay')
  const { snapshot } = await server.services.db.invoice.findFirstOrThrow({ where: { orderId: BigInt(rowId(orderId)) } })
  expect(parseDocumentSnapshot(snapshot).howToPay).toBeNull()
})

describe('clients read how to pay', () => {
  const methods = (amount: string, reference: string) => [
    { ...METHODS[0], instructions: `Transfer ${amount} within 14 days.\nState ${reference} as the reference.` },
    METHODS[1],
  ]

  test('a pending order, less what is held for it, in their locale', async () => {
    const orderId = await order(server, user, plans.pro)
    const reference = String(rowId(orderId))
    expect(await howToPay('order', orderId)).toEqual({ amount: { minorUnits: 1500 }, reference, methods: methods('$15.00', reference) })
    await dataOf(recordPayment(server, { orderId, amount: 400 }))
    const rest = await howToPay('order', orderId, 'de-DE')
    expect(rest.amount).toEqual({ minorUnits: 1100 })
    expect(rest.methods[0].instructions.replaceAll('\u00a0', ' ')).toContain('Transfer 11,00 $ within')
  })

  test('an open invoice, also by its order, until it is paid', async () => {
    const { orderId, invoiceId } = await buyUnpaid(server, user, plans.pro)
    await dataOf(recordPayment(server, { invoiceId, amount: 400 }))
    const { number } = (await dataOf(server.ask(user, 'query ($id: ID!) { invoice(id: $id) { number } }', { id: invoiceId }))).invoice
    const expected = { amount: { minorUnits: 1100 }, reference: number, methods: methods('$11.00', number) }
    expect(await howToPay('invoice', invoiceId)).toEqual(expected)
    expect(await howToPay('order', orderId)).toEqual(expected)
    await dataOf(recordPayment(server, { invoiceId, amount: 1100 }))
    expect(await howToPay('invoice', invoiceId)).toBeNull()
    expect(await howToPay('order', orderId)).toBeNull()
  })

  test('nothing for an order that is cancelled or has expired', async () => {
    const cancelled = await order(server, user, plans.pro)
    await dataOf(cancelOrder(server, user, cancelled))
    expect(await howToPay('order', cancelled)).toBeNull()
    const expired = await order(server, user, plans.pro)
    server.clock.set('2026-05-08T10:00:00.000Z')
    expect(await howToPay('order', expired)).toBeNull()
  })

  test('in a list, where only some columns are read', async () => {
    const orderId = await order(server, user, plans.pro)
    const { orders } = await dataOf(server.ask(user, `{ orders { nodes { howToPay { reference amount { formatted } } } } }`))
    expect(orders.nodes).toEqual([{ howToPay: { reference: String(rowId(orderId)), amount: { formatted: '$15.00' } } }])
  })
})
