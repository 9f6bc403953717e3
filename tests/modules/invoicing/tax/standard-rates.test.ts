import { expect, test } from 'vitest'
import { STANDARD_RATES } from '../../../../src/modules/invoicing/tax/standard-rates.rules.js'
import { MEMBER_STATES } from '../../../support/member-states.js'

test('the 27 member states of the European Union, the United Kingdom and Switzerland have a rate', () => {
  expect(MEMBER_STATES).toHaveLength(27)
  expect(Object.keys(STANDARD_RATES).sort()).toEqual([...MEMBER_STATES, 'CH', 'GB'].sort())
})

test('the rates of member states are from 15, the minimum of the directive, to 27', () => {
  const wrong = MEMBER_STATES.filter((country) => !(percentOf(country) >= 15 && percentOf(country) <= 27))
  expect(wrong).toEqual([])
})

test.each(Object.entries(STANDARD_RATES))('the rate of %s is an exact decimal with a source and its day', (_country, rate) => {
  expect(rate.percentage).toMatch(/^[1-9]\d?(\.\d*[1-9])?$/)
  expect(rate.source).not.toBe('')
  expect(new Date(rate.asOf).toISOString().slice(0, 10)).toBe(rate.asOf)
})

// The last changes, and the extremes.
test.each([
  ['EE', '24'],
  ['FI', '25.5'],
  ['RO', '21'],
  ['SK', '23'],
  ['LU', '17'],
  ['HU', '27'],
  ['DE', '19'],
  ['GB', '20'],
  ['CH', '8.1'],
])('the rate of %s is %s%%', (country, percentage) => {
  expect(STANDARD_RATES[country]?.percentage).toBe(percentage)
})

const percentOf = (country: string) => Number(STANDARD_RATES[country]?.percentage)
