import { Profile, validateXsd } from '@stackforge-eu/factur-x'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withoutTax } from '../../../../src/modules/invoicing/credit-note.rules.js'
import { type DocumentSnapshot, INVOICE_FORMATS, type InvoiceFormat } from '../../../../src/modules/invoicing/document-snapshot.js'
import { buildElectronicInvoice } from '../../../../src/modules/invoicing/electronic-invoices/electronic-invoice.js'
import { onlyTax } from '../../../../src/modules/invoicing/tax/tax.rules.js'
import { orderLines } from '../../../support/document.js'
import {
  creditNoteFor,
  documentFor,
  EXEMPT,
  FRENCH,
  LINES,
  NOT_TAXED,
  OUT_OF_SCOPE,
  REVERSE,
  TRANSFER,
  taxCorrectionFor,
  ZERO,
} from '../../../support/electronic-documents.js'
import { violatedRules } from '../../../support/en16931.js'
import { violatedProfileRules } from '../../../support/profile-rules.js'

const METHODS = [
  TRANSFER,
  { name: 'From Great Britain', instructions: 'State {invoice}', iban: 'GB29NWBK60161331926819', bic: null },
  { name: 'Cash', instructions: 'At our office', iban: null, bic: null },
]
const EUROS = { currency: 'EUR', tax: '1000', rate: '0.92', day: '2026-05-01', source: 'ECB' }

async function problems(document: DocumentSnapshot, format: InvoiceFormat): Promise<unknown[]> {
  const built = buildElectronicInvoice(document, format)
  if (built === undefined) return ['no XML was built']
  const { xml } = built
  const errors = format === 'PEPPOL' ? [] : (await validateXsd(xml, Profile.EN16931)).errors
  return [...errors, ...violatedRules(xml), ...violatedProfileRules(xml, format)]
}

/** Documents of the usual seller and buyer of a format. A buyer without a VAT id gets one for a reverse charge. */
function documents(format: InvoiceFormat): [string, DocumentSnapshot][] {
  const document = (changes: Partial<DocumentSnapshot> = {}, tax?: Parameters<typeof documentFor>[2], lines = LINES) =>
    documentFor(format, changes, tax, lines)
  const { issuer, buyer } = document()
  const { registrationId: _, ...unregistered } = issuer
  const withVatId = { ...buyer, taxId: buyer.taxId ?? 'DE136695976' }
  return [
    ['an open invoice with a discount', document()],
    ['a paid invoice', document({ paid: true, howToPay: null })],
    ['a partly paid invoice', document({ prepaid: '100' })],
    ['a zero rate', document({}, ZERO)],
    ['exempt', document({}, EXEMPT)],
    ['reverse charge', document({ buyer: withVatId }, REVERSE)],
    ['not subject to tax', document({}, NOT_TAXED)],
    ['a sale outside the scope of the tax', document({}, OUT_OF_SCOPE)],
    ['20%', document({}, FRENCH)],
    ['dollars, with the tax in euros', document({ currency: 'USD', accountingTax: EUROS }, FRENCH)],
    ['dollars without tax', document({ currency: 'USD', buyer: withVatId }, REVERSE)],
    ['yen', document({ currency: 'JPY', accountingTax: EUROS }, FRENCH)],
    ['a total of zero', document({}, FRENCH, orderLines(1, 0n))],
    ['300 lines', document({}, FRENCH, orderLines(300, 333n))],
    ['no period', document({ period: null })],
    ['payment methods with and without an account', document({ howToPay: { methods: METHODS } })],
    ['a tax number instead of a VAT id', document({ issuer: { ...issuer, taxId: '30/123/45678' } })],
    [
      'names with markup, control characters and halves of surrogate pairs',
      document({
        buyer: { ...buyer, name: 'A & B <GmbH> "Köln"\u0000\u0085\ud800', state: '\u0001' },
        issuer: { ...issuer, address: '\n' },
      }),
    ],
    ...(format === 'FRANCE'
      ? []
      : ([['a tax number as the only identifier', document({ issuer: { ...unregistered, taxId: '30/123/45678' } }, OUT_OF_SCOPE)]] as [
          string,
          DocumentSnapshot,
        ][])),
  ]
}

