import { formatMoney, formatUnitPrice } from '../../../core/money.js'
import type { FontSet } from '../../../platform/pdf/font-set.js'
import { messagesFor } from '../i18n/languages.js'
import type { Messages } from '../i18n/messages.js'
import type { DocumentSnapshot, TaxLine } from '../invoice.rules.js'

/** Writes what a document holds in the language and manner of its reader. */
export interface DocumentFormatter {
  readonly words: Messages
  /** BCP 47, of the words. */
  readonly language: string
  money(minorUnits: string): string
  unitPrice(minorUnits: string): string
  date(iso: string): string
  rate(line: TaxLine): string
}

/** Where the fonts lack what a locale writes amounts or dates with, these are written as in English. */
export function createDocumentFormatter({ locale, timeZone, currency }: DocumentSnapshot, fonts: FontSet): DocumentFormatter {
  const { words, language } = messagesFor(locale)
  const readable = (sample: string) => (fonts.findMissingGlyph(sample) ? 'en' : locale)
  const amounts = readable(formatMoney({ minorUnits: -12_345_678_900n, currency }, locale))
  const days = dayFormat(readable(widestDate(locale)), timeZone)
  const percent = percentFormat(readable(percentFormat(locale).format(12.3456789)))
  return {
    words,
    language,
    money: (minorUnits) => formatMoney({ minorUnits: BigInt(minorUnits), currency }, amounts),
    unitPrice: (minorUnits) => formatUnitPrice(minorUnits, currency, amounts),
    date: (iso) => days.format(new Date(iso)),
    rate: ({ basisPoints }) => percent.format(basisPoints / 10_000),
  }
}

const widestDate = cached((locale: string) => {
  const format = dayFormat(locale, 'UTC')
  return Array.from({ length: 12 }, (_, month) => format.format(Date.UTC(2026, month, 10 + month))).join(' ')
})
const dayFormat = cached((locale: string, timeZone: string) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone }))
const percentFormat = cached((locale: string) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 }))

const MAX_CACHED_FORMATTERS = 500

/** Making a formatter of Intl takes longer than drawing a page. */
function cached<P extends string[], T>(make: (...parameters: P) => T): (...parameters: P) => T {
  const known = new Map<string, T>()
  return (...parameters) => {
    const key = parameters.join('\n')
    const value = known.get(key) ?? make(...parameters)
    if (known.size >= MAX_CACHED_FORMATTERS) known.clear()
    known.set(key, value)
    return value
  }
}

/** What a document is called: "Invoice". */
export function countryName({ kind, merchantOfRecord }: DocumentSnapshot, { words }: DocumentFormatter): string {
  return kind === 'CREDIT_NOTE' && merchantOfRecord ? words.refundStatement : words.titles[kind]
}
