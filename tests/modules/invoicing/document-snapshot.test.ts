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
  const taxes = [{ category: 'NOT_TAXED' as const, basisPoints: 0, exemption: null, net: document.subtotal, tax: '0' }]
  const absent = { vatIdCheck: null, credited: null, merchantOfRecord: null }
  const stored = { ...document, ...absent, taxes, issuer: { company: 'Hosting GmbH', name: 'Hosting GmbH' } }
  expect(parseDocumentSnapshot(store(stored))).toEqual(stored)
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
