import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseFloatAmount } from '../../../src/modules/import/eclipanel/float-amount.rules.js'

test.each<[string, string, bigint | undefined]>([
  ['7.99', 'USD', 799n],
  ['99.00000000000001', 'USD', 9900n],
  ['98.99999999999999', 'USD', 9900n],
  ['7.989999771118164', 'USD', 799n],
  ['1234.56005859375', 'USD', 123456n],
  ['-4', 'USD', -400n],
  ['1e2', 'USD', 10000n],
  ['1.1102230246251565e-16', 'USD', 0n],
  ['500', 'JPY', 500n],
  ['499.99999999999994', 'JPY', 500n],
  ['1.5', 'KWD', 1500n],
  ['15.005', 'USD', undefined],
  ['0.005', 'USD', undefined],
  ['500.5', 'JPY', undefined],
  ['15,00', 'USD', undefined],
  ['', 'USD', undefined],
  ['NaN', 'USD', undefined],
])('parses the float %s in %s as %s', (text, currency, minorUnits) => {
  expect(parseFloatAmount(text, currency)).toBe(minorUnits)
})

test('every amount survives both sizes of float', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9_999_999 }), (cents) => {
      expect(parseFloatAmount(String(cents / 100), 'USD')).toBe(BigInt(cents))
      // Four bytes distinguish cents up to 131072.00.
      expect(parseFloatAmount(String(Math.fround(cents / 100)), 'USD')).toBe(BigInt(cents))
    }),
  )
})

test('sums of floats are amounts', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 20 }), (cents) => {
      const sum = cents.reduce((total, each) => total + each / 100, 0)
      expect(parseFloatAmount(String(sum), 'USD')).toBe(BigInt(cents.reduce((total, each) => total + each, 0)))
    }),
  )
})
