import { exponentOf } from '../../../core/money.js'
import type { DocumentSnapshot, InvoiceFormat } from '../document-snapshot.js'
import { isDiscount, taxesOf } from '../invoice.rules.js'
import { isElectronicAddress, isPeppolAddress, SIREN } from './identifiers.rules.js'
import { GERMAN_DETAILS, NATIONAL_DETAILS, type Requirement } from './national-details.rules.js'
import { type ExpressibleDocument, type StatedInvoice, stateInvoice } from './stated-invoice.rules.js'
import type { StatedParty } from './stated-party.rules.js'

/** The standard allows two digits, so it cannot express currencies with three, such as KWD. */
const MAX_FRACTION_DIGITS = 2

/** Source: EN 16931-1, 6.4. */
const EN_16931: readonly Requirement[] = [
  { detail: 'seller: name (BR-6)', isMet: ({ seller }) => seller.name !== undefined },
  { detail: 'seller: country (BR-9)', isMet: ({ seller }) => seller.country !== undefined },
  { detail: 'buyer: name (BR-7)', isMet: ({ buyer }) => buyer.name !== undefined },
  { detail: 'buyer: country (BR-11)', isMet: ({ buyer }) => buyer.country !== undefined },
  { detail: 'lines: description (BR-25)', isMet: ({ lines }) => lines.every(({ description }) => description !== undefined) },
  { detail: 'discounts: description (BR-33)', isMet: ({ allowances }) => allowances.every(({ reason }) => reason !== undefined) },
  {
    detail: 'seller: registration number, because a document without tax must not state VAT ids (BR-O-02, BR-CO-26)',
    isMet: (invoice) => !hasTax(invoice, 'O') || Boolean(invoice.seller.registration ?? invoice.seller.identifier),
  },
  {
    detail: 'seller: VAT id or tax number (BR-S-02)',
    isMet: (invoice) => hasTax(invoice, 'O') || Boolean(invoice.seller.vatId ?? invoice.seller.taxNumber),
  },
  {
    detail: 'buyer: VAT id or registration number (BR-AE-02)',
    isMet: (invoice) => !hasTax(invoice, 'AE') || Boolean(invoice.buyer.vatId ?? invoice.buyer.registration),
  },
  {
    detail: 'tax: reason for the exemption (BR-E-10)',
    isMet: ({ taxes }) => taxes.every(({ category, reason }) => category !== 'E' || reason !== undefined),
  },
  { detail: 'seller: a valid electronic address (BR-CL-25)', isMet: ({ seller }) => hasValidAddress(seller) },
  { detail: 'buyer: a valid electronic address (BR-CL-25)', isMet: ({ buyer }) => hasValidAddress(buyer) },
]

/** Source: BR-FR-16. */
const FRENCH_RATES: ReadonlySet<string> = new Set('0 0.9 1.05 1.75 2.1 5.5 7 8.5 9.2 9.6 10 13 19.6 20 20.6'.split(' '))

