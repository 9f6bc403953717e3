import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { deliver, event, payment, subscription } from '../../support/lemon-squeezy.js'
import { startWithLemonSqueezy } from '../../support/lemon-squeezy-server.js'
import { readPdf } from '../../support/pdf.js'
import { applyPlan, codeOf } from '../../support/requests.js'
import { startServer, type TestServer } from '../../support/server.js'

let server: TestServer
let plans: Catalog

beforeEach(async () => {
  server = await startServer({
    environment: { INVOICE_ISSUED_FROM_COUNTRY: 'DE', INVOICE_ISSUED_FROM_TAX_ID: 'DE136695976', PRICES_INCLUDE_TAX: 'false' },
  })
  plans = await createCatalog(server)
  const input = { country: 'DE', customerType: 'USER', basisPoints: 1900 }
  await server.ask('admin', 'mutation ($input: SetTaxRateInput!) { setTaxRate(input: $input) { taxRate { country } } }', { input })
})
afterEach(() => server.close())

const credit = (input: object, who: 'admin' | number = 'admin', on = server) =>
  on.ask(
    who,
    `mutation ($input: CreditInvoiceInput!) {
      creditInvoice(input: $input) {
        creditNote { id number amount { decimal } tax { decimal } reason createdAt pdfUrl invoice { number } }
        invoice { status creditNotes { number } }
      }
    }`,
    { input },
  )

let user = 100
async function invoiceId(): Promise<string> {
  user += 1
  await server.token(user)
  await server.ask(user, '{ me { id } }')
  const { data } = await applyPlan(server, { userId: String(user), planId: plans.pro })
  const { data: read } = await server.ask('admin', 'query ($id: ID!) { order(id: $id) { invoice { id } } }', {
    id: data.applyPlan.order.id,
  })
  return read.order.invoice.id
}

test('a partial credit and the rest credit net and tax exactly', async () => {
  const id = await invoiceId()
  const first = await credit({ invoiceId: id, amount: 500, reason: 'Outage of 3 May' })
  expect(first.data.creditInvoice).toMatchObject({
    creditNote: { number: 'CN-2026-000001', amount: { decimal: '5.00' }, tax: { decimal: '0.80' }, reason: 'Outage of 3 May' },
    invoice: { status: 'PARTIALLY_REFUNDED' },
  })
  const second = await credit({ invoiceId: id })
  expect(second.data.creditInvoice).toMatchObject({
    creditNote: { number: 'CN-2026-000002', amount: { decimal: '12.85' }, tax: { decimal: '2.05' }, reason: null },
    invoice: { status: 'REFUNDED', creditNotes: [{ number: 'CN-2026-000001' }, { number: 'CN-2026-000002' }] },
  })
  expect(codeOf(await credit({ invoiceId: id }))).toBe('BAD_USER_INPUT')
})

test('a credit note has a PDF, visible to everybody who may view the invoice', async () => {
  const id = await invoiceId()
  const { data } = await credit({ invoiceId: id, reason: 'Goodwill' })
  const { creditNote } = data.creditInvoice
  const response = await fetch(creditNote.pdfUrl)
  const { text } = await readPdf(new Uint8Array(await response.arrayBuffer()))
  for (const word of ['Credit note', creditNote.number, creditNote.invoice.number, 'Goodwill', '$17.85']) expect(text).toContain(word)
  const url = `${server.url}/invoices/${creditNote.id}/pdf`
  const statusFor = async (who: number) => (await fetch(url, { headers: { authorization: `Bearer ${await server.token(who)}` } })).status
  expect([await statusFor(user), await statusFor(999), (await fetch(url)).status]).toEqual([200, 404, 401])
  expect((await fetch(creditNote.pdfUrl.replace(`/invoices/${rowId(creditNote.id)}/`, `/invoices/${rowId(id)}/`))).status).toBe(401)
  expect(
    (await fetch(creditNote.pdfUrl.replace(`/invoices/${rowId(creditNote.id)}/pdf`, `/orders/${rowId(creditNote.id)}/invoice`))).status,
  ).toBe(401)
})

test('concurrent credits never exceed the invoice', async () => {
  const id = await invoiceId()
  const responses = await Promise.all(Array.from({ length: 20 }, () => credit({ invoiceId: id, amount: 300 })))
  expect(responses.filter(({ errors }) => !errors)).toHaveLength(5)
  const { _sum } = await server.services.db.invoice.aggregate({
    where: { creditedInvoiceId: rowId(id) },
    _sum: { total: true, tax: true },
  })
  expect(_sum.total).toBe(1500n)
})

test('the database refuses credit that exceeds the invoice or its tax, and less credit than before', async () => {
  const id = await invoiceId()
  const set = (total: number, tax: number) =>
    server.owner.query('UPDATE invoices SET credited_total = $2, credited_tax = $3 WHERE id = $1', [rowId(id), total, tax])
  await expect(set(1786, 285)).rejects.toThrow(/credited_total_within_total/)
  await expect(set(1785, 286)).rejects.toThrow(/credited_tax_within_tax/)
  await credit({ invoiceId: id, amount: 1000 })
  const stored = 'SELECT credited_total, credited_tax FROM invoices WHERE id = $1'
  expect((await server.owner.query(stored, [rowId(id)])).rows).toEqual([{ credited_total: '1000', credited_tax: '160' }])
  await expect(set(999, 160)).rejects.toThrow(/never decreases/)
  await expect(set(1000, 159)).rejects.toThrow(/never decreases/)
})

test('credits once per idempotency key, and refuses invalid input and customers', async () => {
  const id = await invoiceId()
  const input = { invoiceId: id, amount: 100, idempotencyKey: 'credit-1' }
  const [first, repeated] = [await credit(input), await credit(input)]
  expect(repeated.data.creditInvoice.creditNote.number).toBe(first.data.creditInvoice.creditNote.number)
  expect(codeOf(await credit({ ...input, amount: 200 }))).toBe('IDEMPOTENCY_CONFLICT')
  expect(codeOf(await credit({ invoiceId: id }, user))).toBe('FORBIDDEN')
  expect(codeOf(await credit({ invoiceId: '999999' }))).toBe('INVOICE_NOT_FOUND')
  for (const wrong of [{ amount: 0 }, { amount: -5 }, { amount: 5000 }, { reason: ' ' }, { reason: 'two\nlines' }, { reason: '東' }]) {
    const { errors } = await credit({ invoiceId: id, ...wrong })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: `input.${Object.keys(wrong)[0]}` })
  }
})

test('a payment statement is refused, because its provider returns the money itself', async () => {
  const at = '2026-05-01T10:00:00.000Z'
  const { api, server: merchant } = await startWithLemonSqueezy(at)
  try {
    await deliver(merchant.url, event('subscription_created', subscription(1, at), { user_id: '10' }))
    await deliver(merchant.url, event('subscription_payment_success', payment(1, 1, at, { billing_reason: 'initial' })))
    await merchant.settle()
    const [statement] = (await merchant.ask(10, '{ invoices { nodes { id kind creditNotes { number } } } }')).data.invoices.nodes
    expect((await credit({ invoiceId: statement.id, amount: 500 }, 'admin', merchant)).errors).toMatchObject([
      {
        message:
          'input.invoiceId: must not be a payment statement: the payment provider is the seller and returns the money itself; use requestRefund',
        extensions: { code: 'BAD_USER_INPUT', field: 'input.invoiceId' },
      },
    ])
    expect(await merchant.services.db.invoice.count()).toBe(1)
  } finally {
    await merchant.close()
    await api.close()
  }
})
