import type { BillingDetails } from '../../platform/postgres/generated/client.js'

/** The billing details of a buyer as an invoice shows them. */
export interface BuyerDetails {
  name: string
  email: string | null
  address: string | null
  city: string | null
  state: string | null
  zip: string | null
  country: string | null
  taxId: string | null
}

export function buyerDetails(details: BillingDetails | null, fallbackName: string, email: string | null): BuyerDetails {
  const { name = fallbackName, address = null, city = null, state = null, zip = null, country = null, taxId = null } = details ?? {}
  return { name, email, address, city, state, zip, country, taxId }
}
