import { DomainError } from '../../core/errors.js'
import { formatDecimal, parseDecimal } from '../../core/money.js'
import { type OrderLine, singleLine } from '../orders/index.js'
import { rowError } from './import-row.js'
import type { ParsedRows } from './row-schemas.js'

/** How amounts are written. */
export interface AmountFormat {
  readonly currency: string
  /** Whether amounts are in minor units: 1500 means 15.00. */
  readonly minorUnits: boolean
}

/** @returns minor units. @throws RowError naming the field */
export function parseAmount(field: string, text: string, { currency, minorUnits }: AmountFormat): bigint {
  if (minorUnits) {
    if (!/^-?\d+$/.test(text)) throw rowError(field, `"${text}" is not a whole number of minor units; use 1500 for 15.00`)
    return BigInt(text)
  }
  try {
    return parseDecimal(text, currency)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    throw rowError(field, error.message)
  }
}

/** What an imported order costs, minor units. */
export interface ImportedAmounts {
  /** Tax included. */
  readonly amount: bigint
  readonly net: bigint
  /** They add up to `net`. */
  readonly lines: OrderLine[]
}

/**
 * Calculates the amounts and the lines of an order.
 * @param planName  describes an order without items and description
 * @throws RowError if they do not add up: items less discount, plus tax, are the amount
 */
export function orderAmounts(values: ParsedRows['orders'], planName: string | undefined, format: AmountFormat): ImportedAmounts {
  const amount = parseAmount('amount', values.amount, format)
  const tax = values.tax === undefined ? 0n : parseAmount('tax', values.tax, format)
  const discount = values.discount === undefined ? 0n : parseAmount('discount', values.discount, format)
  const net = amount - tax
  if (net < 0n) throw rowError('tax', 'is more than the amount, which includes it')
  const items = itemLines(values, planName, format, net + discount)
  const lines = discount === 0n ? items : [...items, discountLine(values.discountName, discount)]
  return { amount, net, lines }
}

function itemLines(
  { items, description }: ParsedRows['orders'],
  planName: string | undefined,
  format: AmountFormat,
  expected: bigint,
): OrderLine[] {
  if (!items) {
    const text = description ?? planName
    return [singleLine(text === undefined ? { kind: 'ORDER', parameters: {} } : { kind: 'TEXT', description: text }, expected)]
  }
  const lines = items.map(({ description: text, quantity = 1, price }): OrderLine => {
    const unitPrice = parseAmount('items', price, format)
    return { kind: 'TEXT', description: text, quantity, unitPrice, amount: unitPrice * BigInt(quantity) }
  })
  const sum = lines.reduce((total, line) => total + line.amount, 0n)
  if (sum !== expected) {
    const show = (minorUnits: bigint) => `${formatDecimal({ minorUnits, currency: format.currency })} ${format.currency}`
    const fix = 'correct one of them, or remove the items to import the order with a single line'
    throw rowError('items', `their sum is ${show(sum)}, but amount, discount and tax require ${show(expected)}; ${fix}`)
  }
  return lines
}

function discountLine(name: string | undefined, discount: bigint): OrderLine {
  return singleLine({ kind: 'DISCOUNT', parameters: name === undefined ? {} : { name } }, -discount)
}
