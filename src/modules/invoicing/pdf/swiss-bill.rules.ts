import type { Seller } from '../../../config/config.js'
import { formatIban } from '../../../core/bank-account.js'
import { formatDecimal } from '../../../core/money.js'
import type { BuyerDetails, DocumentSnapshot } from '../document-snapshot.js'
import { epcCode, oneLine, transferFor } from './transfer.rules.js'

/** The data of a payment part with a Swiss QR code. */
export interface SwissBill {
  readonly iban: string
  readonly creditor: SwissAddress
  /** Null if the address of the buyer lacks a required part. The payer then writes it by hand. */
  readonly debtor: SwissAddress | null
  /** "1234.50" */
  readonly amount: string
  readonly currency: string
  readonly reference: SwissReference
  readonly information: string
}

export interface SwissAddress {
  readonly name: string
  readonly street: string
  readonly number: string
  readonly zip: string
  readonly city: string
  readonly country: string
}

export interface SwissReference {
  /** QR reference, creditor reference of ISO 11649, or none. */
  readonly type: 'QRR' | 'SCOR' | 'NON'
  readonly value: string
}

const COUNTRIES = ['CH', 'LI']
const CURRENCIES = ['CHF', 'EUR']
const MAX_AMOUNT = 99_999_999_999n
const MAX_LENGTH = { name: 70, street: 70, number: 16, zip: 16, city: 35, information: 140 } as const
const ALLOWED_CHARACTERS = /^[\u0020-\u007e\u00a0-\u017f\u0218-\u021b\u20ac]*$/
/** Typographic characters that the code does not allow. */
const PLAIN_CHARACTERS: Readonly<Record<string, string>> = { '‘': "'", '’': "'", '“': '"', '”': '"', '„': '"', '–': '-', '—': '-' }

/**
 * Source: Swiss Implementation Guidelines QR-bill 2.3.
 * @returns undefined if the document has an EPC code or nothing to pay, or if the standard does not allow a payment part: an
 *   account outside Switzerland and Liechtenstein, another currency, too large an amount, or a seller without an address
 */
export function swissBillOf(document: DocumentSnapshot): SwissBill | undefined {
  const { issuer, buyer } = document
  const transfer = transferFor(document)
  if (!transfer || epcCode(transfer)) return undefined
  const { iban, amount, currency, reference } = transfer
  const creditor = swissAddress(issuer)
  const swissReference = referenceFor(iban, reference)
  const isAllowed = COUNTRIES.includes(iban.slice(0, 2)) && CURRENCIES.includes(currency) && amount <= MAX_AMOUNT
  if (!isAllowed || !creditor || !swissReference) return undefined
  const information = plainText(reference, MAX_LENGTH.information)
  return {
    iban,
    creditor,
    debtor: swissAddress(buyer) ?? null,
    amount: formatDecimal({ minorUnits: amount, currency }),
    currency,
    reference: swissReference,
    information: ALLOWED_CHARACTERS.test(information) ? information : '',
  }
}

/** The text of the QR code. */
export function swissCode({ iban, creditor, debtor, amount, currency, reference, information }: SwissBill): string {
  const noAddress = Array.from({ length: 7 }, () => '')
  return [
    'SPC',
    '0200',
    '1',
    iban,
    ...addressElements(creditor),
    // For an ultimate creditor, which the standard does not use yet.
    ...noAddress,
    amount,
    currency,
    ...(debtor ? addressElements(debtor) : noAddress),
    reference.type,
    reference.value,
    information,
    'EPD',
  ].join('\n')
}

function addressElements({ name, street, number, zip, city, country }: SwissAddress): string[] {
  return ['S', name, street, number, zip, city, country]
}

function swissAddress(party: Seller | BuyerDetails): SwissAddress | undefined {
  const { country } = party
  const [street = '', number = ''] = splitStreet(plainText((party.address ?? '').replaceAll('\n', ', '), MAX_LENGTH.street))
  const [name, zip, city] = (['name', 'zip', 'city'] as const).map((part) => plainText(party[part] ?? '', MAX_LENGTH[part]))
  if (!name || !zip || !city || !country) return undefined
  const address = { name, street, number, zip, city, country }
  return Object.values(address).every((text) => ALLOWED_CHARACTERS.test(text)) ? address : undefined
}

/** "Rue du Lac 7a" is a street and a number. A number before the name remains part of the street. */
function splitStreet(address: string): string[] {
  const match = /^(.*\D)\s(\d+\s?[a-zA-Z]?)$/.exec(address)
  return match ? match.slice(1) : [address]
}

function plainText(text: string, maxLength: number): string {
  return oneLine(
    text.replaceAll(/[‘’“”„–—]/g, (character) => PLAIN_CHARACTERS[character] ?? character),
    maxLength,
  )
}

/** A QR-IBAN requires a QR reference and every other IBAN excludes it. */
function referenceFor(iban: string, reference: string): SwissReference | undefined {
  if (isQrIban(iban)) {
    const digits = reference.replaceAll(/\D/g, '')
    return digits.length >= 1 && digits.length <= 26 ? { type: 'QRR', value: qrReference(digits) } : undefined
  }
  const characters = reference.replaceAll(/[^A-Za-z0-9]/g, '').toUpperCase()
  const isExpressible = characters.length >= 1 && characters.length <= 21
  return isExpressible ? { type: 'SCOR', value: creditorReference(characters) } : { type: 'NON', value: '' }
}

/** The institution of a QR-IBAN has a number from 30000 to 31999. */
function isQrIban(iban: string): boolean {
  const institution = Number(iban.slice(4, 9))
  return institution >= 30_000 && institution <= 31_999
}

const CHECK_TABLE = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5]

/** 26 digits and a check digit by modulo 10, recursive. */
function qrReference(digits: string): string {
  const padded = digits.padStart(26, '0')
  const carry = [...padded].reduce((sum, digit) => CHECK_TABLE[(sum + Number(digit)) % 10] ?? 0, 0)
  return `${padded}${(10 - carry) % 10}`
}

/** "RF", two check digits and the characters. Source: ISO 11649. */
function creditorReference(characters: string): string {
  const digits = [...`${characters}RF00`].map((character) => String(Number.parseInt(character, 36))).join('')
  return `RF${String(98n - (BigInt(digits) % 97n)).padStart(2, '0')}${characters}`
}

/** As the standard prints it: groups of five after the first two for a QR reference, groups of four for the other one. */
export function printedReference({ type, value }: SwissReference): string {
  return type === 'QRR' ? value.replaceAll(/(?<=^\d{2}(?:\d{5})*)(?=\d)/g, ' ').trim() : formatIban(value)
}

/** "1 234 567.50" */
export function printedAmount(amount: string): string {
  return amount.replaceAll(/\B(?=(?:\d{3})+\.)/g, ' ')
}
