import { describe, expect, test } from 'vitest'
import { isValidVatIdOf, vatIdProblem } from '../../src/core/vat-id.js'

/**
 * VAT ids that companies publish on their own pages, and examples of tax administrations.
 * Those of natural persons are examples of the administrations or public test data, never private ids.
 */
const PUBLISHED: Readonly<Record<string, readonly string[]>> = {
  // Federal Ministry of Finance, OMV, Red Bull, voestalpine
  AT: ['ATU37866403', 'ATU14189108', 'ATU33864707', 'ATU36905408'],
  // Proximus, Colruyt, Anheuser-Busch InBev
  BE: ['BE0202239951', 'BE0400378485', 'BE0417497106'],
  // Vivacom, Ministry of Finance, A1; a citizen, a foreigner and another person (public test data)
  BG: ['BG831642181', 'BG000695406', 'BG131468980', 'BG7523169263', 'BG7111042925', 'BG8032056031'],
  // Electricity Authority, University of Cyprus, a company's imprint
  CY: ['CY90000020C', 'CY90001673W', 'CY10290930F'],
  // Škoda Auto, ČEZ, the groups of Komerční banka and FTMO; natural persons (public test data)
  CZ: ['CZ00177041', 'CZ45274649', 'CZ699001182', 'CZ699005540', 'CZ7103192745', 'CZ640903926'],
  // SAP, BMW, the example of the Federal Central Tax Office
  DE: ['DE143454214', 'DE129273398', 'DE136695976'],
  // Danish Business Authority, its own example, Novo Nordisk
  DK: ['DK10150817', 'DK13748136', 'DK24256790'],
  // Telia Eesti, Elisa Eesti, Eesti Energia
  EE: ['EE100070008', 'EE100130171', 'EE100366327'],
  // National Bank of Greece, OTE
  GR: ['EL094014201', 'EL094019245', 'EL 094 014 201'],
  // Telefónica, Agencia Tributaria, FC Barcelona, a number of public test data;
  // examples of a DNI and of an NIE
  ES: ['ESA28015865', 'ESQ2826000H', 'ESG08266298', 'ESU99216426', 'ES12345678Z', 'ESX1234567L'],
  // Finnish Tax Administration, Nokia, a number of public test data
  FI: ['FI02454583', 'FI01120389', 'FI20774740'],
  // The example of INSEE, OVH, a key with a letter, Monaco (public test data)
  FR: ['FR83404833048', 'FR22424761419', 'FRK7399859412', 'FR16000063601'],
  // Ministry of Finance, Hrvatski Telekom, INA
  HR: ['HR18683136487', 'HR81793146560', 'HR27759560625'],
  // Magyar Telekom, 4iG, MOL
  HU: ['HU10773381', 'HU12011069', 'HU10625790'],
  // Google, Stripe (two letters), BAM (before 1991), University of Limerick, an example of Revenue
  IE: ['IE6388047V', 'IE3396855EH', 'IE8D79739I', 'IE6609370G', 'IE1234567WH'],
  // Eni, TIM, Ferrari
  IT: ['IT00905811006', 'IT00488410010', 'IT00159560366'],
  // Telia, a nine-digit number of public test data; temporary registrations, one with the second weights
  LT: ['LT212154314', 'LT119511515', 'LT100001919017', 'LT100004801610'],
  // Amazon, two numbers of public test data
  LU: ['LU20260743', 'LU15027442', 'LU26375245'],
  // Latvenergo, State Revenue Service, airBaltic
  LV: ['LV40003032949', 'LV90000069281', 'LV40003245752'],
  // Numbers of public test data
  MT: ['MT11679112', 'MT15121333', 'MT26758324'],
  // Booking.com, a number of public test data, and the example of sole traders since 2020
  NL: ['NL805734958B01', 'NL002455799B11', 'NL123456789B13'],
  // Ministry of Finance, PKO BP, CD Projekt
  PL: ['PL5260250274', 'PL5250007738', 'PL7342867148'],
  // EDP, Tax and Customs Authority, TAP
  PT: ['PT500697256', 'PT600084779', 'PT500278725'],
  // Romgaz, BRD, Dacia, Petrom
  RO: ['RO14056826', 'RO361579', 'RO160796', 'RO1590082'],
  // Tax Agency, Spotify, Ericsson
  SE: ['SE202100544801', 'SE556703748501', 'SE556016068001'],
  // Ministry of Finance, Zavarovalnica Triglav, Krka
  SI: ['SI23348887', 'SI80040306', 'SI82646716'],
  // Slovak Telekom, ESET, the group of Tatra banka
  SK: ['SK2020273893', 'SK2020317068', 'SK7020000944'],
}
const cases = Object.entries(PUBLISHED).flatMap(([country, ids]) => ids.map((vatId) => [country, vatId] as const))

