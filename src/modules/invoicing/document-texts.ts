import type { Seller } from '../../config/config.js'
import { messagesFor } from './i18n/languages.js'
import type { InvoiceKind } from './invoice.enums.js'
import { countryName, formatDay, formatMoment } from './pdf/document-formatter.js'
import { addressLines, defined, registrationLine, taxIdLine } from './pdf/party-lines.js'

/** What mails repeat of documents, in the language of their reader. */
export interface DocumentTexts {
  /** "Invoice". @param isByMerchant  whether the seller is a payment provider */
  title(kind: InvoiceKind, isByMerchant: boolean): string
  /** Address, registers and contact of the seller, as at the end of every document. */
  readonly sellerLines: readonly string[]
  readonly logo: string
  /** "Order: 101" */
  labelled(label: string, value: string): string
  /** "1 May 2026" */
  day(at: Date): string
  /** "1 May 2026 at 12:00 CEST" */
  moment(at: Date): string
}

export function documentTexts(issuer: Seller, locale: string, timeZone: string): DocumentTexts {
  const { messages, language } = messagesFor(locale)
  const address = addressLines(issuer, { country: (code) => countryName(language, code) }).join(', ')
  const lines = [address, registrationLine(issuer, messages), taxIdLine(issuer, messages), issuer.phone, issuer.email]
  return {
    title: (kind, isByMerchant) => (kind === 'CREDIT_NOTE' && isByMerchant ? messages.refundStatement : messages.titles[kind]),
    sellerLines: defined(lines),
    labelled: messages.labelled,
    logo: messages.logo(issuer.company),
    day: (at) => formatDay(at.toISOString(), locale, timeZone),
    moment: (at) => formatMoment(at.toISOString(), locale, timeZone),
  }
}
