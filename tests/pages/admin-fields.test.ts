import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAmount } from '../../packages/pages/src/admin/blocks/amount-text.js'
import { formatDecimal } from '../../src/core/money.js'

describe('an amount that an administrator enters', () => {
  test.each([
    ['49', 'EUR', 4900],
    [' 49,5 ', 'EUR', 4950],
    ['0.05', 'EUR', 5],
    ['0', 'EUR', 0],
    ['1500', 'JPY', 1500],
    ['1.234', 'KWD', 1234],
  ])('%s in %s is %d minor units', (text, currency, minorUnits) => {
    expect(parseAmount(text, currency)).toBe(minorUnits)
  })

  test.each([
    ['', 'EUR'],
    ['abc', 'EUR'],
    ['-5', 'EUR'],
    ['1.234', 'EUR'],
    ['1.5', 'JPY'],
    ['1,000.00', 'EUR'],
    ['1e3', 'EUR'],
  ])('%s is not an amount in %s', (text, currency) => {
    expect(parseAmount(text, currency)).toBeUndefined()
  })

  test('is what the API has formatted', () => {
    const currencies = fc.constantFrom('EUR', 'USD', 'JPY', 'KWD')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), currencies, (minorUnits, currency) => {
        expect(parseAmount(formatDecimal({ minorUnits: BigInt(minorUnits), currency }), currency)).toBe(minorUnits)
      }),
    )
  })
})
