import { createRequire } from 'node:module'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { expect, test } from 'vitest'
import type { DocumentSnapshot } from '../../../../src/modules/invoicing/document-snapshot.js'
import { createDocumentFormatter } from '../../../../src/modules/invoicing/pdf/document-formatter.js'
import { drawInvoice } from '../../../../src/modules/invoicing/pdf/draw-invoice.js'
import { NOT_TAXED, onlyTax } from '../../../../src/modules/invoicing/tax/tax.rules.js'
import { loadFonts } from '../../../../src/platform/pdf/font-set.js'
import { ISSUER, orderLines, sampleDocument } from '../../../support/document.js'

const JAPANESE = createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf')
const fonts = loadFonts([JAPANESE])
const logo = (width: number, height: number) =>
  ({ width, height, filter: 'DCTDecode', colorSpace: 'DeviceGray', data: Buffer.from('a picture') }) as const
const { buyer } = sampleDocument()

const LONG_WORD = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'
const SELLER = {
  ...ISSUER,
  company: `${LONG_WORD} mbH`,
  name: `${LONG_WORD} mit beschränkter Haftung`,
  address: 'Straße der Beispielhaftigkeit 123\nHinterhaus',
  email: `rechnungen@${LONG_WORD.toLowerCase()}.example`,
  registrationId: 'HRB 123456 B',
  register: 'Amtsgericht Charlottenburg',
  contact: 'Erika Mustermann-Schmidt',
  phone: '+49 30 23125 0123',
}
const BUYER = { ...buyer, name: `${LONG_WORD} & Co. KG`, reference: LONG_WORD.repeat(2), purchaseOrder: '4500012345-2026' }
const BANK = { name: 'Überweisung', instructions: 'Bitte ohne Abzug.', iban: 'MT84MALT011000012345MTLCAST001S', bic: 'MALTMTMT' }
const open = (changes: Partial<DocumentSnapshot>, lines = orderLines(1), tax = onlyTax({ category: 'STANDARD', millionths: 190_000 })) =>
  sampleDocument({ lines, tax }, { paid: false, howToPay: { methods: [BANK] }, ...changes })
const swiss = (lines: number) =>
  open(
    {
      currency: 'CHF',
      issuer: { ...SELLER, name: 'Hosting SA' },
      howToPay: { methods: [{ ...BANK, iban: 'CH9300762011623852957', bic: null }] },
    },
    orderLines(lines),
  )
const HEBREW = {
  ...ISSUER,
  company: 'אירוח בע״מ',
  name: 'אירוח ישראלי בע״מ',
  address: 'רחוב הרצל 12',
  city: 'תל אביב',
  country: 'IL',
  contact: 'דנה לוי',
}
const ARABIC = { ...buyer, name: 'شركة دبي للاستضافة ذ.م.م', address: 'شارع الشيخ زايد ٧', city: 'دبي', country: 'AE' }
const HUGE = orderLines(2, 99_999_999_999n).map((line) => ({ ...line, description: `${LONG_WORD} `.repeat(4) }))
const payments = ['BANK_TRANSFER', 'BALANCE', 'CASH', 'PROVIDER'].map((kind) => ({
  kind: kind as 'CASH',
  reference: 'a reference '.repeat(8).trim(),
  amount: '446',
  at: '2026-05-04T10:00:00.000Z',
}))

const DOCUMENTS: Record<string, DocumentSnapshot> = {
  'long names and large amounts': open({ locale: 'de-DE', issuer: SELLER, buyer: BUYER, prepaid: '12345' }, HUGE),
  '300 lines': open({ locale: 'fr-FR' }, orderLines(300)),
  'small amounts in KWD': open({ currency: 'KWD', locale: 'en-GB' }, orderLines(3, 1n), NOT_TAXED),
  'large amounts in JPY': open(
    { currency: 'JPY', locale: 'ja-JP', buyer: { ...buyer, name: '株式会社東京'.repeat(12) } },
    orderLines(2, 9_999_999_999n),
  ),
  'names from right to left': open({ locale: 'he-IL', currency: 'ILS', issuer: HEBREW, buyer: ARABIC }),
  'many payments': sampleDocument({}, { locale: 'es-ES', payments }),
  'three taxes and a national currency': sampleDocument(
    {
      tax: {
        taxes: ['A', 'B', 'C'].map((name) => ({
          category: 'STANDARD',
          name: `Municipal tax ${name}`,
          region: null,
          millionths: 12_500,
          exemption: null,
        })),
        check: null,
      },
    },
    { accountingTax: { currency: 'DKK', tax: '372500000', rate: '7.459812', day: '2026-11-27', source: 'ECB' } },
  ),
  'long instructions': open({ howToPay: { methods: [BANK, { ...BANK, name: 'Cash', instructions: 'a line\n'.repeat(150), iban: null }] } }),
  'long notes': sampleDocument({}, { locale: 'de-DE', notes: [{ subject: null, text: `${LONG_WORD} `.repeat(200) }] }),
  'a payment part on the first page': swiss(1),
  'a payment part after many lines': swiss(60),
}

