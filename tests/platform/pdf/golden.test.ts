import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { buildCreditNote } from '../../../src/modules/invoicing/credit-note.rules.js'
import type { DocumentSnapshot } from '../../../src/modules/invoicing/document-snapshot.js'
import { drawInvoice } from '../../../src/modules/invoicing/pdf/draw-invoice.js'
import { NOT_TAXED } from '../../../src/modules/invoicing/tax/tax.rules.js'
import { loadFonts } from '../../../src/platform/pdf/font-set.js'
import type { PdfImage } from '../../../src/platform/pdf/image.js'
import { ISSUER, orderLines, sampleDocument } from '../../support/document.js'
import { dumpPdf } from '../../support/pdf-dump.js'

// These files detect changes in the internals of pdfkit that the adapter uses. When a change is intended,
// review the difference, increase TEMPLATE_VERSION and run vitest with -u.

const fonts = loadFonts()
const logo: PdfImage = { width: 2, height: 1, filter: 'DCTDecode', colorSpace: 'DeviceGray', data: Buffer.from('a picture') }
const { buyer } = sampleDocument()
const account = (iban: string) => ({ methods: [{ name: 'Bank transfer', instructions: null, iban, bic: null }] })
const swiss = { ...ISSUER, zip: '1003', city: 'Lausanne', country: 'CH' }
/** Of a transfer of 20.00. A part of 5.00 was refunded. */
const receipt: DocumentSnapshot = {
  ...sampleDocument({ lines: [...orderLines(1), ...orderLines(1, 500n)], tax: NOT_TAXED }),
  kind: 'RECEIPT',
  number: null,
  orderId: null,
  period: null,
  payments: [
    {
      id: 7,
      kind: 'BANK_TRANSFER',
      reference: 'RF18',
      amount: '2000',
      at: '2026-05-04T10:00:00.000Z',
      returned: [{ kind: 'REFUND', amount: '500', at: '2026-05-09T10:00:00.000Z' }],
    },
  ],
}

test.each<[string, DocumentSnapshot, PdfImage?]>([
  ['invoice', sampleDocument(), logo],
  ['two-pages', sampleDocument({ lines: orderLines(40) }, { kind: 'STATEMENT', number: 'ST-2026-000001' })],
  ['right-to-left', sampleDocument({}, { buyer: { ...buyer, name: 'שלום (GmbH) 12', address: 'شارع الملك 7' }, locale: 'de-DE' })],
  ['open', sampleDocument({}, { paid: false, howToPay: account('DE89370400440532013000') })],
  ['swiss', sampleDocument({}, { paid: false, currency: 'CHF', issuer: swiss, howToPay: account('CH9300762011623852957') })],
  ['receipt', receipt],
  [
    'credit-note',
    buildCreditNote({
      number: 'CN-2026-000001',
      invoice: sampleDocument(),
      creditedBefore: 0n,
      amount: 500n,
      reason: 'Outage',
      date: new Date('2026-05-09T10:00:00.000Z'),
    }),
  ],
])('draws %s as before', async (name, document, picture) => {
  await expect(dumpPdf(drawInvoice(document, fonts, picture))).toMatchFileSnapshot(`../../golden/${name}.txt`)
})

test('pins pdfkit and fontkit to one version', async () => {
  const { dependencies } = JSON.parse(await readFile('package.json', 'utf8'))
  expect([dependencies.pdfkit, dependencies.fontkit]).toEqual(['0.20.2', '2.0.4'])
})
