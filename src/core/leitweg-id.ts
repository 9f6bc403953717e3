/**
 * Authority (2, 3, 5, 8, 9 or 12 digits, the first two for the state or the federation), an optional finer address, and
 * two check digits. Source: KoSIT, format specification of the Leitweg-ID, version 2.0.
 */
const SHAPE = /^(0[1-9]|1[0-6]|99)(\d(\d\d(\d{3,4}|\d{7})?)?)?(-[A-Z0-9]{1,30})?-\d\d$/i

/** Whether a text looks like a Leitweg-ID, by which German authorities address their invoices. */
export function hasLeitwegIdShape(text: string): boolean {
  return SHAPE.test(text)
}

/** Whether a text is a Leitweg-ID with valid check digits. Source: ISO/IEC 7064, MOD 97-10, with A as 10 to Z as 35. */
export function isLeitwegId(text: string): boolean {
  if (!hasLeitwegIdShape(text)) return false
  const digits = text.replaceAll('-', '').replaceAll(/[A-Z]/gi, (letter) => String(Number.parseInt(letter, 36)))
  return BigInt(digits) % 97n === 1n
}
