import type { Seller } from '../../../config/config.js'
import { hasVatIdShape, normalizeVatId } from '../../../core/vat-id.js'
import type { BuyerDetails, InvoiceFormat } from '../document-snapshot.js'
import { EMAIL, FRENCH_DIRECTORY, type Identifier, registration, SIREN, sirenOf } from './identifiers.rules.js'
import { statedText } from './stated-text.rules.js'

/** The seller (BG-4) or the buyer (BG-7). */
export interface StatedParty {
  readonly name: string | undefined
  /** BT-29 and BT-46. */
  readonly identifier: string | undefined
  /** BT-30 and BT-47. */
  readonly registration: Identifier | undefined
  /** BT-31 and BT-48. */
  readonly vatId: string | undefined
  /** BT-32. */
  readonly taxNumber: string | undefined
  /** BT-33. */
  readonly legalInformation: string | undefined
  /** BT-34 and BT-49. */
  readonly electronicAddress: Identifier | undefined
  readonly street: readonly string[]
  readonly city: string | undefined
  readonly zip: string | undefined
  readonly state: string | undefined
  readonly country: string | undefined
  /** BG-6 and BG-9. */
  readonly contact: { readonly name: string | undefined; readonly phone: string | undefined; readonly email: string | undefined }
}

interface PartyTerms {
  readonly format: InvoiceFormat
  /** Whether VAT ids may be stated. Rule BR-O-02: not in a document that is not subject to VAT. */
  readonly isTaxed: boolean
}

/** The seller. A tax id without the format of a VAT id becomes the tax number (BT-32). */
export function stateSeller(seller: Seller, terms: PartyTerms): StatedParty {
  const party = stateParty(seller, terms)
  return {
    ...party,
    taxNumber: isVatId(seller) ? undefined : statedText(seller.taxId),
    legalInformation: statedText(seller.register),
    contact: { name: statedText(seller.contact), phone: statedText(seller.phone), email: statedText(seller.email) },
  }
}

/** The buyer. A tax id without the format of a VAT id becomes its identifier (BT-46). */
export function stateBuyer(buyer: BuyerDetails, terms: PartyTerms): StatedParty {
  return stateParty(buyer, terms)
}

function stateParty(party: Seller | BuyerDetails, { format, isTaxed }: PartyTerms): StatedParty {
  const country = statedText(party.country)
  const vatId = isVatId(party) ? normalizeVatId(party.taxId ?? '') : undefined
  const registered = stateRegistration(party, vatId)
  return {
    name: statedText(party.name),
    identifier: vatId || registered ? undefined : statedText(party.taxId),
    registration: registered,
    vatId: isTaxed ? vatId : undefined,
    taxNumber: undefined,
    legalInformation: undefined,
    electronicAddress: stateAddress(party, registered, format),
    street: streetLines(party.address),
    city: statedText(party.city),
    zip: statedText(party.zip),
    state: statedText(party.state),
    country,
    contact: { name: undefined, phone: undefined, email: statedText(party.email) },
  }
}

function isVatId({ country, taxId }: Seller | BuyerDetails): boolean {
  return Boolean(country && taxId && hasVatIdShape(country, taxId))
}

/** The SIREN of a French company is part of its VAT id. */
function stateRegistration({ country, registrationId }: Seller | BuyerDetails, vatId: string | undefined): Identifier | undefined {
  const number = statedText(registrationId)
  if (number !== undefined) return registration(statedText(country), number)
  const siren = sirenOf(vatId)
  return siren === undefined ? undefined : { scheme: SIREN, id: siren }
}

/**
 * The electronic address. Without one, French companies have their SIREN in the French directory, and for profiles that no
 * network delivers, it is the e-mail address.
 */
function stateAddress(party: Seller | BuyerDetails, registered: Identifier | undefined, format: InvoiceFormat): Identifier | undefined {
  if (party.electronicAddress) return party.electronicAddress
  if (format === 'FRANCE' && registered?.scheme === SIREN) return { scheme: FRENCH_DIRECTORY, id: registered.id }
  const email = statedText(party.email)
  return format === 'PEPPOL' || email === undefined ? undefined : { scheme: EMAIL, id: email }
}

/** The standard has three lines. */
function streetLines(address: string | null | undefined): string[] {
  const [first, second, ...rest] = (address ?? '').split('\n').flatMap((line) => statedText(line) ?? [])
  return [first, second, rest.join(', ')].flatMap((line) => line || [])
}
