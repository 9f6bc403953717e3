import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Catalog, createCatalog } from '../../support/catalog.js'
import { rowId } from '../../support/ids.js'
import { checkLedger } from '../../support/ledger.js'
import { dataOf, readBalances } from '../../support/payments.js'
import { readPdf } from '../../support/pdf.js'
import { applyPlan, codeOf } from '../../support/requests.js'
import type { TestServer } from '../../support/server.js'
import { issueInvoice } from '../../support/top-up.js'
import { FakeVies, setBillingDetails, startServerWithVies } from '../../support/vies.js'

const VAT_ID = 'FR83404833048'
let vies: FakeVies
let server: TestServer
let plans: Catalog
let user = 100
let invoiceId: string

beforeAll(async () => {
  vies = await new FakeVies().start()
  server = await startServerWithVies(vies, { PRICES_INCLUDE_TAX: 'false' })
  plans = await createCatalog(server)
})
afterAll(async () => {
  await server.close()
  await vies.close()
})

/** An invoice over 15.00 and 2.85 tax, to a buyer in France whose VAT id is not confirmed. */
beforeEach(async () => {
  vies.registered.clear()
  server.clock.set('2026-05-01T10:00:00.000Z')
  user += 1
  await setBillingDetails(server, user, { country: 'FR', taxId: VAT_ID })
  await server.settle()
  invoiceId = await sell()
})

async function sell(): Promise<string> {
  const { applyPlan: sold } = await dataOf(applyPlan(server, { userId: String(user), planId: plans.pro }))
  const { order } = await dataOf(server.ask('admin', 'query ($id: ID!) { order(id: $id) { invoice { id } } }', { id: sold.order.id }))
  return order.invoice.id
}

/** The member state registers the VAT id, and an administrator repeats the check. */
async function confirm(): Promise<void> {
  vies.registered.set(VAT_ID, { name: 'SA ENGINES' })
  const mutation = 'mutation ($input: CheckVatIdInput!) { checkVatId(input: $input) { __typename } }'
  await dataOf(server.ask('admin', mutation, { input: { userId: String(user) } }))
  await server.settle()
}

const MONEY = 'amount { decimal } tax { decimal }'
const creditTax = (input: object = {}, who: 'admin' | number = 'admin') =>
  server.ask(
    who,
    `mutation ($input: CreditTaxInput!) {
      creditTax(input: $input) { creditNote { id number reason pdfUrl ${MONEY} } invoice { status amountDue { decimal } } }
    }`,
    { input: { invoiceId, ...input } },
  )
const creditInvoice = (input: object = {}) =>
  server.ask(
    'admin',
    `mutation ($input: CreditInvoiceInput!) { creditInvoice(input: $input) { creditNote { id ${MONEY} } invoice { status } } }`,
    { input: { invoiceId, ...input } },
  )
const snapshotOf = async (id: string): Promise<any> =>
  (await server.services.db.invoice.findUniqueOrThrow({ where: { id: BigInt(rowId(id)) } })).snapshot
const balanceOf = async () => (await readBalances(server, user)).map(({ available }) => available)

test('a paid invoice: the tax goes to the balance, and the document states the items again without tax', async () => {
  expect(await snapshotOf(invoiceId)).toMatchObject({ subtotal: '1500', tax: '285', total: '1785', vatIdCheck: null })
  await confirm()
  const { creditNote, invoice } = (await dataOf(creditTax())).creditTax
  expect(creditNote).toMatchObject({
    amount: { decimal: '2.85' },
    tax: { decimal: '2.85' },
    reason: 'Tax credited: the VAT ID is confirmed',
  })
  expect(invoice).toEqual({ status: 'PARTIALLY_REFUNDED', amountDue: { decimal: '0.00' } })
  expect(await balanceOf()).toEqual([285])
  expect(await snapshotOf(creditNote.id)).toMatchObject({
    buyer: { name: 'Engines SARL', country: 'FR', taxId: VAT_ID },
    vatIdCheck: { vatId: VAT_ID, method: 'VIES', name: 'SA ENGINES' },
    lines: [
      { quantity: 1, amount: '1500' },
      { quantity: 1, amount: '-1500' },
    ],
    taxes: [
      { category: 'STANDARD', millionths: 190_000, net: '1500', tax: '285' },
      { category: 'REVERSE_CHARGE', millionths: 0, net: '-1500', tax: '0' },
    ],
    subtotal: '0',
    tax: '285',
    total: '285',
    credited: { number: (await snapshotOf(invoiceId)).number },
  })
  expect(await checkLedger(server)).toEqual([])
})

test('an open invoice: the amount due falls by the tax', async () => {
  const items = [{ description: 'Setup', quantity: 1, unitPrice: 1500 }]
  const issued = await dataOf(issueInvoice(server, { userId: String(user), items, currency: 'USD' }))
  invoiceId = issued.issueInvoice.invoice.id
  await confirm()
  const { invoice } = (await dataOf(creditTax())).creditTax
  expect(invoice).toEqual({ status: 'OPEN', amountDue: { decimal: '15.00' } })
  expect(await balanceOf()).toEqual([0])
  expect(await checkLedger(server)).toEqual([])
})

