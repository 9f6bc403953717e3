import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Catalog, createCatalog, createOrganisation } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { readPdf } from '../../support/pdf.js'
import { applyPlan, placeOrder } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
})
afterAll(() => server.close())

const ENGLISH = /month|year|rest of|unused|discount|change to|order|user \d/i

async function execute(who: number | 'admin', query: string, variables = {}) {
  const { data, errors } = await server.ask(who, query, variables)
  if (errors) throw new Error(JSON.stringify(errors))
  return data
}
const setLocale = (userId: number, locale: string) =>
  execute(userId, 'mutation ($input: SetBillingDetailsInput!) { setBillingDetails(input: $input) { billingDetails { locale } } }', {
    input: { name: 'Ada Lovelace', locale },
  })
const textOf = async (url: string) => (await readPdf(new Uint8Array(await (await fetch(url)).arrayBuffer()))).text
const describeOrder = (who: number | 'admin', id: string) =>
  execute(
    who,
    `query ($id: ID!) { order(id: $id) { description german: description(locale: "de-AT") none: description(locale: null)
      items { description french: description(locale: "fr") } invoice { lines { description } } } }`,
    { id },
  )
/** Buys a plan in the sandbox. */
async function buy(userId: number, plan: string): Promise<void> {
  const input = { plan, successUrl: server.url, cancelUrl: server.url }
  const { createCheckout } = await execute(
    userId,
    'mutation ($input: CreateCheckoutInput!) { createCheckout(input: $input) { checkoutUrl } }',
    { input },
  )
  await fetch(`${createCheckout.checkoutUrl}/pay`, { method: 'POST', redirect: 'manual' })
  await server.settle()
}
const listLines = async (userId: number): Promise<string[][]> => {
  const { invoices } = await execute(userId, '{ invoices { nodes { lines { description } } } }')
  return invoices.nodes.map(({ lines }: { lines: { description: string }[] }) => lines.map(({ description }) => description))
}

describe('for a German customer', () => {
  beforeAll(() => setLocale(10, 'de-DE'))

  test('the pro forma and the invoice contain no English text of an item', async () => {
    const { data } = await placeOrder(server, 10, { planId: plans.pro })
    const { id, invoicePdfUrl } = data.placeOrder.order
    const proForma = await textOf(invoicePdfUrl)
    expect(proForma).toContain('Pro, 1 Monat')
    expect(proForma).not.toMatch(ENGLISH)
    await applyPlan(server, { userId: '10', planId: plans.pro, orderId: id })
    const invoice = await textOf(invoicePdfUrl)
    expect(invoice).toContain('Rechnung')
    expect(invoice).toContain('Pro, 1 Monat')
    expect(invoice).not.toMatch(ENGLISH)
    expect(await listLines(10)).toEqual([['Pro, 1 Monat']])
  })

  test('an issued invoice keeps its language, and its credit note copies it', async () => {
    await setLocale(10, 'fr-FR')
    const credit = 'mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { pdfUrl } } }'
    const { invoices } = await execute(10, '{ invoices { nodes { id } } }')
    const { creditInvoice } = await execute('admin', credit, { input: { invoiceId: invoices.nodes[0].id, amount: 500 } })
    await setLocale(10, 'de-DE')
    expect(await listLines(10)).toEqual([['Pro, 1 Monat']])
    expect(await textOf(creditInvoice.creditNote.pdfUrl)).toContain('Pro, 1 Monat')
  })

  test('the preview of an invoice has the texts of the invoice', async () => {
    const query = 'query ($planId: ID!) { invoicePreview(planId: $planId) { lines { description } } }'
    expect((await execute(10, query, { planId: plans.starter })).invoicePreview.lines).toEqual([{ description: 'Starter, 1 Monat' }])
  })

  test('the invoice of a change of plan names the rest of the period, and the credit note says why', async () => {
    await setLocale(11, 'de-DE')
    await buy(11, 'starter')
    const change = 'mutation ($input: ChangePlanInput!) { changePlan(input: $input) { subscription { status } } }'
    await execute(11, change, { input: { planId: plans.pro, when: 'NOW' } })
    await server.settle()
    expect(await listLines(11)).toEqual([['Pro, Rest des Abrechnungszeitraums'], ['Starter, 1 Monat']])
  })
})

