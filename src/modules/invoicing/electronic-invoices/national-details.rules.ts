import type { StatedInvoice } from './stated-invoice.rules.js'
import type { StatedParty } from './stated-party.rules.js'

/** A detail that an invoice must state, in words for users. */
export interface Requirement {
  readonly detail: string
  readonly isMet: (invoice: StatedInvoice) => boolean
}

/** Source: XRechnung 3.0. The German rules of Peppol are the same under the names DE-R-002 to DE-R-028. */
export const GERMAN_DETAILS: readonly Requirement[] = [
  { detail: 'seller: contact (BR-DE-5)', isMet: ({ seller }) => seller.contact.name !== undefined },
  {
    detail: 'seller: phone with at least three digits (BR-DE-6, BR-DE-27)',
    isMet: ({ seller }) => /(\d.*){3}/.test(seller.contact.phone ?? ''),
  },
  { detail: 'seller: e-mail (BR-DE-7)', isMet: ({ seller }) => seller.contact.email !== undefined },
  { detail: 'seller: city (BR-DE-3)', isMet: ({ seller }) => seller.city !== undefined },
  { detail: 'seller: zip (BR-DE-4)', isMet: ({ seller }) => seller.zip !== undefined },
  { detail: 'buyer: city (BR-DE-8)', isMet: ({ buyer }) => buyer.city !== undefined },
  { detail: 'buyer: zip (BR-DE-9)', isMet: ({ buyer }) => buyer.zip !== undefined },
]

/**
 * What Peppol requires in addition, by the country of the seller. Rules about elements that we never write are left out. Source:
 * OpenPEPPOL, Rules for Peppol BIS 3.0 Billing, release 3.0.19.
 */
export const NATIONAL_DETAILS: Readonly<Record<string, readonly Requirement[]>> = {
  DE: GERMAN_DETAILS.map(({ detail, isMet }) => ({ detail, isMet: (invoice) => invoice.buyer.country !== 'DE' || isMet(invoice) })),
  DK: [{ detail: 'seller: registration number (CVR, DK-R-002, DK-R-014)', isMet: ({ seller }) => isRegistered(seller, '0184') }],
  GR: [{ detail: 'document: the MARK of myDATA (GR-R-004), which is not supported', isMet: () => false }],
  IS: [
    { detail: 'seller: registration number (kennitala, IS-R-002)', isMet: ({ seller }) => isRegistered(seller, '0196') },
    { detail: 'seller: address and zip (IS-R-003)', isMet: ({ seller }) => hasStreetAndZip(seller) },
    {
      detail: 'buyer: registration number (kennitala, IS-R-004)',
      isMet: ({ buyer }) => buyer.country !== 'IS' || isRegistered(buyer, '0196'),
    },
    { detail: 'buyer: address and zip (IS-R-005)', isMet: ({ buyer }) => buyer.country !== 'IS' || hasStreetAndZip(buyer) },
  ],
  IT: [
    {
      detail: 'seller: tax number of 11 to 16 letters and digits (IT-R-001)',
      isMet: ({ seller: { taxNumber } }) => taxNumber === undefined || /^[A-Z0-9]{11,16}$/.test(taxNumber),
    },
    { detail: 'seller: address, city and zip (IT-R-002 to IT-R-004)', isMet: ({ seller }) => hasWholeAddress(seller) },
  ],
  NL: [
    { detail: 'seller: address, city and zip (NL-R-002)', isMet: ({ seller }) => hasWholeAddress(seller) },
    { detail: 'seller: a KVK number as registration number, or none (NL-R-003)', isMet: ({ seller }) => hasKnownRegistration(seller) },
    { detail: 'buyer: address, city and zip (NL-R-004)', isMet: ({ buyer }) => buyer.country !== 'NL' || hasWholeAddress(buyer) },
    {
      detail: 'buyer: a KVK number as registration number, or none (NL-R-005)',
      isMet: ({ buyer }) => buyer.country !== 'NL' || hasKnownRegistration(buyer),
    },
    {
      detail: 'payment method: one with an IBAN (NL-R-007)',
      isMet: ({ totals, paymentMeans }) => Number(totals.due) === 0 || paymentMeans.length > 0,
    },
  ],
  NO: [
    {
      detail: 'seller: VAT id such as NO999999999MVA (NO-R-001)',
      isMet: ({ seller: { vatId } }) => vatId === undefined || /^NO\d{9}MVA$/.test(vatId),
    },
  ],
  SE: [
    {
      detail: 'seller: VAT id of 14 characters, or none (SE-R-001)',
      isMet: ({ seller: { vatId } }) => vatId === undefined || /^SE\d{12}$/.test(vatId),
    },
    { detail: 'seller: a valid registration number, or none (SE-R-003, SE-R-013)', isMet: ({ seller }) => hasKnownRegistration(seller) },
    {
      detail: 'seller: VAT id instead of a tax number (SE-R-005)',
      isMet: ({ seller }) => seller.registration === undefined || seller.taxNumber === undefined,
    },
    {
      detail: 'tax: a Swedish rate (SE-R-006)',
      isMet: ({ taxes }) => taxes.every(({ category, rate }) => category !== 'S' || ['6', '12', '25'].includes(rate ?? '')),
    },
  ],
}

function isRegistered({ registration }: StatedParty, scheme: string): boolean {
  return registration?.scheme === scheme
}

function hasKnownRegistration({ registration }: StatedParty): boolean {
  return registration === undefined || registration.scheme !== undefined
}

function hasStreetAndZip({ street, zip }: StatedParty): boolean {
  return street.length > 0 && zip !== undefined
}

function hasWholeAddress(party: StatedParty): boolean {
  return hasStreetAndZip(party) && party.city !== undefined
}
