import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { convert, crossRate, isPerEuro } from '../../../src/modules/exchange-rates/exchange-rate.rules.js'

describe('crossRate', () => {
  test.each([
    // A rate from the euro is the published one.
    ['1', '4.3048', '4.3048'],
    ['1', '16082.0000', '16082'],
    ['1', '1.123456789', '1.123457'],
    // 4.3048 / 1.1534 = 3.7322698…
    ['1.1534', '4.3048', '3.73227'],
    ['1.1534', '1', '0.867002'],
    // Zeros after the point do not count, so that a rate of a small currency is as exact as another.
    ['131.84', '1', '0.00758495'],
    ['20351.5', '1', '0.0000491364'],
    ['8', '1', '0.125'],
    // Half away from zero.
    ['1', '1.0000005', '1.000001'],
    ['1', '1.0000004999', '1'],
    // Rounding adds a digit before the zeros.
    ['1', '0.09999999', '0.1'],
    ['2', '2.0', '1'],
  ])('from %s to %s per euro is %s', (from, to, rate) => expect(crossRate(from, to)).toBe(rate))

  test('differs from the quotient by at most half a unit of its sixth significant decimal', () => {
    fc.assert(
      fc.property(perEuro, perEuro, (from, to) => {
        const rate = crossRate(from, to)
        const [, whole = '', zeros = '', decimals = ''] = /^(0|[1-9]\d*)(?:\.(0*)(\d*[1-9]))?$/.exec(rate) ?? []
        expect(whole).not.toBe('')
        const significant = whole === '0' ? decimals : `${zeros}${decimals}`
        expect(significant.length).toBeLessThanOrEqual(6)
        // |rate - to/from| <= 1/2 unit, with everything multiplied by the denominators.
        const unit = 10n ** BigInt(6 + (whole === '0' ? zeros.length : 0))
        const [r, f, t] = [fraction(rate), fraction(from), fraction(to)]
        const difference = r.n * f.n * t.d - r.d * t.n * f.d
        expect(2n * absolute(difference) * unit <= r.d * f.n * t.d).toBe(true)
      }),
    )
  })

  test.each(['', '0', '0.00', '-1', '1e3', 'NaN', '1,5', ' 1', '.5', '5.'])('refuses %j', (text) => {
    expect(() => crossRate(text, '1')).toThrow(RangeError)
    expect(() => crossRate('1', text)).toThrow(RangeError)
  })
})

describe('convert', () => {
  test.each<[bigint, string, string, string, bigint]>([
    [10_000n, 'EUR', 'PLN', '4.3048', 43_048n],
    [19_000n, 'USD', 'PLN', '3.73227', 70_913n], // 190.00 USD, 709.1313
    [1500n, 'JPY', 'EUR', '0.00758495', 1138n], // 1500 JPY, 11.377425
    [1138n, 'EUR', 'JPY', '131.84', 1500n], // 11.38 EUR, 1500.3392
    [1000n, 'KWD', 'EUR', '2.8', 280n], // 1.000 KWD
    [280n, 'EUR', 'KWD', '0.357143', 1000n], // 2.80 EUR, 1.0000004
    [1n, 'EUR', 'HUF', '385.5', 386n], // 0.01 EUR, 3.855
    [0n, 'EUR', 'PLN', '4.3048', 0n],
    // Half away from zero.
    [1n, 'EUR', 'PLN', '0.5', 1n],
    [-1n, 'EUR', 'PLN', '0.5', -1n],
    [1n, 'EUR', 'PLN', '0.499999', 0n],
    [9_007_199_254_740_991n, 'EUR', 'PLN', '4.3048', 38_774_191_351_809_018n],
  ])('%s %s to %s at %s is %s', (amount, from, to, rate, expected) => expect(convert(amount, from, to, rate)).toBe(expected))

  test('rounds the product of the amount and the printed rate once, half away from zero', () => {
    fc.assert(
      fc.property(amount, currency, currency, perEuro, (units, from, to, rate) => {
        const result = convert(units, from, to, rate)
        const { n, d } = fraction(rate)
        const [scaleTo, scaleFrom] = [10n ** exponent(to), 10n ** exponent(from)]
        // result / 10^to = units / 10^from * rate, within half a unit of the result.
        const exact = units * n * scaleTo
        const difference = 2n * absolute(result * d * scaleFrom - exact)
        expect(difference <= d * scaleFrom).toBe(true)
        if (difference === d * scaleFrom) expect(absolute(result) * d * scaleFrom > absolute(exact)).toBe(true)
      }),
    )
  })

  test('keeps the order of amounts, and a negative amount has the negative result', () => {
    fc.assert(
      fc.property(amount, amount, currency, currency, perEuro, (a, b, from, to, rate) => {
        const [converted, other] = [convert(a, from, to, rate), convert(b, from, to, rate)]
        if (a <= b) expect(converted <= other).toBe(true)
        expect(convert(-a, from, to, rate)).toBe(-converted)
      }),
    )
  })

  test('there and back again differs by less than the roundings of both rates and both amounts', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 9n }), perEuroNear1, perEuroNear1, (units, from, to) => {
        const there = convert(units, 'EUR', 'USD', crossRate(from, to))
        const back = convert(there, 'USD', 'EUR', crossRate(to, from))
        // Each rate is off by at most 0.0005%, and each amount by at most half a unit, multiplied by a rate of at most 4.
        expect(absolute(back - units) * 100_000n <= 2n * units + 300_000n).toBe(true)
      }),
    )
  })

  test.each(['0', '-4.3', '4,3', '', 'NaN'])('refuses the rate %j', (rate) => {
    expect(() => convert(100n, 'EUR', 'PLN', rate)).toThrow('must be a decimal above zero')
  })
})

test.each([
  ['1', true],
  ['0.0000000001', true],
  ['9999999.9999999999', true],
  ['10000000', false],
  ['0', false],
  ['0.0000000000', false],
  ['0.00000000001', false],
  ['1000000000000', false],
  ['-1', false],
  ['+1', false],
  ['1e3', false],
  ['NaN', false],
  ['Infinity', false],
  ['1,5', false],
  [' 1', false],
  ['1.', false],
  ['', false],
  ['١', false],
])('isPerEuro(%j) is %s', (text, expected) => expect(isPerEuro(text)).toBe(expected))

const amount = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n })
const currency = fc.constantFrom('EUR', 'USD', 'PLN', 'JPY', 'KWD')
const exponent = (code: string) => (code === 'JPY' ? 0n : code === 'KWD' ? 3n : 2n)
/** From 0.0000000001 to 99999.9999999999. */
const perEuro = fc.bigInt({ min: 1n, max: 10n ** 15n - 1n }).map((units) => decimal(units, 10))
/** From 0.5 to 2. */
const perEuroNear1 = fc.bigInt({ min: 5000n, max: 20_000n }).map((units) => decimal(units, 4))

function decimal(units: bigint, digits: number): string {
  const text = units.toString().padStart(digits + 1, '0')
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

function fraction(text: string): { n: bigint; d: bigint } {
  const [whole = '', decimals = ''] = text.split('.')
  return { n: BigInt(`${whole}${decimals}`), d: 10n ** BigInt(decimals.length) }
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value
}
