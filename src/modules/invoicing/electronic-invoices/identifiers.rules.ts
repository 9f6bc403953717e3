import { isValidVatIdOf } from '../../../core/vat-id.js'

/** An identifier with the code of its scheme, if it has one. */
export interface Identifier {
  readonly scheme: string | undefined
  readonly id: string
}

/** The SIREN of French companies. */
export const SIREN = '0002'
/** Addresses in the directory of French platforms, which begin with the SIREN. */
export const FRENCH_DIRECTORY = '0225'
/** An e-mail address. Networks such as Peppol do not deliver to it. */
export const EMAIL = 'EM'

/** Codes for electronic addresses. Source: the code list EAS of the European Commission, in the rules of EN 16931 1.3.16. */
const ADDRESS_SCHEMES: ReadonlySet<string> = new Set([
  ...'0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0147 0151 0154 0158 0170 0177 0183 0184 0188'.split(' '),
  ...'0190 0191 0192 0193 0194 0195 0196 0198 0199 0200 0201 0202 0203 0204 0205 0208 0209 0210 0211 0212 0213'.split(' '),
  ...'0215 0216 0217 0218 0219 0220 0221 0225 0230 0235 0240 0242 0244 0245 0246 0248 9910 9913 9914 9915 9918'.split(' '),
  ...'9919 9920 9922 9923 9924 9925 9926 9927 9928 9929 9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940'.split(' '),
  ...'9941 9942 9943 9944 9945 9946 9947 9948 9949 9950 9951 9952 9953 9957 9959 AN AQ AS AU EM'.split(' '),
])

interface Register {
  readonly scheme: string
  readonly isNumber: (id: string) => boolean
}

/** National registers of companies that have a code of ISO 6523, by country. Source: the rules PEPPOL-COMMON-R041 to R050. */
const REGISTERS: Readonly<Record<string, Register>> = {
  BE: { scheme: '0208', isNumber: (id) => isValidVatIdOf('BE', `BE${id}`) },
  DK: { scheme: '0184', isNumber: (id) => isValidVatIdOf('DK', `DK${id}`) },
  FR: { scheme: SIREN, isNumber: (id) => /^\d{9}$/.test(id) },
  IS: { scheme: '0196', isNumber: (id) => /^\d{10}$/.test(id) },
  NL: { scheme: '0106', isNumber: (id) => /^\d{8}$/.test(id) },
  NO: { scheme: '0192', isNumber: isNorwegianNumber },
  SE: { scheme: '0007', isNumber: (id) => isValidVatIdOf('SE', `SE${id}01`) },
}

/** Schemes whose numbers have check digits that Peppol verifies. */
const ADDRESS_NUMBERS: Readonly<Record<string, (id: string) => boolean>> = {
  ...Object.fromEntries(Object.values(REGISTERS).map(({ scheme, isNumber }) => [scheme, isNumber])),
  '0088': isGlobalLocationNumber,
  '0151': isAustralianBusinessNumber,
  '0184': (id) => isValidVatIdOf('DK', id.startsWith('DK') ? id : `DK${id}`),
}

/**
 * The number of a company in its national register. A SIRET, which is the number of an establishment, becomes the SIREN.
 * @returns without a scheme if the register has none, or if the text is not a number of the register
 */
export function registration(country: string | undefined, text: string): Identifier {
  const register = country === undefined ? undefined : REGISTERS[country]
  const compact = text.replace(/[\s.-]/g, '')
  const id = country === 'FR' && /^\d{14}$/.test(compact) ? compact.slice(0, 9) : compact
  return register?.isNumber(id) ? { scheme: register.scheme, id } : { scheme: undefined, id: text.trim() }
}

/** A French VAT id consists of FR, two characters and the SIREN. */
export function sirenOf(vatId: string | undefined): string | undefined {
  return /^FR[A-Z0-9]{2}(\d{9})$/.exec(vatId ?? '')?.[1]
}

/** Whether the code is known, and the id has the format and check digits that its scheme requires. */
export function isElectronicAddress({ scheme, id }: Identifier): boolean {
  const isNumber = scheme === undefined ? undefined : ADDRESS_NUMBERS[scheme]
  return scheme !== undefined && ADDRESS_SCHEMES.has(scheme) && /^[!-~]+$/.test(id) && (isNumber?.(id) ?? true)
}

/** Whether the network Peppol can deliver to an address. Its schemes are numbers, those of other networks are letters. */
export function isPeppolAddress(address: Identifier): boolean {
  return isElectronicAddress(address) && /^\d{4}$/.test(address.scheme ?? '')
}

function weightedSum(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0)
}

function isNorwegianNumber(id: string): boolean {
  return /^[1-9]\d{8}$/.test(id) && weightedSum(id, [3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
}

function isGlobalLocationNumber(id: string): boolean {
  return /^\d{13}$/.test(id) && weightedSum(id, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0
}

/** Before the sum, 1 is subtracted from the first digit. */
function isAustralianBusinessNumber(id: string): boolean {
  return /^[1-9]\d{10}$/.test(id) && (weightedSum(id, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0
}
