import { buildCreditNote, buildTaxCorrection } from '../../src/modules/invoicing/credit-note.rules.js'
import type { DocumentSnapshot, InvoiceFormat } from '../../src/modules/invoicing/document-snapshot.js'
import { onlyTax, type TaxDecision } from '../../src/modules/invoicing/tax/tax.rules.js'
import { orderLines, sampleDocument } from './document.js'

export const STANDARD = onlyTax({ category: 'STANDARD', millionths: 190_000 })
export const FRENCH = onlyTax({ category: 'STANDARD', millionths: 200_000 })
export const ZERO = onlyTax({ category: 'ZERO', millionths: 0 })
export const EXEMPT = onlyTax({ category: 'EXEMPT', millionths: 0, exemption: 'Small business, section 19 UStG' })
export const NOT_TAXED = onlyTax({ category: 'NOT_TAXED', millionths: 0 })
export const OUT_OF_SCOPE = onlyTax({ category: 'OUT_OF_SCOPE', millionths: 0, customerOwesTax: true })
export const REVERSE = onlyTax({ category: 'REVERSE_CHARGE', millionths: 0 })

export const TRANSFER = { name: 'Bank transfer', instructions: null, iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' }

/** A line, a quantity that does not divide the amount of its line, and a discount. */
export const LINES = [
  ...orderLines(1, 5000n),
  { description: 'Backup', quantity: 3, unitPrice: 333n, amount: 1000n },
  { description: 'Voucher', quantity: 1, unitPrice: -300n, amount: -300n },
]

export const GERMAN_SELLER = {
  company: 'Hosting GmbH',
  name: 'Hosting GmbH',
  address: 'Hauptstraße 1',
  city: 'Berlin',
  zip: '10115',
  country: 'DE',
  taxId: 'DE136695976',
  email: 'billing@hosting.example',
  registrationId: 'HRB 12345 B',
  register: 'Amtsgericht Charlottenburg, managing director: Ada Lovelace',
  contact: 'Accounting',
  phone: '+49 30 1234567',
}

export const GERMAN_BUYER = {
  name: 'Stadt Köln',
  email: 'rechnung@koeln.example',
  address: 'Rathausplatz 1\nZimmer 2\nPoststelle\nTor 3',
  city: 'Köln',
  state: null,
  zip: '50667',
  country: 'DE',
  taxId: null,
  registrationId: null,
  reference: '05315-0-12',
  purchaseOrder: 'PO-7',
  electronicAddress: { scheme: '0204', id: '05315-0-12' },
}

export const FRENCH_SELLER = {
  company: 'Hébergement SAS',
  name: 'Hébergement SAS',
  address: '1 rue de la Paix',
  city: 'Paris',
  zip: '75002',
  country: 'FR',
  taxId: 'FR40303265045',
  email: 'facturation@hebergement.example',
  registrationId: '303 265 045',
}

export const FRENCH_BUYER = {
  ...GERMAN_BUYER,
  name: 'Acheteur SARL',
  email: 'achats@acheteur.example',
  address: '2 rue du Port',
  city: 'Lyon',
  zip: '69001',
  country: 'FR',
  taxId: 'FR83404833048',
  registrationId: null,
  reference: null,
  purchaseOrder: null,
  electronicAddress: null,
}

export const FRENCH_NOTES = [
  { subject: 'PMT', text: 'Indemnité forfaitaire pour frais de recouvrement : 40 €' },
  { subject: 'PMD', text: 'Pénalités de retard : trois fois le taux d’intérêt légal' },
  { subject: 'AAB', text: 'Pas d’escompte pour paiement anticipé' },
  { subject: null, text: 'Merci & à bientôt <3' },
]

export const DUTCH_BUYER = {
  ...GERMAN_BUYER,
  name: 'Klant B.V.',
  email: 'inkoop@klant.example',
  address: 'Damrak 1',
  city: 'Amsterdam',
  zip: '1012 LG',
  country: 'NL',
  taxId: 'NL004495445B01',
  registrationId: '12345678',
  reference: null,
  purchaseOrder: null,
  electronicAddress: { scheme: '0106', id: '12345678' },
}

export const BELGIAN_SELLER = {
  company: 'Hosting BV',
  name: 'Hosting BV',
  address: 'Wetstraat 1',
  city: 'Brussel',
  zip: '1000',
  country: 'BE',
  taxId: 'BE0202239951',
  email: 'facturen@hosting.example',
  registrationId: '0202.239.951',
  register: 'RPR Brussel',
  contact: 'Boekhouding',
  phone: '+32 2 123 45 67',
  electronicAddress: { scheme: '0208', id: '0202239951' },
}

const OPEN = { paid: false, dueDate: '2026-05-15T10:00:00.000Z', howToPay: { methods: [TRANSFER] } }

/** For each format, an open invoice with all details that the format requires, and a discount. */
const SAMPLES: Record<InvoiceFormat, { tax: TaxDecision; changes: Partial<DocumentSnapshot> }> = {
  FACTUR_X: { tax: STANDARD, changes: { ...OPEN, issuer: GERMAN_SELLER, buyer: DUTCH_BUYER } },
  XRECHNUNG: { tax: STANDARD, changes: { ...OPEN, issuer: GERMAN_SELLER, buyer: GERMAN_BUYER } },
  PEPPOL: { tax: REVERSE, changes: { ...OPEN, issuer: BELGIAN_SELLER, buyer: DUTCH_BUYER } },
  FRANCE: { tax: FRENCH, changes: { ...OPEN, issuer: FRENCH_SELLER, buyer: FRENCH_BUYER, notes: FRENCH_NOTES } },
}

/** An open invoice that can be expressed in a format. */
export function documentFor(
  format: InvoiceFormat,
  changes: Partial<DocumentSnapshot> = {},
  tax: TaxDecision = SAMPLES[format].tax,
  lines = LINES,
): DocumentSnapshot {
  return sampleDocument({ lines, tax }, { format, timeZone: 'Europe/Berlin', ...SAMPLES[format].changes, ...changes })
}

/** The correction of an invoice whose buyer has a VAT id since. */
export function taxCorrectionFor(invoice: DocumentSnapshot, vatId: string, credited = { total: 0n, tax: 0n }): DocumentSnapshot {
  const correction = { ...REVERSE, check: { method: 'FORMAT', vatId, at: '2026-05-08T10:00:00.000Z' } } as const
  const terms = { reason: 'Tax credited', date: new Date('2026-05-09T10:00:00.000Z'), describeAgain: (items: string) => `Again: ${items}` }
  return buildTaxCorrection({ number: 'CN-2026-000002', invoice, credited, correction, ...terms })
}

/** A full credit note, or one for an amount in minor units. */
export function creditNoteFor(invoice: DocumentSnapshot, amount = BigInt(invoice.total)): DocumentSnapshot {
  const date = new Date('2026-05-09T10:00:00.000Z')
  return buildCreditNote({ number: 'CN-2026-000001', invoice, creditedBefore: 0n, amount, reason: 'Outage', date })
}
