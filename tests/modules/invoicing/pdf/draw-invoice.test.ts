import { describe, expect, test } from 'vitest'
import type { DocumentSnapshot } from '../../../../src/modules/invoicing/document-snapshot.js'
import { buildCreditNote } from '../../../../src/modules/invoicing/invoice.rules.js'
import { drawInvoice } from '../../../../src/modules/invoicing/pdf/draw-invoice.js'
import { NOT_TAXED, onlyTax } from '../../../../src/modules/invoicing/tax/tax.rules.js'
import { loadFonts } from '../../../../src/platform/pdf/font-set.js'
import { ISSUER, orderLines, STANDARD, sampleDocument } from '../../../support/document.js'
import { readPdf } from '../../../support/pdf.js'

const fonts = loadFonts()
const textOf = async (document: DocumentSnapshot) => (await readPdf(drawInvoice(document, fonts, undefined))).text
const { buyer } = sampleDocument()

test('an invoice shows everything that article 226 of the VAT directive requires', async () => {
  const { pages, text } = await readPdf(drawInvoice(sampleDocument(), fonts, undefined))
  expect(pages).toHaveLength(1)
  for (const word of [
    'Invoice',
    'INV-2026-000042',
    'May 1, 2026',
    'May 1, 2026 – June 1, 2026',
    'Paid',
    'Hosting GmbH',
    'Hauptstraße 1',
    '10115 Berlin, DE',
    'Tax ID: DE123456789',
    'billing@hosting.example',
    'Ada Lovelace',
    "12 St James's Square",
    'SW1Y 4JH London, GB',
    'Tax ID: GB123456789',
    'Position 1',
    '€15.00',
    '19%',
    'Tax 19% on €15.00',
    '€2.85',
    'Total (EUR)',
    '€17.85',
    'Page 1 of 1',
  ])
    expect(text).toContain(word)
})

test('a long list continues on further pages, with table header and page number', async () => {
  const { pages, text } = await readPdf(drawInvoice(sampleDocument({ lines: orderLines(100) }), fonts, undefined))
  expect(pages.length).toBeGreaterThan(2)
  for (const [index, page] of pages.entries()) {
    expect(page).toContain(`Page ${index + 1} of ${pages.length}`)
    if (page.includes('Position')) expect(page).toContain('Description Quantity Unit price Tax Amount')
  }
  for (let line = 1; line <= 100; line += 1) expect(text).toContain(`Position ${line} `)
  expect(pages.at(-1)).toContain('€1,785.00')
})

