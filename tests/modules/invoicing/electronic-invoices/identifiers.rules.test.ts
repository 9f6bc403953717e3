import { describe, expect, test } from 'vitest'
import {
  isElectronicAddress,
  isPeppolAddress,
  registration,
  sirenOf,
} from '../../../../src/modules/invoicing/electronic-invoices/identifiers.rules.js'

test.each([
  ['FR', '303 265 045', { scheme: '0002', id: '303265045' }],
  ['FR', '30326504500017', { scheme: '0002', id: '303265045' }],
  ['FR', '30326504', { scheme: undefined, id: '30326504' }],
  ['BE', '0202.239.951', { scheme: '0208', id: '0202239951' }],
  ['BE', '0202.239.952', { scheme: undefined, id: '0202.239.952' }],
  ['DK', '13585628', { scheme: '0184', id: '13585628' }],
  ['NL', '12345678', { scheme: '0106', id: '12345678' }],
  ['NO', '974 760 673', { scheme: '0192', id: '974760673' }],
  ['NO', '974760674', { scheme: undefined, id: '974760674' }],
  ['SE', '556703-7485', { scheme: '0007', id: '5567037485' }],
  ['IS', '550269-0169', { scheme: '0196', id: '5502690169' }],
  ['DE', ' HRB 12345 ', { scheme: undefined, id: 'HRB 12345' }],
  [undefined, '12345678', { scheme: undefined, id: '12345678' }],
])('the number of a company in %s: %s', (country, number, expected) => {
  expect(registration(country, number)).toEqual(expected)
})

test('the SIREN is a part of a French VAT id', () => {
  expect([sirenOf('FR40303265045'), sirenOf('DE136695976'), sirenOf(undefined)]).toEqual(['303265045', undefined, undefined])
})

describe('an electronic address', () => {
  test.each([
    ['0088', '7300010000001', true],
    ['0088', '7300010000002', false],
    ['0088', '730001000000', false],
    ['0151', '51824753556', true],
    ['0151', '51824753557', false],
    ['0184', 'DK13585628', true],
    ['0184', '13585628', true],
    ['0192', '974760673', true],
    ['0208', '0202239951', true],
    ['0208', '0202239950', false],
    ['0204', '05315-0-12', true],
    ['9930', 'DE136695976', true],
    ['9930', 'DE 136695976', false],
    ['9930', '', false],
    ['9999', '1', false],
    ['EM', 'a@b.example', true],
  ])('%s:%s', (scheme, id, isValid) => {
    expect(isElectronicAddress({ scheme, id })).toBe(isValid)
    expect(isPeppolAddress({ scheme, id })).toBe(isValid && scheme !== 'EM')
  })
})
