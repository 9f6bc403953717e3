import { describe, expect, test } from 'vitest'
import { parseElectronicAddress } from '../../src/core/electronic-address.js'
import { hasLeitwegIdShape, isLeitwegId } from '../../src/core/leitweg-id.js'
import { normalizeRegistrationId, registrationIdProblem } from '../../src/core/registration-id.js'

describe('a number in the French register of companies', () => {
  test.each([
    // The example of INSEE, as SIREN and SIRET.
    '732829320',
    '732 829 320 00074',
    // OVH
    '424 761 419',
    // La Poste: its head office, and another establishment, whose digits add up to a multiple of five.
    '35600000000048',
    '35600000049837',
  ])('%s is accepted', (id) => expect(registrationIdProblem('FR', id)).toBeUndefined())

  test.each([
    '732829321',
    '73282932000075',
    '35600000049838',
    // The check digit of the whole number is right, that of its SIREN is not.
    '73282932100072',
    '7328293200007',
    '000000000',
    'RCS Paris 732829320',
  ])('%s is refused', (id) => expect(registrationIdProblem('FR', id)).toMatch(/^must be a SIREN \(9 digits\) or a SIRET \(14 digits\)/))

  test('is stored without spaces, and other numbers as they are', () => {
    expect(normalizeRegistrationId('FR', '732 829.320')).toBe('732829320')
    expect(normalizeRegistrationId('DE', 'HRB 12345')).toBe('HRB 12345')
    expect(normalizeRegistrationId(null, 'No. 1')).toBe('No. 1')
  })

  test('is not checked in other countries', () => {
    for (const country of ['DE', null, undefined]) expect(registrationIdProblem(country, '732829321')).toBeUndefined()
  })
})

describe('a Leitweg-ID', () => {
  test.each([
    '04011000-1234512345-06',
    '04011000-900X999-08',
    '04011000-900x999-08',
    '992-90009-96',
    '09564000-NUE0001-49',
    '991-01484-64',
  ])('%s is valid', (id) => expect(isLeitwegId(id)).toBe(true))

  test.each(['04011000-1234512345-07', '04011000-900X998-08', '992-90090-96'])('%s has wrong check digits', (id) => {
    expect([hasLeitwegIdShape(id), isLeitwegId(id)]).toEqual([true, false])
  })

  test.each(['2026-11', 'PO-4711', '17011000-12345-67', '0401100-12345-67', '04011000', '04011000-12_34-06', 'KST 4711'])(
    '%s is another reference',
    (text) => {
      expect([hasLeitwegIdShape(text), isLeitwegId(text)]).toEqual([false, false])
    },
  )
})

describe('an electronic address', () => {
  test.each([
    ['9930:DE123456788', { scheme: '9930', id: 'DE123456788' }],
    ['0204:04011000-1234512345-06', { scheme: '0204', id: '04011000-1234512345-06' }],
    ['EM:billing@example.com', { scheme: 'EM', id: 'billing@example.com' }],
    // Only the first colon separates.
    ['0088:a:b', { scheme: '0088', id: 'a:b' }],
  ])('%s has a scheme and an id', (text, address) => expect(parseElectronicAddress(text)).toEqual(address))

  test.each(['DE123456788', '1234:5', 'XX:5', 'em:a@example.com', 'EM:example.com', '9930:', '9930: DE1', `0088:${'1'.repeat(101)}`])(
    '%s is refused',
    (text) => expect(parseElectronicAddress(text)).toBeUndefined(),
  )
})
