import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatPercentage, parsePercentage } from '../../src/core/percentage.js'

test.each([
  ['19', 190_000],
  ['8.875', 88_750],
  ['9.975', 99_750],
  ['0', 0],
  ['0.0001', 1],
  ['25.50', 255_000],
  ['100', 1_000_000],
])('%s percent are %d millionths', (text, millionths) => expect(parsePercentage(text)).toBe(millionths))

test.each(['', '-1', '1e2', '8.87500', '.5', '5.', '1000', ' 5', '5%', '٥'])('"%s" is not a percentage', (text) =>
  expect(parsePercentage(text)).toBeUndefined(),
)

test('a formatted percentage is parsed to the same rate', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), (millionths) => {
      expect(parsePercentage(formatPercentage(millionths))).toBe(millionths)
    }),
  )
})
