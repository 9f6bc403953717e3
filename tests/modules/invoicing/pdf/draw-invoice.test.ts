import { describe, expect, test } from 'vitest'
import { buildCreditNote } from '../../../../src/modules/invoicing/credit-note.rules.js'
import type { DocumentSnapshot } from '../../../../src/modules/invoicing/document-snapshot.js'
import { drawInvoice } from '../../../../src/modules/invoicing/pdf/draw-invoice.js'
import { NOT_TAXED, onlyTax, type TaxDecision } from '../../../../src/modules/invoicing/tax/tax.rules.js'
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
    'May 1, 2026 – May 31, 2026',
    'Paid',
    'Hosting GmbH',
    'Hauptstraße 1',
    '10115 Berlin',
    'Germany',
    'VAT ID: DE123456789',
    'billing@hosting.example',
    'Ada Lovelace',
    "12 St James's Square",
    'London SW1Y 4JH',
    'United Kingdom',
    'VAT ID: GB123456789',
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
    ['fr-FR', ['Facture', '1er mai 2026', '15,00 €', 'Page 1 sur 1']],
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
  const check = { vatId: 'FR12345678901', method: 'FORMAT' as const, at: '2026-05-01T10:00:00.000Z' }
  const tax: TaxDecision = { ...onlyTax({ category: 'REVERSE_CHARGE', millionths: 0 }), check }
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

