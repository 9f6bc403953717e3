import { describe, expect, test } from 'vitest'
import { epcCode, type Transfer, transferFor } from '../../../../src/modules/invoicing/pdf/transfer.rules.js'
import { sampleDocument } from '../../../support/document.js'

const TRANSFER: Transfer = {
  recipient: 'Hosting GmbH',
  iban: 'DE89370400440532013000',
  bic: 'COBADEFFXXX',
  amount: 1785n,
  currency: 'EUR',
  reference: 'INV-2026-000042',
}
const linesOf = (changes: Partial<Transfer>) => epcCode({ ...TRANSFER, ...changes })?.split('\n')

describe('the EPC code', () => {
  test('has the eleven lines of version 002, and nothing after the last', () => {
    expect(epcCode(TRANSFER)).toBe('BCD\n002\n1\nSCT\nCOBADEFFXXX\nHosting GmbH\nDE89370400440532013000\nEUR17.85\n\n\nINV-2026-000042')
  })

  test('has an empty line instead of a BIC within the European Economic Area', () => {
    expect(linesOf({ bic: null })?.[4]).toBe('')
  })

  test('cuts the name after 70 characters and the reference after 140, without breaking a character', () => {
    const name = linesOf({ recipient: `${'n'.repeat(69)}😀${'x'.repeat(20)}` })?.[5] ?? ''
    expect([...name]).toHaveLength(70)
    expect(name.endsWith('😀')).toBe(true)
    expect(linesOf({ reference: 'r'.repeat(150) })?.[10]).toBe('r'.repeat(140))
  })

  test('does not exceed 331 bytes', () => {
    expect(epcCode({ ...TRANSFER, recipient: 'Ж'.repeat(70), reference: 'Ж'.repeat(140) })).toBeUndefined()
    const long = epcCode({ ...TRANSFER, recipient: 'n'.repeat(90), reference: 'r'.repeat(200) }) ?? ''
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(331)
  })

  test('contains no line break of a name', () => {
    expect(linesOf({ recipient: 'Hosting\nGmbH  & Co.' })?.[5]).toBe('Hosting GmbH & Co.')
  })

  test.each([
    [1n, 'EUR0.01'],
    [99_999_999_999n, 'EUR999999999.99'],
  ])('allows the amount %s', (amount, line) => {
    expect(linesOf({ amount })?.[7]).toBe(line)
  })

  test.each<[string, Partial<Transfer>]>([
    ['an amount above 999999999.99', { amount: 100_000_000_000n }],
    ['another currency', { currency: 'CHF' }],
    ['an account outside SEPA', { iban: 'BR1800360305000010009795493C1' }],
    ['an account outside the European Economic Area without a BIC', { iban: 'CH9300762011623852957', bic: null }],
  ])('does not exist for %s', (_case, changes) => {
    expect(epcCode({ ...TRANSFER, ...changes })).toBeUndefined()
  })

  test('exists for an account outside the European Economic Area with a BIC', () => {
    expect(linesOf({ iban: 'GB82WEST12345698765432', bic: 'WESTGB22' })?.[4]).toBe('WESTGB22')
  })
})

describe('the transfer of a document', () => {
  const account = { name: 'Bank', instructions: null, iban: TRANSFER.iban, bic: null }
  const cash = { name: 'Cash', instructions: null, iban: null, bic: null }

  test('goes to the first account, with the rest of the amount and the number', () => {
    const document = sampleDocument({}, { paid: false, prepaid: '785', howToPay: { methods: [cash, account] } })
    expect(transferFor(document)).toEqual({ ...TRANSFER, bic: null, amount: 1000n })
  })

  test('of a pro forma states its order', () => {
    const document = sampleDocument({}, { kind: 'PRO_FORMA', number: null, paid: false, howToPay: { methods: [account] } })
    expect(transferFor(document)?.reference).toBe('101')
  })

  test.each([
    ['without an account', sampleDocument({}, { paid: false, howToPay: { methods: [cash] } })],
    ['that is paid', sampleDocument({}, { howToPay: { methods: [account] } })],
    ['without payment methods', sampleDocument({}, { paid: false })],
  ])('does not exist for a document %s', (_case, document) => {
    expect(transferFor(document)).toBeUndefined()
  })
})
