import { describe, expect, test } from 'vitest'
import { type DocumentSnapshot, INVOICE_FORMATS, type InvoiceFormat } from '../../../../src/modules/invoicing/document-snapshot.js'
import { buildAttachedInvoice, buildElectronicInvoice } from '../../../../src/modules/invoicing/electronic-invoices/electronic-invoice.js'
import { missingFor } from '../../../../src/modules/invoicing/electronic-invoices/required-details.rules.js'
import { onlyTax, type TaxDecision } from '../../../../src/modules/invoicing/tax/tax.rules.js'
import {
  BELGIAN_SELLER,
  DUTCH_BUYER,
  documentFor,
  FRENCH_BUYER,
  FRENCH_NOTES,
  FRENCH_SELLER,
  GERMAN_BUYER,
  GERMAN_SELLER,
  LINES,
  OUT_OF_SCOPE,
  REVERSE,
  STANDARD,
  TRANSFER,
} from '../../../support/electronic-documents.js'

type Issuer = DocumentSnapshot['issuer']
type Buyer = DocumentSnapshot['buyer']

/** What a document lacks, without the rules. */
function missing(format: InvoiceFormat, changes: Partial<DocumentSnapshot>, tax?: TaxDecision, lines = LINES): string[] {
  const document = documentFor(format, changes, tax, lines)
  const details = missingFor(document, format)
  expect(buildElectronicInvoice(document, format) === undefined).toBe(details.length > 0)
  return details.map((detail) => detail.replace(/ \([^)]*\)/, ''))
}

function without(party: Issuer, ...names: (keyof Issuer)[]): Issuer {
  return Object.fromEntries(Object.entries(party).filter(([name]) => !names.includes(name as keyof Issuer))) as unknown as Issuer
}

test.each(INVOICE_FORMATS)('nothing is missing in the sample of %s', (format) => {
  expect(missing(format, {})).toEqual([])
})

describe.each(INVOICE_FORMATS)('%s cannot express', (format) => {
  test.each<[string, Partial<DocumentSnapshot>, string]>([
    ['a pro forma', { kind: 'PRO_FORMA', number: null }, 'document: only invoices and credit notes of the seller can be electronic'],
    ['a payment statement', { kind: 'STATEMENT' }, 'document: only invoices and credit notes of the seller can be electronic'],
    [
      'a sale of a merchant of record',
      { merchantOfRecord: { name: 'Provider', documentUrl: null } },
      'document: only invoices and credit notes of the seller can be electronic',
    ],
    ['three decimals', { currency: 'KWD' }, 'document: a currency with at most two decimals, which KWD is not'],
    ['no lines', { lines: [] }, 'document: a line that is not a discount'],
  ])('%s', (_case, changes, reason) => {
    expect(missing(format, changes)).toEqual([reason])
  })

  test('several taxes on the same amount', () => {
    const taxes = ['GST', 'QST'].map((name) => ({ category: 'STANDARD' as const, name, region: null, millionths: 50_000, exemption: null }))
    expect(missing(format, {}, { taxes, check: null })).toEqual([
      'document: one tax, because the standard has no form for several taxes on the same amount',
    ])
  })
})

describe('every format needs', () => {
  const { issuer, buyer } = documentFor('FACTUR_X')
  test.each<[string[], Partial<DocumentSnapshot>, TaxDecision?]>([
    [['seller: country'], { issuer: without(issuer, 'country') }],
    [['seller: name'], { issuer: { ...issuer, name: ' \u0001' } }],
    [['buyer: name'], { buyer: { ...buyer, name: '' } }],
    [['buyer: country'], { buyer: { ...buyer, country: null } }],
    [['seller: VAT id or tax number'], { issuer: without(issuer, 'taxId') }],
    [['buyer: VAT id or registration number'], { buyer: { ...buyer, taxId: null, registrationId: null } }, REVERSE],
    [[], { buyer: { ...buyer, taxId: null } }, REVERSE],
    [['buyer: a valid electronic address'], { buyer: { ...buyer, electronicAddress: { scheme: '0088', id: '1234567890123' } } }],
    [['seller: a valid electronic address'], { issuer: { ...issuer, electronicAddress: { scheme: '9999', id: '1' } } }],
    [['tax: reason for the exemption'], {}, onlyTax({ category: 'EXEMPT', millionths: 0 })],
    [
      ['seller: registration number, because a document without tax must not state VAT ids'],
      { issuer: without(issuer, 'registrationId') },
      OUT_OF_SCOPE,
    ],
  ])('%j', (details, changes, tax) => {
    expect(missing('FACTUR_X', changes, tax)).toEqual(details)
  })

  test('a text in each line and discount', () => {
    const blank = LINES.map((line) => ({ ...line, description: '\u0000 ' }))
    expect(missing('FACTUR_X', {}, STANDARD, blank)).toEqual(['lines: description', 'discounts: description'])
  })
})

