import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { expect, test } from 'vitest'
import { drawInvoice } from '../../src/invoices/draw-invoice.js'
import { loadFonts } from '../../src/invoices/fonts.js'
import { loadLogo } from '../../src/invoices/logo.js'
import { sampleDocument } from '../support/document.js'
import { readPdf } from '../support/pdf.js'

const fonts = loadFonts()

test('an invoice shows who, what, when and how much', async () => {
  const { pages, text } = await readPdf(await drawInvoice(sampleDocument(), fonts, undefined))
  expect(pages).toHaveLength(1)
  for (const word of [
    'INVOICE',
    'INV-2026-000042',
    'May 1, 2026',
    'Paid',
    'Hosting Incorporated',
    '1 Main Street',
    'Tax ID: US-123',
    'billing@hosting.example',
    'Ada Lovelace',
    "12 St James's Square",
    'SW1Y 4JH London, GB',
    'Tax ID: GB-456',
    'Position 1',
    '$15.00',
    'Tax 0%',
    '$0.00',
    'Total (USD)',
    'Page 1 of 1',
  ])
    expect(text).toContain(word)
})

test('a long list runs over pages, each with the header of the table and its number', async () => {
  const { pages, text } = await readPdf(await drawInvoice(sampleDocument(100), fonts, undefined))
  expect(pages.length).toBeGreaterThan(3)
  for (const [index, page] of pages.entries()) {
    expect(page).toContain(`Page ${index + 1} of ${pages.length}`)
    if (page.includes('Position')) expect(page).toContain('Description Quantity Unit price Amount')
  }
  for (let line = 1; line <= 100; line += 1) expect(text).toContain(`Position ${line} `)
  expect(pages.at(-1)).toContain('$1,500.00')
})

test('long names, addresses and descriptions wrap and lose nothing', async () => {
  const words = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`)
  const [name, address, description] = [words(30, 'name'), words(60, 'street'), words(120, 'word')]
  const document = sampleDocument(1, {
    buyer: { ...sampleDocument().buyer, name: name.join(' '), address: address.join(' ') },
    lines: [{ description: description.join(' '), quantity: 3, unitPrice: '500', amount: '1500' }],
  })
  const { text } = await readPdf(await drawInvoice(document, fonts, undefined))
  for (const word of [...name, ...address, ...description]) expect(text).toContain(word)
})

test('names beyond Latin-1 are printed as they are', async () => {
  const document = sampleDocument(1, { buyer: { ...sampleDocument().buyer, name: 'Zażółć Łódź – Ελλάδα – Москва' } })
  const { text } = await readPdf(await drawInvoice(document, fonts, undefined))
  expect(text).toContain('Zażółć Łódź – Ελλάδα – Москва')
})

test.each([
  ['JPY', '¥1,500'],
  ['KWD', 'KWD 1.500'],
  ['EUR', '€15.00'],
])('%s has its own digits', async (currency, shown) => {
  const { text } = await readPdf(await drawInvoice(sampleDocument(1, { currency }), fonts, undefined))
  expect(text).toContain(shown)
})

test('a pro forma says that it is no invoice', async () => {
  const document = sampleDocument(1, { kind: 'PRO_FORMA', number: null, paid: false, orderStatus: 'PENDING', period: null })
  const { text } = await readPdf(await drawInvoice(document, fonts, undefined))
  expect(text).toContain('PRO FORMA')
  expect(text).toContain('This is not an invoice')
  expect(text).not.toContain('INV-')
})

test('the same document gives the same bytes, and markup in a name does no harm', async () => {
  const document = sampleDocument(3, { issuer: { company: 'Rock & <b>Roll</b>', name: 'Rock & Roll' } })
  const [first, second] = [await drawInvoice(document, fonts, undefined), await drawInvoice(document, fonts, undefined)]
  expect(first.equals(second)).toBe(true)
})

test('a transparent PNG is flattened; what is no picture leaves a line in the log and a good PDF', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'logo-'))
  const warned: object[] = []
  const log = { warn: (details: object) => void warned.push(details) }
  const picture = new PNG({ width: 20, height: 10 })
  picture.data.fill(0x80)
  const good = PNG.sync.write(picture)
  const files = {
    'good.png': good,
    'cut.png': good.subarray(0, 60),
    'text.png': Buffer.from('no picture'),
    'cut.jpg': Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 2]),
  }
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes)
  const logo = await loadLogo(join(folder, 'good.png'), log)
  expect(warned).toHaveLength(0)
  expect((await readPdf(await drawInvoice(sampleDocument(), fonts, logo))).pages).toHaveLength(1)
  for (const name of ['cut.png', 'text.png', 'cut.jpg', 'missing.png', '.'])
    expect(await loadLogo(join(folder, name), log), name).toBeUndefined()
  expect(warned).toHaveLength(5)
  await rm(folder, { recursive: true })
})
