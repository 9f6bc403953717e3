/** The number of decimals of a currency; undefined for a text that is not one. */
function digitsOf(currency: string): number | undefined {
  if (!/^[A-Z]{3}$/.test(currency)) return undefined
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}

/**
 * Parses an amount as people write it, with a point or a comma before the decimals.
 * @param maxDigits  before the decimals
 * @returns minor units, or undefined if it is not an amount of the currency
 */
export function parseAmount(text: string, currency: string, maxDigits = 16): number | undefined {
  const [, whole, decimals = ''] = /^(\d+)(?:[.,](\d+))?$/.exec(text.trim()) ?? []
  const digits = digitsOf(currency)
  if (whole === undefined || whole.length > maxDigits || digits === undefined || decimals.length > digits) return undefined
  const minorUnits = Number(whole + decimals.padEnd(digits, '0'))
  return Number.isSafeInteger(minorUnits) ? minorUnits : undefined
}
