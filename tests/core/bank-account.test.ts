import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatIban, isBic, isIban, normalizeBankCode } from '../../src/core/bank-account.js'

const IBANS = [
  'DE89370400440532013000',
  'GB29NWBK60161331926819',
  'FR1420041010050500013M02606',
  'ES9121000418450200051332',
  'NO9386011117947',
  'MT84MALT011000012345MTLCAST001S',
  'CH9300762011623852957',
]

describe('an IBAN', () => {
  test.each(IBANS)('%s is valid', (iban) => expect(isIban(iban)).toBe(true))

  test.each(IBANS)('with another digit is not valid: %s', (iban) => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: iban.length - 1 }), fc.integer({ min: 1, max: 9 }), (position, change) => {
        const character = iban.charAt(position)
        if (!/\d/.test(character)) return
        const changed = iban.slice(0, position) + ((Number(character) + change) % 10) + iban.slice(position + 1)
        expect(isIban(changed)).toBe(false)
      }),
    )
  })

  test.each(['', 'DE', 'DE89', '89370400440532013000', 'DE8937040044053201300', 'DE89 3704 0044 0532 0130 00', 'de89370400440532013000'])(
    'is not valid: %o',
    (iban) => expect(isIban(iban)).toBe(false),
  )

  test('is printed in groups of four', () => {
    expect(formatIban('DE89370400440532013000')).toBe('DE89 3704 0044 0532 0130 00')
    expect(formatIban('NO9386011117947')).toBe('NO93 8601 1117 947')
    expect(formatIban('CH93007620116238529577')).toBe('CH93 0076 2011 6238 5295 77')
  })

  test.each(IBANS)('is valid as it is printed, once it is normalized: %s', (iban) => {
    expect(normalizeBankCode(` ${formatIban(iban).toLowerCase()} `)).toBe(iban)
  })
})

test.each([
  ['COBADEFFXXX', true],
  ['DEUTDEFF', true],
  ['DEUTDEFF500', true],
  ['E097AEXX', true],
  ['DEUTDEF', false],
  ['DEUTDEFF5', false],
  ['DEUT1EFF', false],
  ['', false],
])('whether %o is a BIC: %o', (bic, expected) => expect(isBic(bic)).toBe(expected))
