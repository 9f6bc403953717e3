import { CHECK_DIGITS } from './vat-check-digits.js'

/**
 * The formats of VAT ids after their prefix. Sources: Council Regulation (EU)
 * 904/2010; VIES FAQ, question 11.
 */
const VAT_ID_FORMATS: Readonly<Record<string, RegExp>> = {
  AT: /^U\d{8}$/,
  BE: /^[01]\d{9}$/,
  BG: /^\d{9,10}$/,
  CY: /^\d{8}[A-Z]$/,
  CZ: /^\d{8,10}$/,
  DE: /^[1-9]\d{8}$/,
  DK: /^[1-9]\d{7}$/,
  EE: /^\d{9}$/,
  EL: /^\d{9}$/,
  ES: /^[0-9A-HJ-NP-SU-Z]\d{7}[A-Z0-9]$/,
  FI: /^\d{8}$/,
  FR: /^[A-HJ-NP-Z0-9]{2}\d{9}$/,
  HR: /^\d{11}$/,
  HU: /^\d{8}$/,
  IE: /^(\d{7}[A-W][A-IW]?|\d[A-Z+*]\d{5}[A-W])$/,
  IT: /^\d{11}$/,
  LT: /^(\d{7}1\d|\d{10}1\d)$/,
  LU: /^\d{8}$/,
  LV: /^\d{11}$/,
  MT: /^\d{8}$/,
  NL: /^[A-Z0-9+*]{9}B\d{2}$/,
  PL: /^\d{10}$/,
  PT: /^[1-9]\d{8}$/,
  RO: /^[1-9]\d{1,9}$/,
  SE: /^\d{10}(0[1-9]|[1-8]\d|9[0-4])$/,
  SI: /^[1-9]\d{7}$/,
  SK: /^[1-9]\d[2-47-9]\d{7}$/,
}

/** Prefixes that differ from the country code: Greece (GR) uses EL. */
const VAT_ID_PREFIXES: Readonly<Record<string, string>> = { GR: 'EL' }

/** Prefixes of countries where other tax or company numbers look like a VAT id without its prefix. */
const AMBIGUOUS_WITHOUT_PREFIX: ReadonlySet<string> = new Set(['LT', 'SE'])

/** The member states of the European Union, ISO 3166. */
export const MEMBER_STATES: readonly string[] = Object.keys(VAT_ID_FORMATS).map((prefix) => (prefix === 'EL' ? 'GR' : prefix))

/** Whether a country is a member state of the European Union. @param country  ISO 3166 */
export function isInEuropeanUnion(country: string): boolean {
  return vatIdPrefix(country) in VAT_ID_FORMATS && country !== 'EL'
}

/** Removes separators and converts to upper case: "de 123.456.789" becomes "DE123456789". */
export function normalizeVatId(vatId: string): string {
  return vatId.replace(/[\s.\-/]/g, '').toUpperCase()
}

/** A VAT id of a member state, as VIES identifies it. */
export interface VatId {
  /** The country code; EL for Greece. */
  readonly prefix: string
  readonly number: string
}

/**
 * Splits the VAT id of any member state. @returns undefined for any other tax id, also for one whose check digits are wrong
 */
export function parseVatId(taxId: string): VatId | undefined {
  const normalized = normalizeVatId(taxId)
  const [prefix, number] = [normalized.slice(0, 2), normalized.slice(2)]
  return hasValidFormat(prefix, number) ? { prefix, number } : undefined
}

/** The normalized VAT id, such as "DE123456789". */
export function formatVatId({ prefix, number }: VatId): string {
  return prefix + number
}

/**
 * Whether a text has the format and the check digits of a VAT id of a member
 * state. The id need not be in use.
 */
export function isValidVatIdOf(country: string, vatId: string): boolean {
  const prefix = vatIdPrefix(country)
  const number = normalizeVatId(vatId)
  return number.startsWith(prefix) && hasValidFormat(prefix, number.slice(prefix.length))
}

/**
 * Checks a tax id that claims to be a VAT id of a member state: it starts with the prefix of the
 * customer's own country, or has the format of a VAT id. National tax numbers and those of customers
 * outside the Union are not checked.
 * @param country  ISO 3166, null when it is unknown
 * @returns the problem as the end of a sentence, undefined when there is none
 */
export function vatIdProblem(country: string | null, taxId: string): string | undefined {
  if (country !== null && !isInEuropeanUnion(country)) return undefined
  const number = normalizeVatId(taxId)
  const own = country === null ? undefined : vatIdPrefix(country)
  if (own !== undefined && !AMBIGUOUS_WITHOUT_PREFIX.has(own) && VAT_ID_FORMATS[own]?.test(number)) {
    return hasValidFormat(own, number) ? undefined : wrongCheckDigitsMessage(own)
  }
  const prefix = number.slice(0, 2)
  if (VAT_ID_FORMATS[prefix]?.test(number.slice(2)))
    return hasValidFormat(prefix, number.slice(2)) ? undefined : wrongCheckDigitsMessage(prefix)
  if (own === undefined || (prefix !== own && prefix !== country)) return undefined
  return `does not have the format of a VAT id with the prefix ${own}; correct it or leave it out`
}

function wrongCheckDigitsMessage(prefix: string): string {
  return `is not a valid VAT id with the prefix ${prefix}: its check digits are wrong; correct it or leave it out`
}

function hasValidFormat(prefix: string, number: string): boolean {
  const hasDigits = /[1-9]/.test(number)
  return hasDigits && Boolean(VAT_ID_FORMATS[prefix]?.test(number) && CHECK_DIGITS[prefix]?.(number))
}

/**
 * Whether a text looks like a VAT id of a country, in the Union or not: its prefix
 * followed by letters or digits.
 */
export function hasVatIdShape(country: string, vatId: string): boolean {
  const number = normalizeVatId(vatId)
  return number.startsWith(vatIdPrefix(country)) && /^[A-Z]{2}[A-Z0-9+*]{2,}$/.test(number)
}

function vatIdPrefix(country: string): string {
  return VAT_ID_PREFIXES[country] ?? country
}
