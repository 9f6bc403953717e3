import type { Seller } from '../../../config/config.js'
import { buyerDetails } from '../buyer.rules.js'
import type { InvoiceFormat } from '../document-snapshot.js'
import { buildSnapshot } from '../invoice.rules.js'
import { onlyTax } from '../tax/tax.rules.js'
import { missingFor } from './required-details.rules.js'

const AT = new Date(0)

/**
 * The details of the seller without which no invoice to a customer in its country can be expressed in a format, as `missingFor` states
 * them.
 */
export function missingOfSeller(issuer: Seller, format: InvoiceFormat): string[] {
  const sale = buildSnapshot({
    kind: 'INVOICE',
    number: 'INV-1',
    order: { id: 1n, currency: 'EUR', status: 'ACTIVE' },
    lines: [{ description: 'Item', quantity: 1, unitPrice: 100n, amount: 100n }],
    tax: onlyTax({ category: 'STANDARD', millionths: 200_000 }),
    pricesIncludeTax: false,
    period: null,
    issuer,
    buyer: buyerDetails(null, { name: '', email: null, country: issuer.country }),
    timeZone: 'UTC',
    locale: 'en',
    date: AT,
    dueDate: AT,
    paymentMethods: [],
    merchantOfRecord: null,
    isTest: false,
    isPaid: true,
  })
  return missingFor(sale, format).filter((detail) => detail.startsWith('seller:'))
}
