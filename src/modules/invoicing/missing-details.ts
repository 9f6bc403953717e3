import type { Config } from '../../config/config.js'
import { DomainError } from '../../core/errors.js'
import type { BuyerDetails } from './document-snapshot.js'
import { BUYER_DETAILS_MISSING, SELLER_DETAILS_MISSING } from './invoice.errors.js'

type SellerConfig = { readonly config: { readonly invoices: Pick<Config['invoices'], 'missingSeller'> } }

/**
 * What an invoice must state and is not known: variables of the seller, fields of the buyer's billing details.
 * Source: Directive 2006/112/EC, article 226.
 */
export function listMissingDetails({ config }: SellerConfig, buyer: Pick<BuyerDetails, 'country' | 'name'>): string[] {
  return [...config.invoices.missingSeller, ...missingOf(buyer)]
}

/**
 * Call it before money is requested for a sale that gets an invoice.
 * @throws SELLER_DETAILS_MISSING, BUYER_DETAILS_MISSING
 */
export function assertNoMissingDetails({ config }: SellerConfig, buyer: Pick<BuyerDetails, 'country' | 'name'>): void {
  const { missingSeller } = config.invoices
  if (missingSeller.length > 0) {
    const message = `Nothing can be sold until the operator of this server sets ${missingSeller.join(', ')}`
    throw new DomainError(SELLER_DETAILS_MISSING, message, { missing: [...missingSeller] })
  }
  const missing = missingOf(buyer)
  if (missing.length === 0) return
  const message = `The billing details lack ${missing.join(' and ')}, which an invoice must state; set them with setBillingDetails`
  throw new DomainError(BUYER_DETAILS_MISSING, message, { missing })
}

/** Whether a missing detail is one of the billing details, and not a variable of the seller. */
export function isDetailOfBuyer(detail: string): boolean {
  return !detail.startsWith('INVOICE_ISSUED_FROM_')
}

function missingOf({ name, country }: Pick<BuyerDetails, 'country' | 'name'>): string[] {
  return [...(name === '' ? ['name'] : []), ...(country === null ? ['country'] : [])]
}
