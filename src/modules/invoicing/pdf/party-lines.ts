import type { Seller } from '../../../config/config.js'
import { hasVatIdShape } from '../../../core/vat-id.js'
import type { BuyerDetails } from '../document-snapshot.js'
import type { Messages } from '../i18n/messages.js'
import type { DocumentFormatter } from './document-formatter.js'

type Party = Seller | BuyerDetails

/** Countries that write the postal code after the city. Source: Universal Postal Union, addressing systems. */
const CODE_AFTER_CITY = new Set('AU BD BR CA CO EG GB GG HK ID IE IM IN JE JP KE KR LK MM MT NG NP NZ PK SA SG TH TW UA US ZA'.split(' '))

/** The address of a party: street, city and country. Unknown parts are left out. */
export function addressLines(party: Party, { country: countryName }: Pick<DocumentFormatter, 'country'>): string[] {
  const { address, country } = party
  return defined([...(address?.split('\n') ?? []), cityLine(party), country && countryName(country)])
}

/** "10115 Berlin", "San Francisco, CA 94105", "London SW1Y 4JH". */
function cityLine({ zip, city, state, country }: Party): string {
  if (!country || !CODE_AFTER_CITY.has(country)) return defined([defined([zip, city]).join(' '), state]).join(', ')
  return defined([defined([city, state]).join(', '), zip]).join(' ')
}

/** The tax id with its label; that of a VAT id if it looks like one. */
export function taxIdLine({ taxId, country }: Party, { labelled, vatId, taxNumber }: Messages): string | undefined {
  if (!taxId) return undefined
  const isVatId = country && (hasVatIdShape(country, taxId) || taxId.toUpperCase().startsWith(country))
  return labelled(isVatId ? vatId : taxNumber, taxId)
}

/** "Amtsgericht München, HRB 12345". A number without the name of its kind gets a label. */
export function registrationLine(party: Party, { labelled, registration }: Messages): string | undefined {
  const { registrationId } = party
  const number = registrationId && (/^\d/.test(registrationId) ? labelled(registration, registrationId) : registrationId)
  return defined(['register' in party ? party.register : undefined, number]).join(', ') || undefined
}

export function defined(texts: readonly (string | null | undefined | false)[]): string[] {
  return texts.filter((text): text is string => Boolean(text))
}
