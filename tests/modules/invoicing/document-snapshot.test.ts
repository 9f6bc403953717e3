import { expect, test } from 'vitest'
import { parseDocumentSnapshot } from '../../../src/modules/invoicing/document-snapshot.js'
import { sampleDocument } from '../../support/document.js'

/** The value of the column after the document was stored. */
const store = (document: object): unknown => JSON.parse(JSON.stringify(document))

test('reads a stored document as it was written', () => {
  const invoice = sampleDocument()
  expect(parseDocumentSnapshot(store(invoice))).toEqual(invoice)
})

test('reads a document from before taxes and test sales as its migration left it', () => {
  const { isTest: _, ...document } = sampleDocument()
  const { registrationId: __, reference: ___, purchaseOrder: ____, electronicAddress: _____, ...buyer } = document.buyer
  const untaxed = { category: 'NOT_TAXED' as const, exemption: null, net: document.subtotal, tax: '0' }
  const absent = { vatIdCheck: null, credited: null, merchantOfRecord: null }
  const former = { ...document, ...absent, issuer: { company: 'Hosting GmbH', name: 'Hosting GmbH' } }
  const stored = { ...former, buyer, taxes: [{ ...untaxed, basisPoints: 0 }] }
  expect(parseDocumentSnapshot(store(stored))).toEqual({ ...former, taxes: [{ ...untaxed, name: null, region: null, millionths: 0 }] })
})

test('reads rates in hundredths of a percent, as documents of earlier versions have them', () => {
  const document = sampleDocument()
  const [{ millionths: _, name: __, region: ___, ...line } = { millionths: 0, name: null, region: null }] = document.taxes
  expect(parseDocumentSnapshot(store({ ...document, taxes: [{ ...line, basisPoints: 1900 }] }))).toEqual(document)
})

test('reads how to pay, and documents from before payment methods, which have nothing of it', () => {
  const method = { name: 'Bank transfer', instructions: 'State {invoice}', iban: 'DE89370400440532013000', bic: null }
  const open = sampleDocument({}, { paid: false, howToPay: { methods: [method] } })
  expect(parseDocumentSnapshot(store(open))).toEqual(open)
  expect(parseDocumentSnapshot(store(sampleDocument()))).not.toHaveProperty('howToPay')
})

test('refuses a damaged document', () => {
  expect(() => parseDocumentSnapshot(store({ ...sampleDocument(), total: 1500 }))).toThrow('total')
  expect(() => parseDocumentSnapshot(null)).toThrow()
})
