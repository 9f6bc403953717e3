import { expect, test } from 'vitest'
import { isCurrency } from '../../../../src/core/money.js'
import { accountingCurrencyOf } from '../../../../src/modules/invoicing/tax/national-currencies.js'
import { MEMBER_STATES } from '../../../support/member-states.js'

const at = new Date('2026-11-27T12:00:00.000Z')

test.each([
  ['AT', 'EUR'],
  ['BG', 'EUR'],
  ['GR', 'EUR'],
  ['HR', 'EUR'],
  ['CZ', 'CZK'],
  ['DK', 'DKK'],
  ['HU', 'HUF'],
  ['PL', 'PLN'],
  ['RO', 'RON'],
  ['SE', 'SEK'],
  ['GB', 'GBP'],
  ['CH', 'CHF'],
  ['LI', 'CHF'],
  ['NO', 'NOK'],
])('a seller in %s accounts for tax in %s', (country, currency) => {
  expect(accountingCurrencyOf(country, at)).toBe(currency)
})

test('every member state of the European Union has a currency, 21 of them the euro', () => {
  const currencies = MEMBER_STATES.map((country) => accountingCurrencyOf(country, at))
  expect(currencies.every((currency) => currency !== null && isCurrency(currency))).toBe(true)
  expect(currencies.filter((currency) => currency === 'EUR')).toHaveLength(21)
})

test.each(['US', 'JP', 'EL', 'eu', 'constructor', '', null, undefined])('nothing is known of %s', (country) => {
  expect(accountingCurrencyOf(country, at)).toBe(null)
})

test('Bulgaria uses the euro from the start of 2026 in Sofia', () => {
  expect(accountingCurrencyOf('BG', new Date('2025-12-31T21:59:59.999Z'))).toBe('BGN')
  expect(accountingCurrencyOf('BG', new Date('2025-12-31T22:00:00.000Z'))).toBe('EUR')
})
