import type { BillingDetails } from '../../platform/postgres/generated/client.js'
import type { BuyerDetails } from './document-snapshot.js'

interface BuyerDefaults {
  readonly name: string
  readonly email: string | null
  /** The country of customers who have stated none. */
  readonly country: string | undefined
}

/** The billing details of a buyer as an invoice shows them. */
export function buyerDetails(
  details: BillingDetails | null,
  { name: defaultName, email, country: defaultCountry }: BuyerDefaults,
): BuyerDetails {
  const { name = defaultName, address = null, city = null, state = null, zip = null, taxId = null } = details ?? {}
  const country = details?.country ?? defaultCountry ?? null
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