interface Box {
  text: string
  left: number
  right: number
  top: number
  bottom: number
}

async function readBoxes(bytes: Uint8Array): Promise<Box[][]> {
  const document = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise
  const pages: Box[][] = []
  for (let number = 1; number <= document.numPages; number += 1) {
    const { items } = await (await document.getPage(number)).getTextContent()
    pages.push(
      items.flatMap((item) => {
        if (!('str' in item) || item.str.trim() === '') return []
        const [, , , size = 0, x = 0, y = 0] = item.transform as number[]
        // What is between the baseline and the height of small letters belongs to one line only.
        return [{ text: item.str, left: x, right: x + item.width, top: 841.89 - y - Math.abs(size) * 0.5, bottom: 841.89 - y }]
      }),
    )
  }
  await document.destroy()
  return pages
}

test.each(Object.entries(DOCUMENTS))('with %s, nothing overlaps or leaves the page', async (_case, document) => {
  for (const picture of [undefined, logo(300, 90), logo(40, 40), logo(10, 400)]) {
    for (const boxes of await readBoxes(drawInvoice(document, fonts, picture))) {
      for (const box of boxes) {
        const margin = document.currency === 'CHF' && box.top > 841.89 - 298 ? 14 : 49.9
        expect(box.left, box.text).toBeGreaterThanOrEqual(margin)
        expect(box.right, box.text).toBeLessThanOrEqual(595.28 - margin + 0.1)
        expect(box.top, box.text).toBeGreaterThan(20)
        expect(box.bottom, box.text).toBeLessThan(841.89 - 20)
      }
      for (const [index, one] of boxes.entries()) {
        const touching = boxes.slice(index + 1).find((other) => {
          const width = Math.min(one.right, other.right) - Math.max(one.left, other.left)
          const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top)
          // Arabic letters join.
          return width > 0.3 && height > 0.3 && ![one, other].every(({ text }) => /\p{Script=Arabic}/u.test(text))
        })
        expect(touching, `"${one.text}" overlaps "${touching?.text}"`).toBeUndefined()
      }
    }
  }
})

test('a document with a payment part and few lines has one page, and the lines end above it', async () => {
  const pages = await readBoxes(drawInvoice({ ...swiss(1), issuer: ISSUER }, fonts, undefined))
  expect(pages).toHaveLength(1)
  const [boxes = []] = pages
  const find = (text: string) => boxes.find((box) => box.text.includes(text))
  expect(find('Receipt')?.top).toBeGreaterThan(841.89 - 297.7)
  for (const text of ['Total (CHF)', 'Page 1 of 1', 'Separate before paying in'])
    expect(find(text)?.bottom, text).toBeLessThan(841.89 - 297.6)
})

test.each([7, 60])('a document with a payment part and %d lines states the account on its first page, too', async (lines) => {
  const pages = await readBoxes(drawInvoice(swiss(lines), fonts, undefined))
  expect(pages.length).toBeGreaterThan(1)
  const textsOf = (boxes: Box[] | undefined) => boxes?.map(({ text }) => text)
  expect(textsOf(pages[0])).toContain('CH93 0076 2011 6238 5295 7')
  expect(textsOf(pages[0])).not.toContain('Receipt')
  expect(textsOf(pages.at(-1))).toContain('Receipt')
})

test('a date from right to left keeps its order within a text from left to right', () => {
  const formatter = createDocumentFormatter(sampleDocument({}, { locale: 'he-IL' }), fonts)
  const due = (day: string) => fonts.shape(formatter.messages.dueOn(day), 'bold').segments.map(({ show }) => show)
  const day = formatter.date('2026-05-15T10:00:00.000Z')
  const isolated = due(day)
  const mixed = due(day.replaceAll(/[\u2068\u2069]/g, ''))
  // Without isolation, the number after "Due" stays left of the month, and the year moves next to it.
  expect(isolated).not.toEqual(mixed)
  expect(isolated.slice(1)).toEqual(fonts.shape(day, 'bold').segments.map(({ show }) => show))
})
