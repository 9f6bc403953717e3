import { addDays } from '../../../core/duration.js'
import { toDay, toLocalDate } from '../../../core/local-date.js'
import { type ConversionRate, convert } from '../../exchange-rates/index.js'
import type { Services } from '../../services.js'
import type { DocumentSnapshot } from '../document-snapshot.js'
import { accountingCurrencyOf } from './national-currencies.js'

/** The currency of the seller's country, in which documents state their tax as well. */
export interface AccountingCurrency {
  readonly from: string
  readonly to: string
  /** The day whose exchange rate applies. */
  readonly day: string
}

/**
 * The conversion of the tax of a document that is issued now; null if the currency is that of the seller's country.
 * Source: Directive 2006/112/EC, articles 91 and 230; in Poland the rate of the day before counts.
 */
export function accountingCurrency({ clock, config }: Pick<Services, 'clock' | 'config'>, currency: string): AccountingCurrency | null {
  const { issuer, timeZone } = config.invoices
  const at = clock.now()
  const national = accountingCurrencyOf(issuer.country, at)
  if (national === null || national === currency) return null
  const today = toLocalDate(at, timeZone)
  return { from: currency, to: national, day: issuer.country === 'PL' ? toDay(addDays(new Date(today), -1)) : today }
}

/** States the tax of a document in the currency of the seller's country as well. */
export function stateAccountingTax(document: DocumentSnapshot, { from, to }: AccountingCurrency, found: ConversionRate): DocumentSnapshot {
  const { rate, day, source } = found
  const tax = convert(BigInt(document.tax), from, to, rate).toString()
  return { ...document, accountingTax: { currency: to, tax, rate, day, source } }
}
