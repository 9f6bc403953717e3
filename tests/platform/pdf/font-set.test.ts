import { createRequire } from 'node:module'
import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadFonts } from '../../../src/platform/pdf/font-set.js'
import { createMissingGlyphFinder } from '../../../src/platform/pdf/missing-glyphs.js'
import { PdfFile } from '../../../src/platform/pdf/pdf-file.js'
import { readPdf } from '../../support/pdf.js'

const JAPANESE = createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf')
const fonts = loadFonts()
const style = { weight: 'regular', size: 10, color: '0 0 0' } as const

function draw(text: string, set = fonts): Buffer {
  const file = new PdfFile(set, { title: 'T', author: 'A', subject: 'S', language: 'en', date: new Date(0) })
  file.addPage().line(file.root.add('P'), text, 50, 50, style)
  return file.finish(undefined)
}

/** The letters of the drawn glyphs, from left to right on the page, as a reader copies them. */
function visibleText(text: string): string {
  return fonts
    .shape(text, 'regular')
    .segments.flatMap(({ slice, show, shaped }) => {
      const map = inflateSync(slice.toUnicode(new Map(shaped))).toString()
      const letters = new Map([...map.matchAll(/^<([0-9a-f]{4})> <([0-9a-f]+)>$/gm)].map(([, code, unicode]) => [code, unicode]))
      const codes = [...show.matchAll(/<([0-9a-f]+)>/g)].flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? [])
      return codes.map((code) =>
        Buffer.from(letters.get(code) ?? '', 'hex')
          .swap16()
          .toString('utf16le'),
      )
    })
    .join('')
}

test('covers Latin, Greek, Cyrillic, Hebrew and Arabic, and reports other characters', () => {
  for (const text of ['Ærøskøbing', 'Ελλάδα', 'Москва', 'שלום', 'دبي', 'Đặng', '₹ ₽ ₪ €', 'a\u200db'])
    expect(fonts.findMissingGlyph(text), text).toBeUndefined()
  expect([fonts.findMissingGlyph('Tokyo 東京'), fonts.findMissingGlyph('ok 😀')]).toEqual(['東', '😀'])
})

test("adds the characters of the operator's font, regular and bold", async () => {
  const more = loadFonts([JAPANESE])
  expect(more.findMissingGlyph('東京都千代田区')).toBeUndefined()
  expect((await readPdf(draw('株式会社 東京 1-2-3', more))).text).toContain('株式会社 東京 1-2-3')
})

test('refuses a file that is not a font', () => {
  expect(() => loadFonts([new URL(import.meta.url).pathname])).toThrow(/font/i)
  expect(() => loadFonts(['/no/such/font.ttf'])).toThrow(/no such file/)
})

test('agrees with the fonts on the characters that are checked without loading a font', async () => {
  const find = createMissingGlyphFinder([])
  for (let codePoint = 0x20; codePoint < 0x3000; codePoint += 1) {
    if (codePoint === 0x7f || (codePoint >= 0x80 && codePoint < 0xa0)) continue
    const character = String.fromCodePoint(codePoint)
    expect(await find(character), codePoint.toString(16)).toBe(fonts.findMissingGlyph(character))
  }
})

test.each([
  ['שלום עולם', 'םלוע םולש'],
  ['שלום (GmbH) 12', '12 (GmbH) םולש'],
  ['Dan דן 5', 'Dan 5 ןד'],
])('draws %s from right to left, with numbers and brackets in the correct direction', async (text, seen) => {
  expect(visibleText(text)).toBe(seen)
  expect((await readPdf(draw(text))).text.length).toBeGreaterThan(0)
})

test('joins Arabic letters and provides the letters for screen readers', () => {
  const { segments, actualText } = fonts.shape('محمد', 'regular')
  expect(actualText).toBe('محمد')
  const isolated = fonts.shape('م', 'regular').segments[0]?.show
  expect(segments.some(({ show }) => show === isolated)).toBe(false)
})

test('wraps lines to the maximum width without losing a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'abc WÄß €'), maxLength: 300 }), fc.integer({ min: 20, max: 400 }), (text, width) => {
      const lines = fonts.wrap(text, 'regular', 10, width)
      for (const line of lines) expect(fonts.width(line, 'regular', 10)).toBeLessThanOrEqual(width)
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
    }),
  )
})

test('breaks a word that is wider than a line after a sign within it, and otherwise anywhere', () => {
  const fonts = loadFonts()
  const wrap = (text: string) => fonts.wrap(text, 'regular', 10, 100)
  expect(wrap('rechnungswesen@hosting-gesellschaft.example')).toEqual(['rechnungswesen@', 'hosting-gesellschaft.', 'example'])
  for (const word of ['Donaudampfschifffahrtselektrizitätenhauptbetriebswerk', 'a-'.repeat(60), '/'.repeat(80)]) {
    expect(wrap(word).join('')).toBe(word)
    for (const line of wrap(word)) expect(fonts.width(line, 'regular', 10)).toBeLessThanOrEqual(100)
  }
})
