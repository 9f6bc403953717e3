import { expect, test } from 'vitest'
import { createDocumentFormatter } from '../../../../src/modules/invoicing/pdf/document-formatter.js'
import { printedPayments } from '../../../../src/modules/invoicing/pdf/document-notes.js'
import { loadFonts } from '../../../../src/platform/pdf/font-set.js'
import { sampleDocument } from '../../../support/document.js'

// A text of a document is from left to right. Isolates keep the order of what follows a part from right to left.

const payment = { kind: 'BANK_TRANSFER' as const, at: '2026-05-04T10:00:00.000Z', amount: '1500' }
const printed = (locale: string, reference: string) => {
  const payments = [reference, 'RF18'].map((each) => ({ ...payment, reference: each }))
  const document = sampleDocument({}, { locale, payments })
  return printedPayments(document, createDocumentFormatter(document, loadFonts()))
}

test('a reference from right to left does not move the amount after it', () => {
  expect(printed('en-US', 'העברה 17')).toEqual([
    'Paid on May 4, 2026 by bank transfer, reference \u2068העברה\u00a017\u2069: €15.00',
    'Paid on May 4, 2026 by bank transfer, reference RF18: €15.00',
  ])
})

test('a Hebrew amount has the order that it has in the column of amounts', () => {
  expect(printed('he-IL', 'RF18')[0]).toMatch(/reference RF18: 15\.00\u00a0€$/)
})
