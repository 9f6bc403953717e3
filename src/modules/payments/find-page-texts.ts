import type { IncomingHttpHeaders } from 'node:http'
import { acceptedLocale } from '../../core/accepted-locale.js'
import { type Customer, customerKey } from '../identity/index.js'
import type { Services } from '../services.js'
import { type PageTexts, pageTextsFor } from './i18n/languages.js'

interface PageReader {
  headers: IncomingHttpHeaders
  /** Null if it is unknown. */
  customer: Customer | null
}

/**
 * The texts of a page for a customer: in the language that the customer has chosen for invoices, otherwise in one that the
 * browser accepts, otherwise in that of the seller.
 */
export async function findPageTexts(
  { db, config }: Pick<Services, 'config' | 'db'>,
  { headers, customer }: PageReader,
): Promise<PageTexts> {
  const details = customer && (await db.billingDetails.findUnique({ where: customerKey(customer), select: { locale: true } }))
  return pageTextsFor(details?.locale ?? acceptedLocale(headers) ?? config.invoices.locale)
}
