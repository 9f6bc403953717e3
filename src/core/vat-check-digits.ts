/**
 * Checks the check digits of VAT ids of the European Union, by prefix. Each function receives the number
 * without its prefix, in the format that vat-id.ts requires.
 * Sources: European Commission, VIES, "VAT number construction rules", version 15; the
 * national tax administrations for natural persons in Bulgaria, Czechia, Latvia and Spain,
 * and for the Netherlands since 2020.
 */
export const CHECK_DIGITS: Readonly<Record<string, (number: string) => boolean>> = {
  AT: isAustrian,
  BE: (number) => 97 - (Number(number.slice(0, 8)) % 97) === Number(number.slice(8)),
  BG: isBulgarian,
  CY: isCypriot,
  CZ: isCzech,
  DE: passesMod11And10,
  DK: (number) => weightedSum(number, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
  EE: (number) => weightedSum(number, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0,
  EL: (number) => (weightedSum(number, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === lastDigit(number),
  ES: isSpanish,
  FI: (number) => weightedSum(number, [7, 9, 10, 5, 8, 4, 2, 1]) % 11 === 0,
  FR: isFrench,
  HR: passesMod11And10,
  HU: (number) => weightedSum(number, [9, 7, 3, 1, 9, 7, 3, 1]) % 10 === 0,
  IE: isIrish,
  IT: passesLuhn,
  LT: isLithuanian,
  LU: (number) => Number(number.slice(0, 6)) % 89 === Number(number.slice(6)),
  LV: isLatvian,
  MT: (number) => 37 - (weightedSum(number, [3, 4, 6, 7, 8, 9]) % 37) === Number(number.slice(6)),
  NL: isDutch,
  PL: (number) => weightedSum(number, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === lastDigit(number),
  PT: (number) => ((11 - (weightedSum(number, [9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11) % 10 === lastDigit(number),
  RO: (number) => ((10 * weightedSum(number.padStart(10, '0'), [7, 5, 3, 2, 1, 7, 5, 3, 2])) % 11) % 10 === lastDigit(number),
  SE: (number) => passesLuhn(number.slice(0, 10)) && !number.startsWith('0000000000'),
  SI: isSlovenian,
  SK: (number) => Number(number) % 11 === 0,
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Multiplies the leading digits by the weights and returns the sum. */
function weightedSum(number: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * Number(number[index]), 0)
}

function lastDigit(number: string): number {
  return Number(number.at(-1))
}

function digitSum(number: number): number {
  return Math.trunc(number / 10) + (number % 10)
}

/** Source: ISO/IEC 7812, the "Luhn" formula. */
export function passesLuhn(number: string): boolean {
  const fromRight = [...number].reverse().map(Number)
  return fromRight.reduce((sum, digit, index) => sum + (index % 2 === 0 ? digit : digitSum(2 * digit)), 0) % 10 === 0
}

/** Source: ISO/IEC 7064, MOD 11,10. */
function passesMod11And10(number: string): boolean {
  const product = [...number.slice(0, -1)].reduce((carry, digit) => {
    const sum = (carry + Number(digit)) % 10
    return (2 * (sum === 0 ? 10 : sum)) % 11
  }, 10)
  return (product + lastDigit(number)) % 10 === 1
}

/** The letter U and eight digits. */
function isAustrian(number: string): boolean {
  const digits = number.slice(1)
  const sum = [...digits.slice(0, 7)].reduce(
    (total, digit, index) => total + (index % 2 === 0 ? Number(digit) : digitSum(2 * Number(digit))),
    4,
  )
  return (10 - (sum % 10)) % 10 === lastDigit(digits)
}

/**
 * Nine digits for a legal entity, ten for a citizen, a foreigner or another person.
 * Each kind has its own weights.
 */
function isBulgarian(number: string): boolean {
  const check = lastDigit(number)
  if (number.length === 9) {
    const first = weightedSum(number, [1, 2, 3, 4, 5, 6, 7, 8]) % 11
    const remainder = first === 10 ? weightedSum(number, [3, 4, 5, 6, 7, 8, 9, 10]) % 11 : first
    return remainder % 10 === check
  }
  const citizen = isBulgarianBirthDate(number) ? (weightedSum(number, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 : undefined
  const foreigner = weightedSum(number, [21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10
  const other = (11 - (weightedSum(number, [4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11
  return [citizen, foreigner, other].includes(check)
}

/** The month is increased by 20 for births before 1900 and by 40 for births since 2000. */
function isBulgarianBirthDate(number: string): boolean {
  return /^\d\d([024][1-9]|[135][0-2])(0[1-9]|[12]\d|3[01])/.test(number)
}

/** Eight digits and a letter. */
function isCypriot(number: string): boolean {
  const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21]
  const sum = [...number.slice(0, 8)].reduce(
    (total, digit, index) => total + (index % 2 === 0 ? (odd[Number(digit)] ?? 0) : Number(digit)),
    0,
  )
  return LETTERS[sum % 26] === number[8]
}

/**
 * Eight digits for a legal entity; nine digits that start with 6 for groups and others; otherwise the number
 * of a natural person, which has no check digit when it was assigned before 1954 (nine digits).
 */
function isCzech(number: string): boolean {
  if (number.length === 8) {
    const remainder = weightedSum(number, [8, 7, 6, 5, 4, 3, 2]) % 11
    return (11 - remainder) % 10 === lastDigit(number)
  }
  if (number.length === 9 && number.startsWith('6')) {
    const remainder = weightedSum(number.slice(1), [8, 7, 6, 5, 4, 3, 2]) % 11
    return [8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8][remainder] === lastDigit(number)
  }
  if (!isCzechBirthDate(number)) return false
  if (number.length === 9) return true
  // Until 1985 a remainder of 10 was written as 0.
  return Number(number) % 11 === 0 || (Number(number.slice(0, 9)) % 11 === 10 && number.endsWith('0'))
}

/** The month is increased by 50 for women, and by another 20 when the numbers of a day are used up. */
function isCzechBirthDate(number: string): boolean {
  return /^\d\d([0257][1-9]|[1368][0-2])(0[1-9]|[12]\d|3[01])/.test(number)
}

const SPANISH_PERSON = 'TRWAGMYFPDXBNJZSQVHLCKE'
const SPANISH_ENTITY = 'JABCDEFGHI'

/**
 * The NIF of a citizen (DNI), a foreigner (NIE: X, Y, Z), another person (K, L, M) or a legal entity (CIF).
 */
function isSpanish(number: string): boolean {
  const [kind, check] = [number.charAt(0), number.charAt(8)]
  if (/\d/.test(kind)) return SPANISH_PERSON[Number(number.slice(0, 8)) % 23] === check
  if ('XYZ'.includes(kind)) return SPANISH_PERSON[Number(`${'XYZ'.indexOf(kind)}${number.slice(1, 8)}`) % 23] === check
  if ('KLM'.includes(kind)) return SPANISH_PERSON[Number(number.slice(1, 8)) % 23] === check
  // Sources disagree on which kinds of legal entity have a digit and which have
  // a letter, so both are accepted.
  const digit = spanishEntityDigit(number.slice(1, 8))
  return check === String(digit) || check === SPANISH_ENTITY[digit]
}

function spanishEntityDigit(digits: string): number {
  const sum = [...digits].reduce((total, digit, index) => total + (index % 2 === 0 ? digitSum(2 * Number(digit)) : Number(digit)), 0)
  return (10 - (sum % 10)) % 10
}

const FRENCH_KEY = '0123456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/** A key of two characters and the SIREN, which has its own check digit except in Monaco (000…). */
function isFrench(number: string): boolean {
  const [key, siren] = [number.slice(0, 2), number.slice(2)]
  if (siren === '000000000' || !(siren.startsWith('000') || passesLuhn(siren))) return false
  if (/^\d\d$/.test(key)) return (12 + 3 * (Number(siren) % 97)) % 97 === Number(key)
  const [first, second] = [...key].map((character) => FRENCH_KEY.indexOf(character)) as [number, number]
  const value = first < 10 ? first * 24 + second - 10 : first * 34 + second - 100
  return (Number(siren) + 1 + Math.trunc(value / 11)) % 11 === value % 11
}

const IRISH = 'WABCDEFGHIJKLMNOPQRSTUV'

/**
 * Seven digits, a check letter and an optional letter. Before 1991 the second
 * character was a letter or a symbol.
 */
function isIrish(number: string): boolean {
  const digits = /^\d{7}/.test(number) ? number.slice(0, 7) : `0${number.slice(2, 7)}${number.charAt(0)}`
  const last = number.charAt(8)
  const sum = weightedSum(digits, [8, 7, 6, 5, 4, 3, 2]) + 9 * (last === '' ? 0 : IRISH.indexOf(last))
  return IRISH[sum % 23] === number[7]
}

/** Nine digits, or twelve for temporary registrations. The digit before the check digit is 1. */
function isLithuanian(number: string): boolean {
  const digits = [...number.slice(0, -1)].map(Number)
  const remainder = (start: number) => digits.reduce((sum, digit, index) => sum + digit * (((index + start) % 9) + 1), 0) % 11
  const first = remainder(0)
  return (first === 10 ? remainder(2) % 10 : first) === lastDigit(number)
}

/**
 * A first digit of 4 or more means a legal entity. A natural person has the date
 * of birth, or 32 without a date.
 */
function isLatvian(number: string): boolean {
  if (Number(number[0]) >= 4) {
    const remainder = weightedSum(number, [9, 1, 4, 8, 3, 10, 2, 5, 7, 6]) % 11
    if (remainder === 4) return number.startsWith('9') && number.endsWith('0')
    return (14 - remainder) % 11 === lastDigit(number)
  }
  if (number.startsWith('32')) return true
  const check = ((1 + weightedSum(number, [10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11) % 10
  return /^(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])/.test(number) && check === lastDigit(number)
}

/**
 * The ninth digit checks legal entities. Since 2020, sole traders have two
 * check digits at the end, modulo 97.
 */
function isDutch(number: string): boolean {
  if (number.startsWith('000000000') || number.endsWith('00')) return false
  const isLegalEntity = /^\d{9}/.test(number) && weightedSum(number, [9, 8, 7, 6, 5, 4, 3, 2]) % 11 === Number(number[8])
  if (isLegalEntity) return true
  const values = [...`NL${number}`].map((character) => (/\d/.test(character) ? character : String(dutchValue(character))))
  return BigInt(values.join('')) % 97n === 1n
}

function dutchValue(character: string): number {
  return character === '+' ? 36 : character === '*' ? 37 : LETTERS.indexOf(character) + 10
}

function isSlovenian(number: string): boolean {
  const remainder = weightedSum(number, [8, 7, 6, 5, 4, 3, 2]) % 11
  return remainder !== 0 && (11 - remainder) % 10 === lastDigit(number)
}