describe('XRechnung needs', () => {
  test.each<[string[], Partial<DocumentSnapshot>]>([
    [['seller: contact'], { issuer: without(GERMAN_SELLER, 'contact') }],
    [['seller: phone with at least three digits'], { issuer: without(GERMAN_SELLER, 'phone') }],
    [['seller: phone with at least three digits'], { issuer: { ...GERMAN_SELLER, phone: '+4' } }],
    [['seller: e-mail'], { issuer: without(GERMAN_SELLER, 'email') }],
    [['seller: city', 'seller: zip'], { issuer: without(GERMAN_SELLER, 'city', 'zip') }],
    [['buyer: city', 'buyer: zip'], { buyer: { ...GERMAN_BUYER, city: null, zip: ' ' } }],
    [['buyer: e-mail or electronic address'], { buyer: { ...GERMAN_BUYER, email: null, electronicAddress: null } }],
    [[], { buyer: { ...GERMAN_BUYER, electronicAddress: null } }],
  ])('%j', (details, changes) => {
    expect(missing('XRECHNUNG', changes)).toEqual(details)
  })

  test.each<[Partial<Buyer>, string]>([
    [{ reference: 'Leitweg', purchaseOrder: 'PO-7' }, 'Leitweg'],
    [{ reference: ' ', purchaseOrder: 'PO-7' }, 'PO-7'],
    [{ reference: null, purchaseOrder: null }, '101'],
  ])('the reference of the buyer, or else its purchase order, or else the order: %j', (changes, reference) => {
    const document = documentFor('XRECHNUNG', { buyer: { ...GERMAN_BUYER, ...changes } })
    expect(buildElectronicInvoice(document, 'XRECHNUNG')?.xml).toContain(`<ram:BuyerReference>${reference}</ram:BuyerReference>`)
  })

  test.each<[string, Partial<DocumentSnapshot>]>([
    ['68', { payments: [{ kind: 'PROVIDER', reference: null, amount: '1', at: '2026-05-01T10:00:00.000Z' }] }],
    ['97', { payments: [{ kind: 'BALANCE', reference: null, amount: '1', at: '2026-05-01T10:00:00.000Z' }] }],
    ['1', {}],
  ])('payment means, also when it is paid: code %s', (code, changes) => {
    const document = documentFor('XRECHNUNG', { paid: true, howToPay: null, ...changes })
    const means = `<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>${code}</ram:TypeCode></ram:SpecifiedTradeSettlementPaymentMeans>`
    expect(buildElectronicInvoice(document, 'XRECHNUNG')?.xml).toContain(means)
    expect(buildElectronicInvoice(document, 'FACTUR_X')?.xml).not.toContain('PaymentMeans')
  })
})

describe('the French reform needs', () => {
  test.each<[string[], Partial<DocumentSnapshot>, TaxDecision?]>([
    [['seller: registration number'], { issuer: { ...FRENCH_SELLER, registrationId: '12', taxId: '12' } }],
    [['buyer: registration number'], { buyer: { ...FRENCH_BUYER, taxId: null } }],
    [[], { buyer: { ...FRENCH_BUYER, taxId: null, registrationId: '404 833 048 00022' } }],
    [[], { buyer: { ...FRENCH_BUYER, country: 'DE', taxId: null } }],
    [['buyer: e-mail or electronic address'], { buyer: { ...FRENCH_BUYER, country: 'DE', taxId: null, email: null } }],
    [['tax: a French rate'], {}, STANDARD],
    [['tax: its amount in euros'], { currency: 'USD' }],
    [[], { currency: 'USD', accountingTax: { currency: 'EUR', tax: '1000', rate: '0.92', day: '2026-05-01', source: 'ECB' } }],
    [[], { currency: 'USD' }, OUT_OF_SCOPE],
  ])('%j', (details, changes, tax) => {
    expect(missing('FRANCE', changes, tax)).toEqual(details)
  })

  test.each(['PMT', 'PMD', 'AAB'])('one note with the subject %s', (subject) => {
    const others = FRENCH_NOTES.filter((note) => note.subject !== subject)
    expect(missing('FRANCE', { notes: others })).toEqual([expect.stringContaining(`once, with the subject ${subject}`)])
    expect(missing('FRANCE', { notes: [...FRENCH_NOTES, { subject, text: 'again' }] })).toHaveLength(1)
    expect(missing('FRANCE', { notes: [...others, { subject, text: ' ' }] })).toHaveLength(1)
  })

  test('an address in the French directory, which begins with the SIREN', () => {
    const xml = buildElectronicInvoice(documentFor('FRANCE'), 'FRANCE')?.xml
    for (const siren of ['303265045', '404833048']) {
      expect(xml).toContain(`<ram:URIID schemeID="0225">${siren}</ram:URIID>`)
      expect(xml).toContain(`<ram:ID schemeID="0002">${siren}</ram:ID>`)
    }
  })

  test.each<[string, string, Partial<DocumentSnapshot>]>([
    ['S1', '20260515', {}],
    ['S1', '20260501', { dueDate: '2026-04-20T10:00:00.000Z' }],
    ['S2', '20260503', { paid: true, payments: [{ kind: 'CASH', reference: null, amount: '1', at: '2026-05-03T10:00:00.000Z' }] }],
    ['S2', '20260515', { paid: true }],
    ['S1', '20260515', { prepaid: '100' }],
  ])('the business process %s, due on %s', (process, due, changes) => {
    const xml = buildElectronicInvoice(documentFor('FRANCE', changes), 'FRANCE')?.xml
    expect(xml).toContain(
      `<ram:BusinessProcessSpecifiedDocumentContextParameter><ram:ID>${process}</ram:ID></ram:BusinessProcessSpecifiedDocumentContextParameter>`,
    )
    expect(xml).toContain(`<ram:DueDateDateTime><udt:DateTimeString format="102">${due}</udt:DateTimeString></ram:DueDateDateTime>`)
  })
})