describe.each(INVOICE_FORMATS)('%s conforms to its XSD, EN 16931 and its own rules for', (format) => {
  test.each(documents(format))('%s, and its credit notes', async (_case, document) => {
    expect(await problems(document, format)).toEqual([])
    expect(await problems(creditNoteFor(document), format)).toEqual([])
    const part = BigInt(document.total) / 3n
    if (part > 0n) expect(await problems(creditNoteFor(document, part), format)).toEqual([])
  })

  test('a tax correction, and the credit notes after it', async () => {
    const taxed = documentFor(format, {}, FRENCH)
    const vatId = taxed.buyer.taxId ?? 'DE136695976'
    const correction = taxCorrectionFor(taxed, vatId)
    expect(correction).toMatchObject({ subtotal: '0', tax: taxed.tax, total: taxed.tax })
    expect(await problems(correction, format)).toEqual([])
    const credited = creditNoteFor(taxed, BigInt(taxed.total) / 3n)
    const rest = taxCorrectionFor(taxed, vatId, { total: BigInt(credited.total), tax: BigInt(credited.tax) })
    expect(await problems(rest, format)).toEqual([])
    const untaxed = withoutTax(taxed, correction)
    expect(untaxed).toMatchObject({ subtotal: taxed.subtotal, tax: '0', total: taxed.subtotal })
    for (const note of [creditNoteFor(untaxed), creditNoteFor(untaxed, 700n)]) {
      expect(await problems(note, format)).toEqual([])
      expect(note).toMatchObject({ tax: '0', taxes: [{ category: 'REVERSE_CHARGE', tax: '0' }], buyer: { taxId: vatId } })
    }
  })

  test('any lines at any rate, with or without a discount', () => {
    const line = fc.record({ quantity: fc.integer({ min: 1, max: 99 }), price: fc.bigInt({ min: 0n, max: 10_000_000n }) })
    const rates = format === 'FRANCE' ? fc.constantFrom(21_000, 55_000, 85_000, 100_000, 200_000) : fc.integer({ min: 1, max: 300_000 })
    const tax = fc.oneof(
      rates.map((millionths) => onlyTax({ category: 'STANDARD', millionths })),
      fc.constantFrom(ZERO, EXEMPT, NOT_TAXED, OUT_OF_SCOPE),
    )
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), tax, fc.boolean(), fc.nat(), (items, decision, withDiscount, part) => {
        const lines = items.map(({ quantity, price }) => {
          return { description: 'Item', quantity, unitPrice: price, amount: price * BigInt(quantity) }
        })
        const discount = -(lines[0]?.amount ?? 0n) / 2n
        if (withDiscount) lines.push({ description: 'Discount', quantity: 1, unitPrice: discount, amount: discount })
        const invoice = documentFor(format, {}, decision, lines)
        const credited = BigInt(part) % (BigInt(invoice.total) + 1n)
        for (const document of [invoice, creditNoteFor(invoice, credited)]) {
          const xml = buildElectronicInvoice(document, format)?.xml ?? ''
          expect([...violatedRules(xml), ...violatedProfileRules(xml, format)]).toEqual([])
        }
      }),
    )
  })

  test('any texts, which are stated without control characters', () => {
    const { issuer, buyer } = documentFor(format)
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const written = `x${text}`
        const changes = {
          issuer: { ...issuer, name: written, address: text, city: written, contact: written, register: text },
          buyer: { ...buyer, name: written, address: text, city: written, zip: written, state: text, reference: text, purchaseOrder: text },
          notes: [...(documentFor(format).notes ?? []), { subject: null, text }],
        }
        const lines = [{ description: written, quantity: 1, unitPrice: 1000n, amount: 1000n }]
        const xml = buildElectronicInvoice(documentFor(format, changes, undefined, lines), format)?.xml ?? ''
        expect([...violatedRules(xml), ...violatedProfileRules(xml, format)]).toEqual([])
        expect(xml).not.toMatch(/[^\P{Cc}\t\n\r]|\p{Cs}/u)
      }),
    )
  })

  test.each(['invoice', 'credit-note'])('looks as before: %s', async (kind) => {
    const invoice = documentFor(format)
    const xml = buildElectronicInvoice(kind === 'invoice' ? invoice : creditNoteFor(invoice), format)?.xml ?? ''
    const readable = `${xml.replaceAll('><', '>\n<')}\n`
    await expect(readable).toMatchFileSnapshot(`../../../golden/${format.toLowerCase().replace('_', '-')}-${kind}.xml`)
  })
})

