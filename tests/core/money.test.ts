import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addMoney,
  allocate,
  exponentOf,
  formatDecimal,
  formatMoney,
  isCurrency,
  parseDecimal,
  percentage,
  scale,
} from '../../src/core/money.js'

const amounts = fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n })
const currencies = fc.constantFrom('USD', 'EUR', 'JPY', 'KWD', 'XAF', 'TND')

describe('the exponent of a currency', () => {
  test.each('JPY KRW CLP ISK VND XAF XOF'.split(' '))('is 0 for %s', (currency) => expect(exponentOf(currency)).toBe(0))
  test.each('BHD IQD JOD KWD LYD OMR TND'.split(' '))('is 3 for %s', (currency) => expect(exponentOf(currency)).toBe(3))
  test.each(['USD', 'EUR', 'GBP'])('is 2 for %s', (currency) => expect(exponentOf(currency)).toBe(2))
  test('is defined for ISO codes in upper case only', () => {
    expect([isCurrency('USD'), isCurrency('usd'), isCurrency('ABC')]).toEqual([true, false, false])
  })
})

describe('parseDecimal', () => {
  test.each([
    ['USD', '15.00', 1500n],
    ['USD', '15', 1500n],
    ['KWD', '1.500', 1500n],
    ['JPY', '500', 500n],
    ['USD', '19.99', 1999n],
    ['USD', '8.95', 895n],
    ['USD', '4.35', 435n],
    ['USD', '1.15', 115n],
    ['USD', '-0.5', -50n],
    ['USD', '50000000.00', 5_000_000_000n],
  ])('parses %s "%s"', (currency, text, units) => expect(parseDecimal(text, currency)).toBe(units))

  test.each([
    ['USD', '15.005'],
    ['USD', '1e3'],
    ['JPY', '500.5'],
    ['USD', ''],
    ['USD', '.5'],
    ['USD', '5.'],
    ['USD', '+5'],
    ['USD', '1,000'],
    ['USD', ' 5'],
  ])('refuses %s "%s"', (currency, text) => expect(() => parseDecimal(text, currency)).toThrow(/is not a valid amount/))

  test('parses every formatted amount to the same amount', () => {
    fc.assert(
      fc.property(amounts, currencies, (minorUnits, currency) => {
        expect(parseDecimal(formatDecimal({ minorUnits, currency }), currency)).toBe(minorUnits)
      }),
    )
  })
})

describe('percentage and scale', () => {
  test.each([
    [25n, 100_000, 3n],
    [1050n, 50_000, 53n],
    [750n, 290_000, 218n],
    [-25n, 100_000, -3n],
  ])('round half away from zero: %d at %d millionths is %d', (amount, rate, result) => {
    expect(percentage(amount, rate)).toBe(result)
  })

  test('differ from the exact result by at most one half', () => {
    fc.assert(
      fc.property(amounts, fc.bigInt(0n, 10n ** 6n), fc.bigInt(1n, 10n ** 6n), (amount, numerator, denominator) => {
        const doubled = 2n * (scale(amount, numerator, denominator) * denominator - amount * numerator)
        expect(doubled <= denominator && -doubled <= denominator).toBe(true)
      }),
    )
  })

  test('refuse a denominator that is not positive', () => expect(() => scale(1n, 1n, 0n)).toThrow(RangeError))
})

describe('allocate', () => {
  test.each([
    [1000n, [1n, 1n, 1n], [334n, 333n, 333n]],
    [-1000n, [1n, 1n, 1n], [-334n, -333n, -333n]],
    [100n, [1500n, 300n, 300n], [72n, 14n, 14n]],
    [3n, [1n, 1n, 1n, 1n, 1n, 1n], [1n, 1n, 1n, 0n, 0n, 0n]],
    [500n, [0n, 500n], [0n, 500n]],
  ])('splits %s by the weights %s', (total, weights, parts) => expect(allocate(total, weights)).toEqual(parts))

  test('returns parts that add up, have the sign of the total and differ from their share by at most one unit', () => {
    const weights = fc.array(fc.bigInt(0n, 10n ** 9n), { minLength: 1, maxLength: 20 }).filter((list) => list.some((weight) => weight > 0n))
    fc.assert(
      fc.property(amounts, weights, (total, list) => {
        const parts = allocate(total, list)
        const sum = list.reduce((a, b) => a + b, 0n)
        expect(parts.reduce((a, b) => a + b, 0n)).toBe(total)
        for (const [index, part] of parts.entries()) {
          const distance = part * sum - total * (list[index] ?? 0n)
          expect(distance < sum && -distance < sum).toBe(true)
          expect(part * total >= 0n).toBe(true)
        }
      }),
    )
  })

  test('refuses weights that are all zero, or negative', () => {
    expect(() => allocate(1n, [0n])).toThrow(RangeError)
    expect(() => allocate(1n, [2n, -1n])).toThrow(RangeError)
  })
})

test('addMoney refuses amounts in two currencies', () => {
  expect(addMoney({ minorUnits: 1n, currency: 'USD' }, { minorUnits: 2n, currency: 'USD' }).minorUnits).toBe(3n)
  expect(() => addMoney({ minorUnits: 1n, currency: 'USD' }, { minorUnits: 2n, currency: 'EUR' })).toThrow(/EUR to USD/)
})

test('formatMoney formats amounts for a locale', () => {
  expect(formatMoney({ minorUnits: 150_000n, currency: 'USD' }, 'en-US')).toBe('$1,500.00')
  expect(formatMoney({ minorUnits: 150_000n, currency: 'JPY' }, 'en-US')).toBe('¥150,000')
  expect(formatMoney({ minorUnits: 9_007_199_254_740_991n, currency: 'USD' }, 'en-US')).toBe('$90,071,992,547,409.91')
})