describe('Peppol needs', () => {
  const seller = (country: string, changes: Partial<Issuer>): Issuer => ({ ...BELGIAN_SELLER, country, ...changes })
  const buyer = (country: string, changes: Partial<Buyer> = {}): Buyer => ({ ...DUTCH_BUYER, country, ...changes })
  const GERMAN = { ...GERMAN_SELLER, electronicAddress: { scheme: '9930', id: 'DE136695976' } }
  const DUTCH = seller('NL', { taxId: 'NL004495445B01', registrationId: '12345678' })
  const SWEDISH = seller('SE', { taxId: 'SE556703748501', registrationId: '556703-7485' })
  const SWEDISH_RATE = onlyTax({ category: 'STANDARD', millionths: 250_000 })
  const ICELANDIC = seller('IS', { taxId: 'IS12345', registrationId: '550269-0169' })

  test.each<[string[], Partial<DocumentSnapshot>, TaxDecision?]>([
    [['seller: electronic address in Peppol'], { issuer: without(BELGIAN_SELLER, 'electronicAddress') }],
    [['buyer: electronic address in Peppol'], { buyer: buyer('NL', { electronicAddress: null }) }],
    [['buyer: electronic address in Peppol'], { buyer: buyer('NL', { electronicAddress: { scheme: 'EM', id: 'a@b.example' } }) }],
    [[], { issuer: GERMAN, buyer: GERMAN_BUYER }, STANDARD],
    [['seller: contact', 'seller: city'], { issuer: without(GERMAN, 'contact', 'city'), buyer: GERMAN_BUYER }, STANDARD],
    [[], { issuer: without(GERMAN, 'contact', 'city') }, STANDARD],
    [[], { issuer: seller('DK', { taxId: 'DK13585628', registrationId: '13585628' }) }, STANDARD],
    [['seller: registration number'], { issuer: seller('DK', { taxId: 'DK13585628', registrationId: '13585629' }) }, STANDARD],
    [[], { issuer: DUTCH, buyer: DUTCH_BUYER }, STANDARD],
    [['payment method: one with an IBAN'], { issuer: DUTCH, howToPay: null }, STANDARD],
    [[], { issuer: DUTCH, howToPay: null, paid: true }, STANDARD],
    [['seller: a KVK number as registration number, or none'], { issuer: { ...DUTCH, registrationId: '1' } }, STANDARD],
    [['seller: address, city and zip'], { issuer: without(DUTCH, 'zip') }, STANDARD],
    [['buyer: address, city and zip'], { issuer: DUTCH, buyer: buyer('NL', { city: null }) }, STANDARD],
    [['buyer: a KVK number as registration number, or none'], { issuer: DUTCH, buyer: buyer('NL', { registrationId: '1' }) }, STANDARD],
    [[], { issuer: DUTCH, buyer: buyer('DE', { registrationId: '1', city: null }) }, STANDARD],
    [[], { issuer: SWEDISH }, SWEDISH_RATE],
    [['tax: a Swedish rate'], { issuer: SWEDISH }, STANDARD],
    [['seller: VAT id of 14 characters, or none'], { issuer: { ...SWEDISH, taxId: 'SE5567037485' } }, SWEDISH_RATE],
    [['seller: a valid registration number, or none'], { issuer: { ...SWEDISH, registrationId: '556703-7486' } }, SWEDISH_RATE],
    [['seller: VAT id instead of a tax number'], { issuer: { ...SWEDISH, taxId: '556703-7485' } }, SWEDISH_RATE],
    [[], { issuer: seller('NO', { taxId: 'NO974760673MVA', registrationId: '974 760 673' }) }, STANDARD],
    [['seller: VAT id such as NO999999999MVA'], { issuer: seller('NO', { taxId: 'NO974760673' }) }, STANDARD],
    [[], { issuer: ICELANDIC }, STANDARD],
    [['seller: registration number'], { issuer: { ...ICELANDIC, registrationId: '1' } }, STANDARD],
    [['seller: address and zip'], { issuer: without(ICELANDIC, 'address') }, STANDARD],
    [['buyer: registration number', 'buyer: address and zip'], { issuer: ICELANDIC, buyer: buyer('IS', { zip: null }) }, STANDARD],
    [['seller: address, city and zip'], { issuer: without(seller('IT', { taxId: 'IT00743110157' }), 'address') }, STANDARD],
    [['seller: tax number of 11 to 16 letters and digits'], { issuer: seller('IT', { taxId: '007' }) }, STANDARD],
    [['document: the MARK of myDATA, which is not supported'], { issuer: seller('GR', { taxId: 'EL094014201' }) }, STANDARD],
  ])('%j', (details, changes, tax) => {
    expect(missing('PEPPOL', changes, tax)).toEqual(details)
  })

  test('between Danish companies, states an account for transfers in euros only', () => {
    const issuer = seller('DK', { taxId: 'DK13585628', registrationId: '13585628' })
    const xml = (currency: string) =>
      buildElectronicInvoice(documentFor('PEPPOL', { issuer, buyer: buyer('DK'), currency }, STANDARD), 'PEPPOL')?.xml
    expect(xml('EUR')).toContain(`<cbc:PaymentMeansCode>58</cbc:PaymentMeansCode>`)
    expect(xml('DKK')).not.toContain('PaymentMeans')
  })

  test('a purchase order next to the id of our order', () => {
    const xml = (purchaseOrder: string | null) =>
      buildElectronicInvoice(documentFor('PEPPOL', { buyer: buyer('NL', { purchaseOrder }) }), 'PEPPOL')?.xml
    const order = '<cac:OrderReference><cbc:ID>PO-7</cbc:ID><cbc:SalesOrderID>101</cbc:SalesOrderID></cac:OrderReference>'
    expect(xml('PO-7')).toContain(order)
    expect(xml(null)).not.toContain('OrderReference')
  })
})

