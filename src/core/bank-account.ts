/** Removes spaces and converts to upper case: "de89 3704 0044" becomes "DE8937040044". */
export function normalizeBankCode(code: string): string {
  return code.replaceAll(/\s/g, '').toUpperCase()
}

/**
 * Whether a normalized text has the format and the check digits of an IBAN. The account need not exist. Source: ISO
 * 13616.
 */
export function isIban(iban: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false
  const digits = `${iban.slice(4)}${iban.slice(0, 4)}`.replaceAll(/[A-Z]/g, (letter) => String(Number.parseInt(letter, 36)))
  return BigInt(digits) % 97n === 1n
}

/** An IBAN as documents print it, in groups of four: "DE89 3704 0044 0532 0130 00". */
export function formatIban(iban: string): string {
  return iban.replaceAll(/(.{4})(?=.)/g, '$1 ')
}

/** Whether a normalized text has the format of a BIC: bank, country, place and an optional branch. Source: ISO 9362. */
export function isBic(bic: string): boolean {
  return /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(bic)
}
