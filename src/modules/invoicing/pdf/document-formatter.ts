import { LRUCache } from 'lru-cache'
import { formatMoney, formatUnitPrice } from '../../../core/money.js'
import type { FontSet } from '../../../platform/pdf/font-set.js'
import type { DocumentSnapshot, TaxLine } from '../document-snapshot.js'
import { messagesFor } from '../i18n/languages.js'
import type { Messages } from '../i18n/messages.js'

/** Formats the values of a document in its locale. */
export interface DocumentFormatter {
  readonly messages: Messages
  /** BCP 47 tag of the messages. */
  readonly language: string
  money(minorUnits: string): string
  unitPrice(minorUnits: string): string
  date(iso: string): string
  /** A day of a calendar: "2026-05-01". */
  day(day: string): string
  rate(line: TaxLine): string
}

/** If the fonts lack glyphs for the amounts or dates of a locale, these are formatted in English. */
export function createDocumentFormatter({ locale, timeZone, currency }: DocumentSnapshot, fonts: FontSet): DocumentFormatter {
  const { messages, language } = messagesFor(locale)
  const displayableLocale = (sample: string) => (fonts.findMissingGlyph(sample) ? 'en' : locale)
  const amountLocale = displayableLocale(formatMoney({ minorUnits: -12_345_678_900n, currency }, locale))
  const dateLocale = displayableLocale(widestDate(locale))
  const percent = percentFormat(displayableLocale(percentFormat(locale).format(12.3456789)))
  return {
    messages,
    language,
    money: (minorUnits) => formatMoney({ minorUnits: BigInt(minorUnits), currency }, amountLocale),
    unitPrice: (minorUnits) => formatUnitPrice(minorUnits, currency, amountLocale),
    date: (iso) => dayFormat(dateLocale, timeZone).format(new Date(iso)),
    day: (day) => dayFormat(dateLocale, 'UTC').format(new Date(day)),
    rate: ({ millionths }) => percent.format(millionths / 1_000_000),
  }
}

const MAX_CACHED_FORMATTERS = 500

const widestDate = cached((locale: string) => {
  const format = dayFormat(locale, 'UTC')
  return Array.from({ length: 12 }, (_, month) => format.format(Date.UTC(2026, month, 10 + month))).join(' ')
})
const dayFormat = cached((locale: string, timeZone: string) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone }))
const percentFormat = cached((locale: string) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 4 }))

/** Cached because creating an Intl formatter takes longer than rendering a page. */
function cached<P extends string[], T extends object | string>(make: (...parameters: P) => T): (...parameters: P) => T {
  const cache = new LRUCache<string, T>({ max: MAX_CACHED_FORMATTERS })
  return (...parameters) => {
    const key = parameters.join('\n')
    const value = cache.get(key) ?? make(...parameters)
    cache.set(key, value)
    return value
  }
}

/** Title of the document, for example "Invoice". */
export function documentTitle({ kind, merchantOfRecord }: DocumentSnapshot, { messages }: DocumentFormatter): string {
  return kind === 'CREDIT_NOTE' && merchantOfRecord ? messages.refundStatement : messages.titles[kind]
}