/** The details that each profile adds. */
const PROFILE_DETAILS: Readonly<Record<InvoiceFormat, readonly Requirement[]>> = {
  FACTUR_X: [],
  XRECHNUNG: [
    ...GERMAN_DETAILS,
    { detail: 'buyer: e-mail or electronic address (PEPPOL-EN16931-R010)', isMet: ({ buyer }) => buyer.electronicAddress !== undefined },
  ],
  PEPPOL: [
    { detail: 'seller: electronic address in Peppol (PEPPOL-EN16931-R020)', isMet: ({ seller }) => hasPeppolAddress(seller) },
    { detail: 'buyer: electronic address in Peppol (PEPPOL-EN16931-R010)', isMet: ({ buyer }) => hasPeppolAddress(buyer) },
  ],
  // Source: the rules of FNFE-MPE for XP Z12-012, version 1.3.0.
  FRANCE: [
    { detail: 'seller: registration number (SIREN, BR-FR-10)', isMet: ({ seller }) => seller.registration?.scheme === SIREN },
    {
      detail: 'buyer: registration number (SIREN, BR-FR-11)',
      isMet: ({ buyer }) => buyer.country !== 'FR' || buyer.registration?.scheme === SIREN,
    },
    { detail: 'buyer: e-mail or electronic address (BR-FR-12)', isMet: ({ buyer }) => buyer.electronicAddress !== undefined },
    { detail: 'notes: the fixed compensation for recovery costs, once, with the subject PMT (BR-FR-05)', isMet: hasOneNote('PMT') },
    { detail: 'notes: the penalties for late payment, once, with the subject PMD (BR-FR-05)', isMet: hasOneNote('PMD') },
    { detail: 'notes: the discount for early payment or its absence, once, with the subject AAB (BR-FR-05)', isMet: hasOneNote('AAB') },
    {
      detail: 'tax: a French rate (BR-FR-16)',
      isMet: ({ taxes }) => taxes.every(({ rate }) => rate === undefined || FRENCH_RATES.has(rate)),
    },
    {
      detail: 'tax: its amount in euros (BR-FR-CO-12)',
      isMet: ({ currency, accountingTax }) => currency === 'EUR' || accountingTax?.currency === 'EUR',
    },
  ],
}

/**
 * The details that an electronic invoice of a format needs and the document does not have, in words: "seller: phone with at least
 * three digits (BR-DE-6, BR-DE-27)". The rules that require them are in parentheses.
 * @returns empty if the document can be expressed
 */
export function missingFor(document: DocumentSnapshot, format: InvoiceFormat): string[] {
  const stated = stateChecked(document, format)
  return 'missing' in stated ? stated.missing : []
}

/** States what the electronic invoice of a document contains, or what is missing for one. */
export function stateChecked(document: DocumentSnapshot, format: InvoiceFormat): StatedInvoice | { readonly missing: string[] } {
  const reason = whyNotExpressible(document)
  if (reason !== undefined) return { missing: [reason] }
  const invoice = stateInvoice(document as ExpressibleDocument, format)
  const national = format === 'PEPPOL' ? (NATIONAL_DETAILS[invoice.seller.country ?? ''] ?? []) : []
  const unmet = [...EN_16931, ...PROFILE_DETAILS[format], ...national].filter(({ isMet }) => !isMet(invoice))
  return unmet.length === 0 ? invoice : { missing: unmet.map(({ detail }) => detail) }
}

/** Why the standard does not cover a document, whatever its details are. */
function whyNotExpressible({ kind, number, merchantOfRecord, currency, taxes, lines }: DocumentSnapshot): string | undefined {
  if ((kind !== 'INVOICE' && kind !== 'CREDIT_NOTE') || number === null || merchantOfRecord) {
    return 'document: only invoices and credit notes of the seller can be electronic'
  }
  if (exponentOf(currency) > MAX_FRACTION_DIGITS) return `document: a currency with at most two decimals, which ${currency} is not`
  // In a tax correction, each line has one of the two taxes.
  if (lines.some((line) => taxesOf(line, { taxes }).length !== 1))
    return 'document: one tax, because the standard has no form for several taxes on the same amount'
  return lines.every(isDiscount) ? 'document: a line that is not a discount' : undefined
}

function hasTax({ taxes }: StatedInvoice, category: string): boolean {
  return taxes.some((tax) => tax.category === category)
}

function hasValidAddress({ electronicAddress }: StatedParty): boolean {
  return electronicAddress === undefined || isElectronicAddress(electronicAddress)
}

function hasPeppolAddress({ electronicAddress }: StatedParty): boolean {
  return electronicAddress !== undefined && isPeppolAddress(electronicAddress)
}

function hasOneNote(subject: string): Requirement['isMet'] {
  return ({ notes }) => notes.filter((note) => note.subject === subject).length === 1
}
