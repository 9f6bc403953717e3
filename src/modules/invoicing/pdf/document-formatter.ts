import { LRUCache } from 'lru-cache'
import { formatMoney, formatUnitPrice } from '../../../core/money.js'
import { isolate } from '../../../core/right-to-left.js'
import type { FontSet } from '../../../platform/pdf/font-set.js'
import type { DocumentSnapshot, TaxLine } from '../document-snapshot.js'
import { messagesFor } from '../i18n/languages.js'
import type { Messages } from '../i18n/messages.js'

/** Formats the values of a document in its locale. */
export interface DocumentFormatter {
  readonly messages: Messages
  /** BCP 47 tag of the messages. */
  readonly language: string
  /** @param currency  default: that of the document */
  money(minorUnits: string, currency?: string): string
  unitPrice(minorUnits: string): string
  /** A decimal with as many digits as it has. */
  decimal(value: string): string
  /** A moment as a day of the seller. */
  date(iso: string): string
  /** A day of a calendar: "2026-05-01". */
  day(day: string): string
  rate(line: TaxLine): string
  /** The name of a country. @param code  ISO 3166 */
  country(code: string): string
}

/** If the fonts lack glyphs for the amounts, dates or countries of a locale, these are formatted in English. */
export function createDocumentFormatter({ locale, timeZone, currency }: DocumentSnapshot, fonts: FontSet): DocumentFormatter {
  const { messages, language } = messagesFor(locale)
  const displayableLocale = (sample: string) => (fonts.findMissingGlyph(sample) ? 'en' : locale)
  const amountLocale = displayableLocale(formatMoney({ minorUnits: -12_345_678_900n, currency }, locale))
  const dateLocale = displayableLocale(widestDate(locale))
  const numberLocale = displayableLocale(percentFormat(locale).format(12.3456789))
  return {
    messages,
    language,
    money: (minorUnits, other = currency) =>
      formatMoney({ minorUnits: BigInt(minorUnits), currency: other }, amountLocale).replaceAll(RIGHT_TO_LEFT_MARK, ''),
    unitPrice: (minorUnits) => formatUnitPrice(minorUnits, currency, amountLocale),
    decimal: (value) => decimalFormat(numberLocale).format(value as Intl.StringNumericLiteral),
    date: (iso) => formatDay(iso, dateLocale, timeZone),
    day: (day) => formatDay(day, dateLocale, 'UTC'),
    rate: ({ millionths }) => percentFormat(numberLocale).format(millionths / 1_000_000),
    // In the language of the labels.
    country: (code) => countryName(language, code),
  }
}

/** Hebrew amounts start with it. All texts of documents are from left to right. */
const RIGHT_TO_LEFT_MARK = '\u200f'
const MAX_CACHED_FORMATTERS = 500

const widestDate = cached((locale: string) => {
  const format = dayFormat(locale, 'UTC')
  return Array.from({ length: 12 }, (_, month) => format.format(Date.UTC(2026, month, 10 + month))).join(' ')
})
const dayFormat = cached((locale: string, timeZone: string) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone }))
const momentFormat = cached(
  (locale: string, timeZone: string) =>
    new Intl.DateTimeFormat(locale, {
      year: 'numeric',
      month: 'long',
      day: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
      timeZoneName: 'short',
      timeZone,
    }),
)
const percentFormat = cached((locale: string) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 4 }))
const decimalFormat = cached((locale: string) => new Intl.NumberFormat(locale, { maximumFractionDigits: 20 }))
const regionNames = cached((language: string) => new Intl.DisplayNames(language, { type: 'region' }))

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

/** "1 May 2026". French writes the first day of a month as an ordinal, which Intl does not. */
export function formatDay(iso: string, locale: string, timeZone: string): string {
  return inWords(dayFormat(locale, timeZone).format(new Date(iso)), locale)
}

/** "1 May 2026 at 12:00 CEST" */
export function formatMoment(iso: string, locale: string, timeZone: string): string {
  return inWords(momentFormat(locale, timeZone).format(new Date(iso)), locale)
}

function inWords(time: string, locale: string): string {
  if (locale.startsWith('fr')) return time.replace(/^1(?=\s)/, '1er')
  return isolate(time)
}

/** The name of a country. @param code  ISO 3166 */
export const countryName = cached((language: string, code: string) => {
  const name = /^[A-Z]{2}$/.test(code) ? regionNames(language).of(code) : undefined
  return name ?? code
})

/** Title of the document, for example "Invoice". */
export function documentTitle({ kind, merchantOfRecord }: DocumentSnapshot, { messages }: DocumentFormatter): string {
  return kind === 'CREDIT_NOTE' && merchantOfRecord ? messages.refundStatement : messages.titles[kind]
}