test('GraphQL describes orders in English, or in the language of an argument', async () => {
  await execute(12, '{ me { id } }')
  const { data } = await applyPlan(server, { userId: '12', planId: plans.pro })
  const { order } = await describeOrder(12, data.applyPlan.order.id)
  expect(order).toEqual({
    description: 'Pro, 1 month',
    german: 'Pro, 1 Monat',
    none: 'Pro, 1 month',
    items: [{ description: 'Pro, 1 month', french: 'Pro, 1 mois' }],
    invoice: { lines: [{ description: 'Pro, 1 month' }] },
  })
})

test('the REST API describes the orders of a German customer in English', async () => {
  await setLocale(17, 'de-DE')
  await placeOrder(server, 17, { planId: plans.pro })
  const response = await fetch(`${server.url}/api/orders`, { headers: { authorization: `Bearer ${await server.token(17)}` } })
  expect(await response.json()).toMatchObject([{ description: 'Pro, 1 month', items: [{ description: 'Pro, 1 month' }] }])
})

test.each(['no such locale', '', 'x'.repeat(36)])('GraphQL refuses the locale "%s"', async (locale) => {
  const { data } = await placeOrder(server, 13, { planId: plans.pro })
  const of = (fields: string) =>
    server.ask(13, `query ($id: ID!, $locale: String) { order(id: $id) { ${fields} } }`, { id: data.placeOrder.order.id, locale })
  for (const fields of ['description(locale: $locale)', 'items { description(locale: $locale) }'])
    expect((await of(fields)).errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'locale' })
})

test('new items store a kind and parameters, and no text', async () => {
  const { data } = await placeOrder(server, 14, { planId: plans.pro })
  const items = await server.services.db.orderItem.findMany({ where: { orderId: rowId(data.placeOrder.order.id) } })
  expect(items).toMatchObject([{ kind: 'PLAN', parameters: { plan: 'Pro', interval: 'MONTH' }, description: null }])
})

test('an order of the previous version keeps its text in every language', async () => {
  await setLocale(15, 'de-DE')
  const { data } = await placeOrder(server, 15, { planId: plans.pro })
  const order = data.placeOrder.order
  // The previous version does not write the new columns.
  await server.owner.query(
    `INSERT INTO order_items (order_id, position, description, quantity, unit_price, amount) VALUES ($1, 1, 'Starter, 1 month', 1, 0, 0)`,
    [rowId(order.id)],
  )
  expect(await describeOrder(15, order.id)).toMatchObject({
    order: { description: 'Pro, 1 month, Starter, 1 month', german: 'Pro, 1 Monat, Starter, 1 month' },
  })
  expect(await textOf(order.invoicePdfUrl)).toContain('Starter, 1 month')
})

test('a buyer without a name is named by the id in the default language', async () => {
  const german = await startServer({ environment: { INVOICE_LOCALE: 'de-DE' } })
  const { pro } = await createCatalog(german)
  await createOrganisation(german, 9, { 16: 'OWNER' })
  await german.services.db.organisation.update({ where: { id: '9' }, data: { name: '\u{13000}' } })
  await german.services.db.user.update({ where: { id: '16' }, data: { name: null, email: null } })
  for (const [organisationId, name] of [
    [undefined, 'Benutzer 16'],
    ['9', 'Organisation 9'],
  ]) {
    const { data } = await applyPlan(german, { userId: '16', planId: pro, organisationId })
    const text = await textOf(data.applyPlan.order.invoicePdfUrl)
    expect(text).toContain(name)
    expect(text).not.toMatch(ENGLISH)
  }
  await german.close()
})