test('the test data has at least three VAT ids per member state', () => {
  expect(Object.keys(PUBLISHED)).toHaveLength(27)
  for (const ids of Object.values(PUBLISHED)) expect(ids.length).toBeGreaterThanOrEqual(3)
})

test.each(cases)('%s: accepts %s', (country, vatId) => {
  expect(isValidVatIdOf(country, vatId)).toBe(true)
  expect(vatIdProblem(country, vatId)).toBeUndefined()
  expect(vatIdProblem(null, vatId)).toBeUndefined()
})

/** Dutch and Swedish ids end with the number of a branch, which has no check digit. */
const BRANCH_SUFFIX: Readonly<Record<string, RegExp>> = { NL: /B\d{2}$/, SE: /\d{2}$/ }

/** All variants of a VAT id with another last digit before the number of a branch. */
const withAnotherDigit = (country: string, vatId: string): string[] => {
  const checked = vatId.replace(BRANCH_SUFFIX[country] ?? '', '')
  const at = Math.max(...[...checked].map((character, index) => (/\d/.test(character) ? index : -1)))
  const digits = '0123456789'.replace(vatId[at] ?? '', '')
  return [...digits].map((digit) => vatId.slice(0, at) + digit + vatId.slice(at + 1))
}

test.each(cases)('%s: refuses %s with another digit', (country, vatId) => {
  const mistyped = withAnotherDigit(country, vatId)
  expect(mistyped).toHaveLength(9)
  const accepted = mistyped.filter((text) => isValidVatIdOf(country, text))
  // A Dutch id is that of a legal entity or of a sole trader, and each kind has its own check digits;
  // Bulgarian ids of persons have several kinds of check digit.
  const maxAccepted = { NL: 1, BG: 2 }[country] ?? 0
  expect(accepted.length, accepted.join(' ')).toBeLessThanOrEqual(maxAccepted)
})

describe('a VAT id of a member state', () => {
  test.each([
    ['DE', 'DE123456789'],
    ['AT', 'ATU12345678'],
    ['GR', 'EL123456789'],
    ['NL', 'NL000000000B00'],
    ['NL', 'NL000000000B01'],
    ['NL', 'NL805734959B01'],
    ['NL', 'NL123456789B14'],
    ['IE', 'IE1234567WA'],
    ['FR', 'FR12000000000'],
    ['SE', 'SE000000000001'],
    ['SE', 'SE556703748601'],
    ['MT', 'MT00000000'],
    // The id of another member state, and an unknown country.
    ['DE', 'ATU12345678'],
    [null, 'DE123456789'],
    // Without the prefix.
    ['DE', '123456789'],
    ['AT', 'U12345678'],
    ['IT', '12345678901'],
    // With separators and in lower case.
    ['DE', 'de 123.456.789'],
  ])('%s: "%s" is refused for wrong check digits', (country, taxId) => {
    expect(vatIdProblem(country, taxId)).toMatch(/check digits are wrong/)
  })

  test.each([
    ['DE', 'DE12345'],
    ['DE', 'DE1234567890'],
    ['GR', 'GR094014201'],
    ['NL', 'NL123456789'],
  ])('%s: "%s" is refused for its format', (country, taxId) => {
    expect(vatIdProblem(country, taxId)).toMatch(/does not have the format of a VAT id/)
  })
})

describe('a tax id that does not claim to be a VAT id of a member state is accepted', () => {
  test.each([
    ['US', '12-3456789'],
    ['US', 'DE123456789'],
    ['GB', 'GB123456789'],
    ['CH', 'CHE123456789'],
    ['DE', '12/345/67890'],
    ['FR', '404833048'],
    ['ES', 'Exempt'],
    // A Lithuanian company code and a Swedish personal number look like VAT ids without their prefix.
    ['LT', '304123411'],
    ['SE', '198001011234'],
    [null, '123456789'],
    [null, 'ABN 51 824 753 556'],
  ])('%s: "%s"', (country, taxId) => {
    expect(vatIdProblem(country, taxId)).toBeUndefined()
  })
})
