import { DomainError, invalidInputError } from '../../core/errors.js'
import { formatDecimal, MAX_MINOR_UNITS, parseDecimal } from '../../core/money.js'

/**
 * Parses a decimal amount: in USD 150 is 15000 minor units, and "14.50" is 1450. A number is converted
 * through its shortest decimal text, without float arithmetic.
 * @throws BAD_USER_INPUT naming the field, also for more decimal places than the currency has
 */
export function parseAmount(field: string, amount: number | string, currency: string): number {
  const minorUnits = parseDecimalText(field, String(amount), currency)
  if (minorUnits > MAX_MINOR_UNITS || minorUnits < -MAX_MINOR_UNITS) throw invalidInputError(field, 'is too large')
  return Number(minorUnits)
}

function parseDecimalText(field: string, decimal: string, currency: string): bigint {
  try {
    return parseDecimal(decimal, currency)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const example = formatDecimal({ minorUnits: 1500n, currency })
    throw invalidInputError(field, `must be an amount in ${currency} with the decimal places of that currency, for example ${example}`)
  }
}