test('later credit notes of the invoice have no tax and the reverse-charge wording, and never exceed the rest', async () => {
  await confirm()
  await dataOf(creditTax())
  const part = (await dataOf(creditInvoice({ amount: 700 }))).creditInvoice.creditNote
  expect(part).toMatchObject({ amount: { decimal: '7.00' }, tax: { decimal: '0.00' } })
  expect((await creditInvoice({ amount: 801 })).errors?.[0]?.message).toContain('must be at most 800 minor units')
  const { creditNote: rest, invoice } = (await dataOf(creditInvoice())).creditInvoice
  expect(rest).toMatchObject({ amount: { decimal: '8.00' }, tax: { decimal: '0.00' } })
  expect(invoice.status).toBe('REFUNDED')
  for (const { id } of [part, rest]) {
    const { taxes, vatIdCheck, buyer } = await snapshotOf(id)
    expect(taxes).toMatchObject([{ category: 'REVERSE_CHARGE', millionths: 0 }])
    expect([vatIdCheck.vatId, buyer.taxId]).toEqual([VAT_ID, VAT_ID])
  }
  expect(await balanceOf()).toEqual([1785])
  expect(await checkLedger(server)).toEqual([])
})

test('what was credited before keeps its tax; only the rest is corrected', async () => {
  await confirm()
  const before = (await dataOf(creditInvoice({ amount: 595 }))).creditInvoice.creditNote
  expect(before).toMatchObject({ tax: { decimal: '0.95' } })
  const { creditNote } = (await dataOf(creditTax())).creditTax
  expect(creditNote).toMatchObject({ amount: { decimal: '1.90' } })
  expect(await snapshotOf(creditNote.id)).toMatchObject({ lines: [{ amount: '1000' }, { amount: '-1000' }] })
  expect((await dataOf(creditInvoice())).creditInvoice.creditNote).toMatchObject({ amount: { decimal: '10.00' }, tax: { decimal: '0.00' } })
  expect(await balanceOf()).toEqual([1785])
})

test('the unused share of a plan is that of the corrected amount', async () => {
  await confirm()
  await dataOf(creditTax())
  // 16 of 31 days are left of 15.00.
  server.clock.set('2026-05-16T10:00:00.000Z')
  await dataOf(server.ask('admin', 'mutation ($id: ID!) { cancelPlan(input: { userId: $id }) { __typename } }', { id: String(user) }))
  expect(await balanceOf()).toEqual([1059])
  expect(await checkLedger(server)).toEqual([])
})

test('the tax report moves the net amount to reverse charge, and equals the ledger', async () => {
  server.clock.set('2026-06-01T10:00:00.000Z')
  await confirm()
  await dataOf(creditTax())
  const authorization = `Bearer ${await server.token(1, 'admin')}`
  const response = await fetch(`${server.url}/export/tax.csv?from=2026-06&to=2026-06`, { headers: { authorization } })
  const rows = parse(await response.text(), { columns: true, bom: true }) as Record<string, string>[]
  expect(
    rows.map(({ country, tax_country, category, percentage, net, tax }) => [country, tax_country, category, percentage, net, tax]),
  ).toEqual([
    ['FR', 'DE', 'STANDARD', '19', '-15.00', '-2.85'],
    ['FR', '', 'REVERSE_CHARGE', '0', '15.00', '0.00'],
  ])
})

test.each([
  ['en', 'Reverse charge: ', 'Tax credited: the VAT ID is confirmed'],
  ['de', 'Steuerschuldnerschaft des Leistungsempfängers: ', 'Steuer gutgeschrieben: Die USt-IdNr. ist bestätigt'],
  ['fr', 'Autoliquidation : ', 'TVA créditée : le numéro de TVA est confirmé'],
  ['es', 'Inversión del sujeto pasivo: ', 'IVA abonado: el NIF-IVA está confirmado'],
])('the document in %s states each line with its own rate', async (locale, again, reason) => {
  user += 1
  await setBillingDetails(server, user, { country: 'FR', taxId: VAT_ID, locale })
  await server.settle()
  invoiceId = await sell()
  await confirm()
  const { creditNote } = (await dataOf(creditTax())).creditTax
  const { text } = await readPdf(new Uint8Array(await (await fetch(creditNote.pdfUrl)).arrayBuffer()))
  const plain = text.replaceAll('\u00a0', ' ')
  for (const words of [again, reason, VAT_ID]) expect(plain).toContain(words)
})

test('is repeated by its idempotency key, and refused without one', async () => {
  await confirm()
  const key = `correct-${user}`
  const [first, second] = [await dataOf(creditTax({ idempotencyKey: key })), await dataOf(creditTax({ idempotencyKey: key }))]
  expect(second).toEqual(first)
  const { errors } = await creditTax()
  expect(errors?.[0]?.message).toBe('input.invoiceId: must be an invoice with tax that is not credited yet')
})