test('long names, addresses and descriptions wrap without losing text', async () => {
  const words = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`)
  const [name, address, description] = [words(30, 'name'), words(60, 'street'), words(120, 'word')]
  const lines = [{ description: description.join(' '), quantity: 3, unitPrice: 500n, amount: 1500n }]
  const text = await textOf(sampleDocument({ lines }, { buyer: { ...buyer, name: name.join(' '), address: address.join(' ') } }))
  for (const word of [...name, ...address, ...description]) expect(text).toContain(word)
})

test.each(['Zażółć Łódź – Ελλάδα – Москва', 'Đặng Thị Ngọc', 'Ærøskøbing Ÿ ß ½'])('prints %s unchanged', async (name) => {
  expect(await textOf(sampleDocument({}, { buyer: { ...buyer, name } }))).toContain(name)
})

test.each([
  ['JPY', '¥1,500'],
  ['KWD', 'KWD 1.500'],
  ['EUR', '€15.00'],
])('formats %s with the decimals of the currency', async (currency, shown) => {
  expect(await textOf(sampleDocument({}, { currency }))).toContain(shown)
})

test('the line amount is exact, and the unit price has as many digits as it needs', async () => {
  const lines = [{ description: 'Backup', quantity: 3, unitPrice: 333n, amount: 1000n }]
  const text = await textOf(sampleDocument({ lines }))
  expect(text).toContain('€3.333333')
  expect(text).toContain('€10.00')
})

describe('uses the language and formats of', () => {
  test.each([
    ['de-DE', ['Rechnung', '1. Mai 2026', '15,00 €', '19 %', 'Seite 1 von 1']],
    ['de-CH', ['Rechnung', '1. Mai 2026', 'EUR 15.00']],
    ['fr-FR', ['Facture', '1 mai 2026', '15,00 €', 'Page 1 sur 1']],
    ['es-ES', ['Factura', '1 de mayo de 2026', '15,00 €']],
    ['pl-PL', ['Invoice', '1 maja 2026', '15,00 €']],
    ['ja-JP', ['Invoice', 'May 1, 2026', '€15.00']],
    ['ar-EG', ['Invoice', 'Page 1 of 1']],
  ])('%s', async (locale, words) => {
    const text = (await textOf(sampleDocument({}, { locale }))).replaceAll(/[\u00a0\u202f]/g, ' ')
    for (const word of words) expect(text).toContain(word)
  })
})

test('reverse charge shows its note and both VAT ids', async () => {
  const tax = onlyTax({ category: 'REVERSE_CHARGE', millionths: 0 })
  const text = await textOf(sampleDocument({ tax }, { buyer: { ...buyer, country: 'FR', taxId: 'FR12345678901' } }))
  for (const word of ['Reverse charge', 'DE123456789', 'FR12345678901', 'Tax 0% on €15.00', '€0.00']) {
    expect(text).toContain(word)
  }
})

test('an exemption shows its reason', async () => {
  const tax = onlyTax({ category: 'EXEMPT', millionths: 0, exemption: 'Small business, section 19 UStG' })
  expect(await textOf(sampleDocument({ tax }))).toContain('Small business, section 19 UStG')
})

test('a pro forma states that it is not an invoice', async () => {
  const text = await textOf(sampleDocument({}, { kind: 'PRO_FORMA', number: null, paid: false, orderStatus: 'PENDING', period: null }))
  expect(text).toContain('Pro forma')
  expect(text).toContain('This is not an invoice')
  expect(text).not.toContain('INV-')
})

test('a credit note shows number and date of its invoice and the reason', async () => {
  const date = new Date('2026-05-09T10:00:00.000Z')
  const document = buildCreditNote({
    number: 'CN-2026-000007',
    invoice: sampleDocument(),
    creditedBefore: 0n,
    amount: 595n,
    reason: 'Outage',
    date,
  })
  const text = await textOf(document)
  for (const word of ['Credit note', 'CN-2026-000007', 'INV-2026-000042', 'May 1, 2026', 'May 9, 2026', 'Outage', '€5.95', '€0.95']) {
    expect(text).toContain(word)
  }
})

test.each([
  ['en-US', 'Test sale: no money was paid.'],
  ['de-DE', 'Testverkauf: Es wurde kein Geld bezahlt.'],
  ['fr-FR', 'Vente de test : aucun paiement n’a eu lieu.'],
  ['es-ES', 'Venta de prueba: no se ha pagado dinero.'],
])('an invoice and a credit note of a test sale state this in the language of %s', async (locale, note) => {
  const invoice = sampleDocument({}, { locale, number: 'TEST-2026-000001', isTest: true })
  const credit = { number: 'TESTCN-2026-000001', invoice, creditedBefore: 0n, amount: 100n, reason: null, date: new Date(invoice.date) }
  expect(await textOf(invoice)).toContain(note)
  expect(await textOf(buildCreditNote(credit))).toContain(note)
  expect(await textOf({ ...invoice, isTest: false })).not.toContain(note)
})

test('a payment statement names the seller and shows no tax', async () => {
  const merchantOfRecord = { name: 'Lemon Squeezy LLC', documentUrl: 'https://app.lemonsqueezy.com/my-orders/1' }
  const text = await textOf(sampleDocument({ tax: NOT_TAXED }, { kind: 'STATEMENT', number: 'ST-2026-000001', merchantOfRecord }))
  for (const word of ['Payment statement', 'ST-2026-000001', 'Lemon Squeezy LLC', 'https://app.lemonsqueezy.com/my-orders/1']) {
    expect(text).toContain(word)
  }
  expect(text).not.toMatch(/Tax \d/)
})

test('a sale that is not taxed has no tax line', async () => {
  const text = await textOf(sampleDocument({ tax: NOT_TAXED }))
  expect(text).not.toMatch(/Tax \d/)
  expect(text).toContain('€15.00')
})

test('the same document gives the same bytes, and markup in names is escaped', async () => {
  const document = sampleDocument({ tax: STANDARD }, { issuer: { ...ISSUER, company: 'Rock & <b>Roll</b>', name: 'Rock (& \\Roll)' } })
  expect(drawInvoice(document, fonts, undefined).equals(drawInvoice(document, fonts, undefined))).toBe(true)
  expect(await textOf(document)).toContain('Rock (& \\Roll)')
})