describe('an invoice to pay', () => {
  const bank = { name: 'Bank transfer', instructions: 'Within 14 days.', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' }
  const cash = { name: 'Cash', instructions: 'Pay {amount} and state {invoice}.', iban: null, bic: null }
  const open = (changes: Partial<DocumentSnapshot> = {}) =>
    sampleDocument({}, { paid: false, dueDate: '2026-05-15T10:00:00.000Z', howToPay: { methods: [cash, bank] }, ...changes })

  test('states amount, due date, account and reference before the lines, and the other methods after the totals', async () => {
    const text = await textOf(open())
    const order = ['Amount due', '€17.85', 'Due May 15, 2026', 'How to pay', 'Bank transfer', 'Hosting GmbH', 'DE89 3704 0044 0532 0130 00']
    const rest = [
      'COBADEFFXXX',
      'INV-2026-000042',
      'Within 14 days.',
      'Scan with',
      'Position 1',
      'Total (EUR)',
      'Other ways to pay',
      'Cash',
    ]
    let at = 0
    for (const word of [...order, ...rest, 'Pay €17.85 and state INV-2026-000042.']) {
      expect(text.slice(at), word).toContain(word)
      at = text.indexOf(word, at) + word.length
    }
  })

  test('describes its QR code to screen readers', () => {
    const file = drawInvoice(open(), fonts, undefined).toString('latin1')
    const alternative = Buffer.from('QR code for the transfer of €17.85 to Hosting GmbH', 'utf16le').swap16().toString('hex')
    expect(file).toContain(`/Alt <feff${alternative}>`)
  })

  test.each<[string, Partial<DocumentSnapshot>]>([
    ['another currency', { currency: 'USD' }],
    ['no account', { howToPay: { methods: [cash] } }],
    ['a payment in full', { paid: true, howToPay: null }],
  ])('has no QR code with %s', (_case, changes) => {
    expect(drawInvoice(open(changes), fonts, undefined).toString('latin1')).not.toContain('/S/Figure')
  })

  test('states what is already paid, and asks for the rest', async () => {
    const text = await textOf(open({ prepaid: '500' }))
    for (const words of ['Amount due €12.85', 'Already paid -€5.00', 'Amount due (EUR) €12.85']) expect(text).toContain(words)
  })

  test('prints instructions that are too long for the summary below the totals', async () => {
    const instructions = Array.from({ length: 9 }, (_, index) => `step ${index}`).join('\n')
    const text = await textOf(open({ howToPay: { methods: [{ ...bank, instructions }] } }))
    expect(text.indexOf('step 8')).toBeGreaterThan(text.indexOf('Total (EUR)'))
    expect(text.split('step 8')).toHaveLength(2)
  })
})

describe('a paid invoice states when and how it was paid', () => {
  const at = '2026-05-04T10:00:00.000Z'
  const payment = { kind: 'BANK_TRANSFER' as const, reference: 'F 17', amount: '1785', at }

  test.each([
    ['en-GB', 'Amount paid', 'Paid on 4 May 2026 by bank transfer, reference F 17'],
    ['de-DE', 'Bezahlter Betrag', 'Bezahlt am 4. Mai 2026 per Überweisung, Referenz F 17'],
    ['fr-FR', 'Montant payé', 'Payé le 4 mai 2026 par virement bancaire, référence F 17'],
    ['es-ES', 'Importe pagado', 'Pagado el 4 de mayo de 2026 por transferencia bancaria, referencia F 17'],
  ])('in %s', async (locale, label, sentence) => {
    const text = await textOf(sampleDocument({}, { locale, payments: [payment] }))
    for (const words of [label, sentence]) expect(text).toContain(words)
  })

  test('with several payments, each with its amount', async () => {
    const payments = [
      { ...payment, amount: '1000' },
      { kind: 'BALANCE' as const, reference: null, amount: '785', at },
    ]
    const text = await textOf(sampleDocument({}, { payments }))
    expect(text).toContain('Paid on May 4, 2026 by bank transfer, reference F 17: €10.00')
    expect(text).toContain('Paid on May 4, 2026 from the balance: €7.85')
  })

  test('and not when it is due', async () => {
    const text = await textOf(sampleDocument({}, { payments: [payment], dueDate: '2026-06-30T10:00:00.000Z' }))
    for (const words of ['Due', 'June 30, 2026', 'Amount due', 'How to pay']) expect(text).not.toContain(words)
  })
})

test('prints the references of the buyer, the registration numbers and the contact of the seller', async () => {
  const issuer = {
    ...ISSUER,
    registrationId: 'HRB 12345',
    register: 'Amtsgericht Charlottenburg',
    contact: 'Erika Mustermann',
    phone: '+49 30 1',
  }
  const details = { ...buyer, registrationId: '07654321', reference: '991-12345-67', purchaseOrder: 'PO-7' }
  const text = await textOf(sampleDocument({}, { issuer, buyer: details, notes: [{ subject: 'AAI', text: 'Thank you.' }] }))
  for (const words of [
    'Your order number PO-7',
    'Your reference 991-12345-67',
    'Company number: 07654321',
    'Amtsgericht Charlottenburg, HRB 12345',
    'Erika Mustermann',
    '+49 30 1',
    'Thank you.',
  ])
    expect(text).toContain(words)
})

test('states several taxes by their names, in columns and totals', async () => {
  const rate = (name: string, millionths: number) => ({ category: 'STANDARD' as const, name, region: null, millionths, exemption: null })
  const text = await textOf(sampleDocument({ tax: { taxes: [rate('GST', 50_000), rate('QST', 99_750)], check: null } }))
  for (const words of ['Unit price GST QST Amount', '5% 9.975% €15.00', 'GST 5% on €15.00 €0.75', 'QST 9.975% on €15.00 €1.50'])
    expect(text).toContain(words)
})

test('with more than two taxes, only the totals state the rates', async () => {
  const taxes = ['A', 'B', 'C'].map((name) => ({ category: 'STANDARD' as const, name, region: null, millionths: 10_000, exemption: null }))
  const text = await textOf(sampleDocument({ tax: { taxes, check: null } }))
  expect(text).toContain('Unit price Amount')
  for (const name of ['A', 'B', 'C']) expect(text).toContain(`${name} 1% on €15.00 €0.15`)
})

test('a sale that is out of scope states the reason, and no rate', async () => {
  const tax = onlyTax({ category: 'OUT_OF_SCOPE', millionths: 0, customerOwesTax: true })
  const text = await textOf(sampleDocument({ tax }))
  for (const words of ['Not subject to VAT', 'Reverse charge: the customer is liable']) expect(text).toContain(words)
  expect(text).not.toMatch(/Tax \d/)
})

test.each([
  ['en-GB', ['Tax in DKK (1 EUR = 7.4598 DKK, ECB, 27', 'November 2026)', 'DKK 372.50']],
  ['de-DE', ['Umsatzsteuer in DKK (1 EUR = 7,4598 DKK, EZB,', '27. November 2026)', '372,50 DKK']],
])('states the tax in the currency of the seller, with rate, source and day, in %s', async (locale, words) => {
  const accountingTax = { currency: 'DKK', tax: '37250', rate: '7.4598', day: '2026-11-27', source: 'ECB' }
  const text = await textOf(sampleDocument({}, { locale, timeZone: 'America/New_York', accountingTax }))
  for (const word of words) expect(text).toContain(word)
})

test('a period prints the day before its end as its last day, never a day of the next period', async () => {
  const periodOf = async (start: string, end: string) =>
    /Service period (.*?) Order/.exec(await textOf(sampleDocument({}, { locale: 'en-GB', period: { start, end } })))?.[1]
  expect(await periodOf('2026-05-04T10:00:00.000Z', '2026-06-04T10:00:00.000Z')).toBe('4 May 2026 – 3 June 2026')
  expect(await periodOf('2026-06-04T10:00:00.000Z', '2026-07-04T10:00:00.000Z')).toBe('4 June 2026 – 3 July 2026')
})

test.each([
  ['2026-05-04T10:00:00.000Z', '2026-05-04T18:00:00.000Z'],
  ['2026-05-04T10:00:00.000Z', '2026-05-05T09:00:00.000Z'],
])('a period of less than a day, from %s to %s, prints one day', async (start, end) => {
  const text = await textOf(sampleDocument({}, { locale: 'en-GB', period: { start, end } }))
  expect(text).toContain('Service period 4 May 2026 Order')
})
