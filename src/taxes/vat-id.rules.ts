/** How the member states write their VAT numbers, after the prefix. Source: Council Regulation (EU) 904/2010; VIES FAQ, question 11. */
const FORMATS: Readonly<Record<string, RegExp>> = {
  AT: /^U\d{8}$/,
  BE: /^[01]\d{9}$/,
  BG: /^\d{9,10}$/,
  CY: /^\d{8}[A-Z]$/,
  CZ: /^\d{8,10}$/,
  DE: /^[1-9]\d{8}$/,
  DK: /^\d{8}$/,
  EE: /^\d{9}$/,
  EL: /^\d{9}$/,
  ES: /^[A-Z0-9]\d{7}[A-Z0-9]$/,
  FI: /^\d{8}$/,
  FR: /^[A-HJ-NP-Z0-9]{2}\d{9}$/,
  HR: /^\d{11}$/,
  HU: /^\d{8}$/,
  IE: /^(\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W])$/,
  IT: /^\d{11}$/,
  LT: /^(\d{9}|\d{12})$/,
  LU: /^\d{8}$/,
  LV: /^\d{11}$/,
  MT: /^\d{8}$/,
  NL: /^[A-Z0-9+*]{12}$/,
  PL: /^\d{10}$/,
  PT: /^\d{9}$/,
  RO: /^\d{2,10}$/,
  SE: /^\d{12}$/,
  SI: /^\d{8}$/,
  SK: /^\d{10}$/,
}

/** Greece has EL before its numbers, GR everywhere else. */
const PREFIXES: Readonly<Record<string, string>> = { GR: 'EL' }

/** A member state of the European Union. @param country  ISO 3166 */
export function isInEuropeanUnion(country: string): boolean {
  return prefixOf(country) in FORMATS && country !== 'EL'
}

/** As the numbers are compared: "de 123.456.789" is "DE123456789". */
export function normaliseVatId(vatId: string): string {
  return vatId.replace(/[\s.\-/]/g, '').toUpperCase()
}

/** Whether it looks like a VAT number of that country; nobody was asked whether it is in use. */
export function looksLikeVatIdOf(country: string, vatId: string): boolean {
  const prefix = prefixOf(country)
  const number = normaliseVatId(vatId)
  return number.startsWith(prefix) && Boolean(FORMATS[prefix]?.test(number.slice(prefix.length)))
}

/** Whether it has the form of a VAT number of that country, inside the Union or not: its prefix, and letters or digits. */
export function isVatIdOf(country: string, vatId: string): boolean {
  const number = normaliseVatId(vatId)
  return number.startsWith(prefixOf(country)) && /^[A-Z]{2}[A-Z0-9+*]{2,}$/.test(number)
}

function prefixOf(country: string): string {
  return PREFIXES[country] ?? country
}
