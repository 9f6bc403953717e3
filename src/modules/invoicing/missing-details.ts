import type { Config } from '../../config/config.js'
import { DomainError } from '../../core/errors.js'
import { BUYER_DETAILS_MISSING, SELLER_DETAILS_MISSING } from './invoice.errors.js'
import type { InvoiceData } from './invoice-data.queries.js'

type SellerConfig = { readonly config: { readonly invoices: Pick<Config['invoices'], 'missingSeller'> } }

/** The fields of the buyer's billing details that an invoice must state and that are not known. */
type Sale = Pick<InvoiceData, 'missing'>

/** What an invoice must state and is not known: variables of the seller, fields of the buyer's billing details. */
export function listMissingDetails({ config }: SellerConfig, { missing }: Sale): string[] {
  return [...config.invoices.missingSeller, ...missing]
}

/**
 * Call it before money is requested for a sale that gets an invoice.
 * @throws SELLER_DETAILS_MISSING, BUYER_DETAILS_MISSING
 */
export function assertNoMissingDetails({ config }: SellerConfig, { missing }: Sale): void {
  const { missingSeller } = config.invoices
  if (missingSeller.length > 0) {
    const message = `Nothing can be sold until the operator of this server sets ${missingSeller.join(', ')}`
    throw new DomainError(SELLER_DETAILS_MISSING, message, { missing: [...missingSeller] })
  }
  if (missing.length === 0) return
  const message = `The billing details lack ${missing.join(' and ')}, which an invoice must state; set them with setBillingDetails`
  const hint = missing.includes('state') ? '. The tax depends on the state: its code, such as "NY"' : ''
  throw new DomainError(BUYER_DETAILS_MISSING, message + hint, { missing: [...missing] })
}

/** Whether a missing detail is one of the billing details, and not a variable of the seller. */
export function isDetailOfBuyer(detail: string): boolean {
  return !detail.startsWith('INVOICE_ISSUED_FROM_')
}
