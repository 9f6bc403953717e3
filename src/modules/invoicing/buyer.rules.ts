import { parseElectronicAddress } from '../../core/electronic-address.js'
import type { BillingDetails as StoredDetails } from '../../platform/postgres/generated/client.js'
import type { BuyerDetails } from './document-snapshot.js'

interface BuyerDefaults {
  readonly name: string
  readonly email: string | null
  /** The country of customers who have stated none. */
  readonly country: string | undefined
}

type BillingDetails = Pick<
  StoredDetails,
  | 'name'
  | 'address'
  | 'city'
  | 'state'
  | 'zip'
  | 'country'
  | 'taxId'
  | 'registrationId'
  | 'reference'
  | 'purchaseOrder'
  | 'electronicAddress'
>

/** The billing details of a buyer as an invoice shows them. */
export function buyerDetails(details: BillingDetails | null, defaults: BuyerDefaults): BuyerDetails {
  const { address = null, city = null, state = null, zip = null, taxId = null } = details ?? {}
  const { registrationId = null, reference = null, purchaseOrder = null, electronicAddress = null } = details ?? {}
  return {
    name: details?.name ?? defaults.name,
    email: defaults.email,
    address,
    city,
    state,
    zip,
    country: details?.country ?? defaults.country ?? null,
    taxId,
    registrationId,
    reference,
    purchaseOrder,
    electronicAddress: (electronicAddress !== null && parseElectronicAddress(electronicAddress)) || null,
  }
}
