import { addDays } from '../../../core/duration.js'
import { toDay, toLocalDate } from '../../../core/local-date.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import { convert, findExchangeRate } from '../../exchange-rates/index.js'
import type { Services } from '../../services.js'
import type { DocumentSnapshot } from '../document-snapshot.js'
import { accountingCurrencyOf } from './national-currencies.js'

/** States the tax of a document in the currency of the seller's country as well, if that is another one and the rate is known. */
export type StateAccountingTax = (document: DocumentSnapshot) => DocumentSnapshot

/**
 * Finds the exchange rate for the tax of a document that is issued now.
 * Source: Directive 2006/112/EC, articles 91 and 230; in Poland the rate of the day before counts.
 */
export async function prepareAccountingTax(
  tx: Transaction,
  { clock, config }: Pick<Services, 'clock' | 'config'>,
  currency: string,
): Promise<StateAccountingTax> {
  const { issuer, timeZone } = config.invoices
  const at = clock.now()
  const national = accountingCurrencyOf(issuer.country, at)
  if (national === null || national === currency) return (document) => document
  const today = toLocalDate(at, timeZone)
  const day = issuer.country === 'PL' ? toDay(addDays(new Date(today), -1)) : today
  const found = await findExchangeRate(tx, { from: currency, to: national, day })
  if (!found) return (document) => document
  const { rate, day: rateDay, source } = found
  return (document) => {
    const tax = convert(BigInt(document.tax), currency, national, rate).toString()
    return { ...document, accountingTax: { currency: national, tax, rate, day: rateDay, source } }
  }
}