test('twenty requests at once credit the tax once', async () => {
  await confirm()
  const answers = await Promise.all(Array.from({ length: 20 }, () => creditTax()))
  expect(answers.filter(({ errors }) => !errors)).toHaveLength(1)
  expect(await balanceOf()).toEqual([285])
  expect(await checkLedger(server)).toEqual([])
})

test('the database refuses a second correction, and one that credits more than tax', async () => {
  await confirm()
  await dataOf(creditTax())
  const { db } = server.services
  const copy = (changes: string) => `
    INSERT INTO invoices (kind, series, year, sequence, number, order_id, user_id, credited_invoice_id, currency, subtotal, tax, total, status,
      issued_at, due_at, snapshot, corrects_tax)
    SELECT kind, series, year, sequence + 1000, number || 'x', order_id, user_id, credited_invoice_id, currency, ${changes}, status, issued_at,
      due_at, snapshot, true
    FROM invoices WHERE credited_invoice_id = ${rowId(invoiceId)}`
  await expect(db.$executeRawUnsafe(copy('subtotal, tax, total'))).rejects.toThrow('invoices_one_tax_correction')
  await expect(db.$executeRawUnsafe(copy('1, tax, total + 1'))).rejects.toThrow('invoices_tax_correction_is_of_tax')
})

test('refuses an invoice whose buyer does not owe the tax, and changes nothing', async () => {
  const { errors } = await creditTax()
  expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', field: 'input.invoiceId' } })
  expect(errors?.[0]?.message).toContain('the VAT id of the billing details is not confirmed')
  await setBillingDetails(server, user, { country: 'AT', taxId: 'ATU13585627' })
  vies.registered.set('ATU13585627', { name: 'Maschinen' })
  await server.settle()
  expect((await creditTax()).errors?.[0]?.message).toContain('which is AT; this one is to FR')
  await setBillingDetails(server, user, { country: 'FR', taxId: VAT_ID })
  await confirm()
  await dataOf(creditInvoice())
  expect((await creditTax()).errors?.[0]?.message).toContain('must be an invoice with tax that is not credited yet')
  expect(await server.services.db.invoice.count({ where: { correctsTax: true, creditedInvoiceId: BigInt(rowId(invoiceId)) } })).toBe(0)
})

test('refuses an invoice to another company, or one without a VAT id to another name', async () => {
  user += 1
  await setBillingDetails(server, user, { name: 'Cathy', country: 'FR' })
  invoiceId = await sell()
  await setBillingDetails(server, user, { name: 'Another SA', country: 'FR', taxId: VAT_ID })
  await confirm()
  expect((await creditTax()).errors?.[0]?.message).toContain('must state the name of the billing details, Another SA, or their VAT id')
  await setBillingDetails(server, user, { name: 'Cathy', country: 'FR', taxId: VAT_ID })
  await confirm()
  expect((await creditTax()).errors).toBeUndefined()
})

test('refuses an invoice that states another VAT id', async () => {
  const other = 'FR40303265045'
  await setBillingDetails(server, user, { country: 'FR', taxId: other })
  vies.registered.set(other, { name: 'Other' })
  await confirm()
  expect((await creditTax()).errors?.[0]?.message).toContain(`must state the VAT id of the billing details, which is ${other}`)
})

test('an id counts as confirmed for six weeks after its check, and not after it was removed', async () => {
  await confirm()
  const taxAt = async (time: string) => {
    server.clock.set(time)
    const query = 'query ($planId: ID!) { invoicePreview(planId: $planId) { taxes { category } } }'
    const { invoicePreview } = await dataOf(server.ask(user, query, { planId: plans.pro }))
    return invoicePreview.taxes[0].category
  }
  expect(await taxAt('2026-06-13T09:00:00.000Z')).toBe('REVERSE_CHARGE')
  expect(await taxAt('2026-06-15T11:00:00.000Z')).toBe('STANDARD')
  server.clock.set('2026-05-02T10:00:00.000Z')
  await setBillingDetails(server, user, { country: 'FR', taxId: null })
  vies.registered.clear()
  await setBillingDetails(server, user, { country: 'FR', taxId: VAT_ID })
  expect(await taxAt('2026-05-02T10:00:00.000Z')).toBe('STANDARD')
})

test('refuses an invoice without tax, a credit note, an unknown invoice and a customer', async () => {
  await confirm()
  const credited = await dataOf(creditTax())
  await dataOf(server.ask('admin', 'mutation ($id: ID!) { cancelPlan(input: { userId: $id }) { __typename } }', { id: String(user) }))
  const untaxed = await sell()
  expect((await creditTax({ invoiceId: untaxed })).errors?.[0]?.message).toContain('must be an invoice with one tax')
  expect(codeOf(await creditTax({ invoiceId: credited.creditTax.creditNote.id }))).toMatch(/BAD_USER_INPUT|INVOICE_NOT_FOUND/)
  expect(codeOf(await creditTax({ invoiceId: 'inv_999999' }))).toBe('INVOICE_NOT_FOUND')
  expect(codeOf(await creditTax({ invoiceId: 'x' }))).toBe('BAD_USER_INPUT')
  expect(codeOf(await creditTax({}, user))).toBe('FORBIDDEN')
})