describe('the PDF contains', () => {
  const attached = (format: InvoiceFormat, changes: Partial<DocumentSnapshot> = {}) => {
    const found = buildAttachedInvoice(documentFor(format, changes))
    return found && { name: found.fileName, profile: found.profile, xml: Buffer.from(found.xml).toString() }
  }

  test.each<[InvoiceFormat, string, string, string]>([
    ['FACTUR_X', 'factur-x.xml', 'EN 16931', '<ram:ID>urn:cen.eu:en16931:2017</ram:ID>'],
    ['FRANCE', 'factur-x.xml', 'EN 16931', '<ram:ID>S1</ram:ID>'],
    ['XRECHNUNG', 'xrechnung.xml', 'XRECHNUNG', 'xrechnung_3.0'],
    ['PEPPOL', 'factur-x.xml', 'EN 16931', '<ram:ID>urn:cen.eu:en16931:2017</ram:ID>'],
  ])('for %s the file %s', (format, name, profile, content) => {
    expect(attached(format)).toEqual({ name, profile, xml: expect.stringContaining(content) })
  })

  test('Factur-X if the document lacks details of its format, and nothing if it lacks those of the standard', () => {
    const issuer = without(GERMAN_SELLER, 'phone')
    expect(attached('XRECHNUNG', { issuer })).toMatchObject({ name: 'factur-x.xml', profile: 'EN 16931' })
    expect(attached('XRECHNUNG', { issuer: without(GERMAN_SELLER, 'country') })).toBeUndefined()
  })
})

test('a credit note without VAT ids states the registration numbers', () => {
  const issuer = { ...GERMAN_SELLER, taxId: 'DE136695976' }
  const document = documentFor('FACTUR_X', { issuer, howToPay: { methods: [TRANSFER] } }, OUT_OF_SCOPE)
  const xml = buildElectronicInvoice(document, 'FACTUR_X')?.xml
  expect(xml).toContain('<ram:SpecifiedLegalOrganization><ram:ID>HRB 12345 B</ram:ID></ram:SpecifiedLegalOrganization>')
  expect(xml).toContain('<ram:SpecifiedLegalOrganization><ram:ID schemeID="0106">12345678</ram:ID></ram:SpecifiedLegalOrganization>')
  expect(xml).not.toContain('DE136695976')
  expect(xml).not.toContain(DUTCH_BUYER.taxId)
  expect(xml).toContain('Reverse charge: the customer is liable for the tax.')
})
