import { describe, expect, test } from 'vitest'
import type { DocumentSnapshot } from '../../../../src/modules/invoicing/document-snapshot.js'
import { printedAmount, printedReference, swissBillOf, swissCode } from '../../../../src/modules/invoicing/pdf/swiss-bill.rules.js'
import { ISSUER, sampleDocument } from '../../../support/document.js'

const { buyer } = sampleDocument()
const SELLER = { ...ISSUER, name: 'Hébergement SA', address: 'Rue du Lac 7a', zip: '1003', city: 'Lausanne', country: 'CH' }
const QR_IBAN = 'CH4431999123000889012'
const IBAN = 'CH9300762011623852957'

function swissDocument(changes: Partial<DocumentSnapshot> = {}, { iban = IBAN, bic = null as string | null } = {}): DocumentSnapshot {
  const howToPay = { methods: [{ name: 'Bank', instructions: null, iban, bic }] }
  return sampleDocument({}, { paid: false, currency: 'CHF', issuer: SELLER, howToPay, ...changes })
}

test('the code has the elements of version 0200 with structured addresses', () => {
  const bill = swissBillOf(swissDocument())
  const creditor = ['S', 'Hébergement SA', 'Rue du Lac', '7a', '1003', 'Lausanne', 'CH']
  const debtor = ['S', 'Ada Lovelace', "12 St James's Square", '', 'SW1Y 4JH', 'London', 'GB']
  const empty = ['', '', '', '', '', '', '']
  expect(bill && swissCode(bill).split('\n')).toEqual([
    ...['SPC', '0200', '1', IBAN],
    ...creditor,
    ...empty,
    ...['17.85', 'CHF'],
    ...debtor,
    ...['SCOR', 'RF54INV2026000042', 'INV-2026-000042', 'EPD'],
  ])
})

describe('the reference', () => {
  const referenceOf = (number: string, iban?: string) => swissBillOf(swissDocument({ number }, { iban }))?.reference

  test('of an IBAN is a creditor reference of ISO 11649, whose check digits are correct', () => {
    const { type, value = '' } = referenceOf('INV-2026-000042') ?? {}
    const digits = [...`${value.slice(4)}${value.slice(0, 4)}`].map((character) => String(Number.parseInt(character, 36))).join('')
    expect(type).toBe('SCOR')
    expect(BigInt(digits) % 97n).toBe(1n)
    // The example of the standard.
    expect(referenceOf('539007547034')?.value).toBe('RF18539007547034')
  })

  test('of a QR-IBAN is a QR reference with a check digit', () => {
    // The example of the standard without its check digit, which is 7.
    expect(referenceOf('21000000000313947143000901', QR_IBAN)).toEqual({ type: 'QRR', value: '210000000003139471430009017' })
    expect(referenceOf('INV-2026-000042', QR_IBAN)).toEqual({ type: 'QRR', value: '000000000000000020260000425' })
  })

  test('of an IBAN is left out if it is too long for a creditor reference', () => {
    expect(referenceOf('A'.repeat(22))).toEqual({ type: 'NON', value: '' })
  })

  test('is printed in groups', () => {
    expect(printedReference({ type: 'QRR', value: '210000000003139471430009017' })).toBe('21 00000 00003 13947 14300 09017')
    expect(printedReference({ type: 'SCOR', value: 'RF18539007547034' })).toBe('RF18 5390 0754 7034')
  })
})

test.each([
  ['15.00', '15.00'],
  ['1949.75', '1 949.75'],
  ['1234567.50', '1 234 567.50'],
])('prints the amount %s as %s', (amount, printed) => {
  expect(printedAmount(amount)).toBe(printed)
})

test.each<[string, Partial<DocumentSnapshot['buyer']>]>([
  ['without a postal code', { zip: null }],
  ['without a city', { city: null }],
  ['in letters that the code does not allow', { name: 'Москва' }],
])('leaves a field for the payer if the address of the buyer is %s', (_case, changes) => {
  const bill = swissBillOf(swissDocument({ buyer: { ...buyer, ...changes } }))
  expect(bill?.debtor).toBeNull()
  expect(bill && swissCode(bill).split('\n').slice(20, 27)).toEqual(['', '', '', '', '', '', ''])
})

test('replaces typographic signs, and cuts what is too long', () => {
  const bill = swissBillOf(swissDocument({ issuer: { ...SELLER, name: `L’Atelier – ${'x'.repeat(100)}`, city: 'C'.repeat(50) } }))
  expect(bill?.creditor.name).toBe(`L'Atelier - ${'x'.repeat(58)}`)
  expect(bill?.creditor.city).toHaveLength(35)
})

test.each<[string, DocumentSnapshot]>([
  ['a German account', swissDocument({}, { iban: 'DE89370400440532013000' })],
  ['another currency', swissDocument({ currency: 'USD' })],
  ['a seller without a postal code', swissDocument({ issuer: { ...SELLER, zip: '' } })],
  ['a seller whose name the code does not allow', swissDocument({ issuer: { ...SELLER, name: 'Москва' } })],
  ['an amount above 999999999.99', swissDocument({ total: '100000000000' })],
  ['a QR-IBAN and a reference without digits', swissDocument({ number: 'ABC' }, { iban: QR_IBAN })],
  ['a document that is paid', swissDocument({ paid: true })],
  ['euros and a BIC, which have an EPC code', swissDocument({ currency: 'EUR' }, { bic: 'POFICHBEXXX' })],
])('does not exist for %s', (_case, document) => {
  expect(swissBillOf(document)).toBeUndefined()
})

test('exists for euros and for Liechtenstein', () => {
  expect(swissBillOf(swissDocument({ currency: 'EUR' }))?.currency).toBe('EUR')
  expect(swissBillOf(swissDocument({}, { iban: 'LI21088100002324013AA' }))?.iban).toBe('LI21088100002324013AA')
})
