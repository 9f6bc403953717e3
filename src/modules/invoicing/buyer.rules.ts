import type { BillingDetails } from '../../platform/postgres/generated/client.js'
import type { BuyerDetails } from './document-snapshot.js'

/** The billing details of a buyer as an invoice shows them. */
export function buyerDetails(details: BillingDetails | null, fallbackName: string, email: string | null): BuyerDetails {
  const { name = fallbackName, address = null, city = null, state = null, zip = null, country = null, taxId = null } = details ?? {}
  return {
    name,
    email,
    address,
    city,
    state,
    zip,
    country,
    taxId,
    registrationId: null,
    reference: null,
    purchaseOrder: null,
    electronicAddress: null,
  }
}
