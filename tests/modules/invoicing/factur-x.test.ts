import { Profile, validateXsd } from '@stackforge-eu/factur-x'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DocumentSnapshot } from '../../../src/modules/invoicing/document-snapshot.js'
import { buildFacturX } from '../../../src/modules/invoicing/factur-x.js'
import { buildCreditNote } from '../../../src/modules/invoicing/invoice.rules.js'
import type { TaxDecision } from '../../../src/modules/invoicing/tax/tax.rules.js'
import { ISSUER, orderLines, STANDARD, sampleDocument } from '../../support/document.js'
import { violatedRules } from '../../support/en16931.js'

const ZERO: TaxDecision = { category: 'ZERO', basisPoints: 0, exemption: null, check: null }
const EXEMPT: TaxDecision = { ...ZERO, category: 'EXEMPT', exemption: 'Small business, section 19 UStG' }
const NOT_TAXED: TaxDecision = { ...ZERO, category: 'NOT_TAXED' }
const CHECK = { vatId: 'FR12345678901', method: 'FORMAT' as const, at: '2026-05-01T10:00:00.000Z' }
const REVERSE: TaxDecision = { ...ZERO, category: 'REVERSE_CHARGE', check: CHECK }
const buyerInFrance = { ...sampleDocument().buyer, country: 'FR', taxId: 'FR12345678901' }
const PAYMENT_METHODS = [
  { name: 'Bank transfer', instructions: null, iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
  { name: 'From Great Britain', instructions: 'State {invoice}', iban: 'GB29NWBK60161331926819', bic: null },
  { name: 'Cash', instructions: 'At our office', iban: null, bic: null },
]
const discounted = [...orderLines(2), { description: 'Discount', quantity: 1, unitPrice: -300n, amount: -300n }]

async function problems(document: DocumentSnapshot): Promise<unknown[]> {
  const xml = buildFacturX(document)
  if (xml === undefined) return ['no XML was built']
  const { errors } = await validateXsd(xml, Profile.EN16931)
  return [...errors, ...violatedRules(xml)]
}

describe('the XML conforms to the XSD and the rules of EN 16931 for', () => {
  const credited = buildCreditNote({
    number: 'CN-2026-000001',
    invoice: sampleDocument({ lines: orderLines(3, 333n) }),
    creditedBefore: 100n,
    amount: 333n,
    reason: 'Outage',
    date: new Date('2026-05-09T10:00:00.000Z'),
  })
  test.each<[string, DocumentSnapshot]>([
    ['19% on top', sampleDocument({ lines: orderLines(3, 333n) })],
    [
      '20% included in the price',
      sampleDocument({ tax: { ...STANDARD, basisPoints: 2000 }, pricesIncludeTax: true, lines: orderLines(1, 999n) }),
    ],
    ['a rate with decimals', sampleDocument({ tax: { ...STANDARD, basisPoints: 810 } })],
    ['a zero rate', sampleDocument({ tax: ZERO })],
    ['exempt', sampleDocument({ tax: EXEMPT })],
    ['reverse charge', sampleDocument({ tax: REVERSE }, { buyer: buyerInFrance })],
    ['not subject to tax', sampleDocument({ tax: NOT_TAXED })],
    ['a discount', sampleDocument({ lines: discounted })],
    [
      'a quantity that does not divide the price',
      sampleDocument({ lines: [{ description: 'Backup', quantity: 3, unitPrice: 333n, amount: 1000n }] }),
    ],
    ['yen', sampleDocument({}, { currency: 'JPY' })],
    ['a total of zero', sampleDocument({ lines: orderLines(1, 0n) })],
    ['a credit note', credited],
    ['payment methods with and without an account', sampleDocument({}, { paid: false, howToPay: { methods: PAYMENT_METHODS } })],
    [
      'names with markup',
      sampleDocument({}, { buyer: { ...buyerInFrance, name: 'A & B <GmbH> "Köln"', address: 'One\nTwo\nThree\nFour' } }),
    ],
    ['a tax id without the format of a VAT id', sampleDocument({}, { issuer: { ...ISSUER, taxId: '30/123/45678' } })],
    ['300 lines', sampleDocument({ lines: orderLines(300) })],
    [
      'a buyer without e-mail and city, and no period',
      sampleDocument({}, { period: null, buyer: { ...buyerInFrance, email: null, city: null, address: null, zip: null } }),
    ],
  ])('%s', async (_case, document) => {
    expect(await problems(document)).toEqual([])
  })

  test('any lines at any rate, with or without included tax', () => {
    const line = fc.record({ quantity: fc.integer({ min: 1, max: 99 }), price: fc.bigInt({ min: 0n, max: 10_000_000n }) })
    const tax = fc.oneof(
      fc.integer({ min: 1, max: 3000 }).map((basisPoints) => ({ ...STANDARD, basisPoints })),
      fc.constantFrom(ZERO, EXEMPT, NOT_TAXED),
    )
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 8 }),
        tax,
        fc.boolean(),
        fc.boolean(),
        (items, rate, inclusive, withDiscount) => {
          const lines = items.map(({ quantity, price }) => {
            return { description: 'Item', quantity, unitPrice: price, amount: price * BigInt(quantity) }
          })
          const first = lines[0]?.amount ?? 0n
          if (withDiscount) lines.push({ description: 'Discount', quantity: 1, unitPrice: -first, amount: -first })
          const xml = buildFacturX(sampleDocument({ lines, tax: rate, pricesIncludeTax: inclusive }))
          expect(xml && violatedRules(xml)).toEqual([])
        },
      ),
    )
  })
})

test('the checker of the tests detects broken rules', () => {
  const xml = buildFacturX(sampleDocument({ lines: discounted })) ?? ''
  const changed: [string, string, string][] = [
    ['BR-CO-10', '<ram:LineTotalAmount>30.00', '<ram:LineTotalAmount>31.00'],
    ['BR-CO-11', '<ram:AllowanceTotalAmount>3.00', '<ram:AllowanceTotalAmount>3.01'],
    ['BR-CO-13', '<ram:TaxBasisTotalAmount>27.00', '<ram:TaxBasisTotalAmount>27.01'],
    ['BR-CO-14', '<ram:CalculatedAmount>5.13', '<ram:CalculatedAmount>5.12'],
    ['BR-CO-15', '<ram:GrandTotalAmount>32.13', '<ram:GrandTotalAmount>32.14'],
    ['BR-CO-16', '<ram:DuePayableAmount>0.00', '<ram:DuePayableAmount>1.00'],
    ['BR-CO-17', '<ram:RateApplicablePercent>19.00', '<ram:RateApplicablePercent>7.00'],
    ['BR-S-02', '<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE123456789</ram:ID></ram:SpecifiedTaxRegistration>', ''],
    ['BR-S-05', '<ram:RateApplicablePercent>19.00', '<ram:RateApplicablePercent>0.00'],
  ]
  for (const [rule, from, to] of changed) {
    expect(xml, rule).toContain(from)
    expect(violatedRules(xml.replaceAll(from, to)).join(), rule).toContain(rule)
  }
})

test('returns undefined for documents that the standard does not cover', () => {
  const notCovered: Partial<DocumentSnapshot>[] = [
    { kind: 'PRO_FORMA', number: null },
    { kind: 'STATEMENT' },
    { currency: 'KWD' },
    { issuer: { company: 'X', name: 'X' } },
    { buyer: { ...buyerInFrance, country: null } },
  ]
  for (const changes of notCovered) expect(buildFacturX(sampleDocument({}, changes)), JSON.stringify(changes)).toBeUndefined()
})
