import { passesLuhn } from './vat-check-digits.js'

/** The SIREN of La Poste, which has more establishments than its check digits allow. */
const LA_POSTE = '356000000'

/** A number in the register of companies as it is stored: a French one without spaces. @param country  ISO 3166, null if it is unknown */
export function normalizeRegistrationId(country: string | null | undefined, id: string): string {
  return country === 'FR' ? id.replaceAll(/[\s.]/g, '') : id
}

/**
 * Checks a number in the register of companies. Only French ones have a known format.
 * @returns the problem as the end of a sentence, undefined if there is none
 */
export function registrationIdProblem(country: string | null | undefined, id: string): string | undefined {
  if (country !== 'FR' || isSirenOrSiret(normalizeRegistrationId(country, id))) return undefined
  return 'must be a SIREN (9 digits) or a SIRET (14 digits) with valid check digits, because the country is FR'
}

/** Source: INSEE, SIRENE. A SIRET is the SIREN of the company and five digits. The last digit of each is a check digit. */
function isSirenOrSiret(number: string): boolean {
  const siren = number.slice(0, 9)
  if (!/^\d{9}(\d{5})?$/.test(number) || !/[1-9]/.test(siren) || !passesLuhn(siren)) return false
  return passesLuhn(number) || (siren === LA_POSTE && sumOfDigits(number) % 5 === 0)
}

function sumOfDigits(number: string): number {
  return [...number].reduce((sum, digit) => sum + Number(digit), 0)
}