describe('the checkers of the tests detect broken rules', () => {
  const xmlFor = (format: InvoiceFormat, changes: Partial<DocumentSnapshot> = {}, tax?: Parameters<typeof documentFor>[2]) =>
    buildElectronicInvoice(documentFor(format, changes, tax), format)?.xml ?? ''

  test.each([
    ['BR-CO-10', '<ram:LineTotalAmount>60.00', '<ram:LineTotalAmount>61.00'],
    ['BR-CO-11', '<ram:AllowanceTotalAmount>3.00', '<ram:AllowanceTotalAmount>3.01'],
    ['BR-CO-13', '<ram:TaxBasisTotalAmount>57.00', '<ram:TaxBasisTotalAmount>57.01'],
    ['BR-CO-14', '<ram:CalculatedAmount>10.83', '<ram:CalculatedAmount>10.82'],
    ['BR-CO-15', '<ram:GrandTotalAmount>67.83', '<ram:GrandTotalAmount>67.84'],
    ['BR-CO-16', '<ram:DuePayableAmount>67.83', '<ram:DuePayableAmount>1.00'],
    ['BR-CO-17', '<ram:RateApplicablePercent>19', '<ram:RateApplicablePercent>7'],
    ['BR-S-02', '<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE136695976</ram:ID></ram:SpecifiedTaxRegistration>', ''],
    ['BR-S-05', '<ram:RateApplicablePercent>19', '<ram:RateApplicablePercent>0'],
    ['no empty elements', '<ram:LineOne>Damrak 1', '<ram:LineOne> '],
  ])('%s in CII', (rule, from, to) => {
    const xml = xmlFor('FACTUR_X')
    expect(xml).toContain(from)
    expect(violatedRules(xml.replaceAll(from, to)).join()).toContain(rule)
  })

  test.each([
    ['BR-CO-10', '<cbc:LineExtensionAmount currencyID="EUR">60.00', '<cbc:LineExtensionAmount currencyID="EUR">61.00'],
    ['BR-CO-13', '<cbc:TaxExclusiveAmount currencyID="EUR">57.00', '<cbc:TaxExclusiveAmount currencyID="EUR">58.00'],
    ['BR-CO-16', '<cbc:PayableAmount currencyID="EUR">57.00', '<cbc:PayableAmount currencyID="EUR">56.00'],
    ['BR-AE-09', '<cbc:TaxAmount currencyID="EUR">0.00', '<cbc:TaxAmount currencyID="EUR">0.01'],
    ['BR-AE-10', /<cbc:TaxExemptionReason(Code)?>[^<]*<\/cbc:TaxExemptionReason(Code)?>/g, ''],
  ])('%s in UBL', (rule, from, to) => {
    const xml = xmlFor('PEPPOL')
    expect(xml).toMatch(from)
    expect(violatedRules(xml.replaceAll(from, to)).join()).toContain(rule)
  })

  const OUT = { changes: {}, tax: OUT_OF_SCOPE }
  const PAID = { changes: { paid: true, howToPay: null }, tax: undefined }
  const DOLLARS = { changes: { currency: 'USD', accountingTax: EUROS }, tax: undefined }
  test.each<
    [string, InvoiceFormat, string | RegExp, string, { changes: Partial<DocumentSnapshot>; tax: Parameters<typeof documentFor>[2] }?]
  >([
    ['BR-DE-1', 'XRECHNUNG', /<ram:SpecifiedTradeSettlementPaymentMeans>.*<\/ram:SpecifiedTradeSettlementPaymentMeans>/, ''],
    ['BR-DE-14', 'XRECHNUNG', '<ram:RateApplicablePercent>0</ram:RateApplicablePercent>', '', OUT],
    ['BR-DE-15', 'XRECHNUNG', /<ram:BuyerReference>.*<\/ram:BuyerReference>/, ''],
    ['BR-DE-27', 'XRECHNUNG', '+49 30 1234567', '11'],
    ['PEPPOL-EN16931-R010', 'PEPPOL', '<cbc:EndpointID schemeID="0106">12345678</cbc:EndpointID>', ''],
    ['PEPPOL-EN16931-R005', 'PEPPOL', '<cbc:TaxCurrencyCode>EUR', '<cbc:TaxCurrencyCode>USD', DOLLARS],
    ['PEPPOL-EN16931-R054', 'PEPPOL', /<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">10.00<\/cbc:TaxAmount><\/cac:TaxTotal>/, '', DOLLARS],
    ['BR-FR-05', 'FRANCE', '<ram:SubjectCode>PMT', '<ram:SubjectCode>AAK'],
    ['BR-FR-10', 'FRANCE', '303265045</ram:ID></ram:SpecifiedLegal', '30326504</ram:ID></ram:SpecifiedLegal'],
    ['BR-FR-16', 'FRANCE', '<ram:RateApplicablePercent>20<', '<ram:RateApplicablePercent>19<'],
    ['BR-FR-CO-09', 'FRANCE', '<ram:DuePayableAmount>0.00', '<ram:DuePayableAmount>1.00', PAID],
    ['BR-FR-CO-12', 'FRANCE', '<ram:TaxCurrencyCode>EUR</ram:TaxCurrencyCode>', '', DOLLARS],
  ])('%s of %s', (rule, format, from, to, { changes, tax } = { changes: {}, tax: undefined }) => {
    const xml = xmlFor(format, changes, tax)
    expect(xml).toMatch(from)
    expect(violatedProfileRules(xml.replace(from, to), format).join()).toContain(rule)
  })
})
