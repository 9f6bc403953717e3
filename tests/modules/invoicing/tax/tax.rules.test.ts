import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildCreditNote, calculateTotals } from '../../../../src/modules/invoicing/invoice.rules.js'
import {
  type ApplicableTaxRate,
  calculateTax,
  decideTax,
  netLines,
  type TaxDecision,
  type TaxParty,
  taxShare,
} from '../../../../src/modules/invoicing/tax/tax.rules.js'
import { orderLines, STANDARD, sampleDocument } from '../../../support/document.js'

const at = new Date('2026-05-01T10:00:00.000Z')
const rate = (country: string, basisPoints: number, changes: Partial<ApplicableTaxRate> = {}): ApplicableTaxRate => {
  return { country, holderType: 'USER', basisPoints, exemption: null, ...changes }
}
const decide = (seller: TaxParty, buyer: TaxParty, rates: ApplicableTaxRate[] = []) =>
  decideTax({ seller, buyer, customerType: 'USER', rates, at })
const GERMAN = { country: 'DE', taxId: 'DE136695976' }
const FRENCH = { country: 'FR', taxId: 'FR83404833048' }
const nobody = { country: null, taxId: null }

describe('tax is computed on the total of a rate', () => {
  test('three lines of 333 at 19% are 190, not 3 x 63', () => {
    expect(calculateTax(999n, 1900, false)).toEqual({ net: 999n, tax: 190n })
    expect(calculateTotals(orderLines(3, 333n), STANDARD, false)).toMatchObject({ subtotal: '999', tax: '190', total: '1189' })
  })
  test.each([
    [1500n, 2000, 1250n, 250n],
    [999n, 2100, 826n, 173n],
    [999n, 2000, 832n, 167n],
  ])('%d with %d basis points within is %d + %d', (total, basisPoints, net, tax) => {
    expect(calculateTax(total, basisPoints, true)).toEqual({ net, tax })
  })
})

describe('which rate a sale has', () => {
  const rates = [rate('DE', 1900), rate('FR', 2000), rate('CH', 0, { exemption: 'Export' }), rate('MT', 0)]
  test.each<[string, TaxParty, TaxParty, Partial<TaxDecision>]>([
    ["the buyer's country decides", GERMAN, { country: 'FR', taxId: null }, { category: 'STANDARD', basisPoints: 2000 }],
    ["an unknown country pays the seller's", GERMAN, nobody, { category: 'STANDARD', basisPoints: 1900 }],
    ["a country without a rate pays the seller's", GERMAN, { country: 'US', taxId: null }, { category: 'STANDARD', basisPoints: 1900 }],
    ['another member state with a VAT id', GERMAN, FRENCH, { category: 'REVERSE_CHARGE', basisPoints: 0 }],
    ['the same member state with a VAT id', GERMAN, { country: 'DE', taxId: 'DE143454214' }, { category: 'STANDARD', basisPoints: 1900 }],
    ['a number that does not look like one', GERMAN, { country: 'FR', taxId: 'FR1' }, { category: 'STANDARD', basisPoints: 2000 }],
    [
      'a stored number with wrong check digits',
      GERMAN,
      { country: 'FR', taxId: 'FR12345678901' },
      { category: 'STANDARD', basisPoints: 2000 },
    ],
    ['a number of zeros', GERMAN, { country: 'FR', taxId: 'FR00000000000' }, { category: 'STANDARD', basisPoints: 2000 }],
    ['a seller with wrong check digits', { country: 'DE', taxId: 'DE123456789' }, FRENCH, { category: 'STANDARD', basisPoints: 2000 }],
    ['a number of another country', GERMAN, { country: 'FR', taxId: 'DE136695976' }, { category: 'STANDARD', basisPoints: 2000 }],
    ['a seller without VAT id', { country: 'DE', taxId: null }, FRENCH, { category: 'STANDARD', basisPoints: 2000 }],
    ['a seller outside the Union', { country: 'CH', taxId: 'CHE123456789' }, FRENCH, { category: 'STANDARD', basisPoints: 2000 }],
    ['a rate of 0 with a reason', GERMAN, { country: 'CH', taxId: null }, { category: 'EXEMPT', exemption: 'Export' }],
    ['a rate of 0 without', GERMAN, { country: 'MT', taxId: null }, { category: 'ZERO' }],
  ])('%s', (_name, seller, buyer, expected) => {
    expect(decide(seller, buyer, rates)).toMatchObject(expected)
  })
  test('without any rate nothing is said about tax', () => {
    expect(decide(GERMAN, { country: 'US', taxId: null })).toMatchObject({ category: 'NOT_TAXED', basisPoints: 0 })
  })
  test('a rate for organisations is none for persons', () => {
    expect(decide(GERMAN, { country: 'FR', taxId: null }, [rate('FR', 2000, { holderType: 'ORGANISATION' })])).toMatchObject({
      category: 'NOT_TAXED',
    })
  })
  test('reverse charge records what was looked at, and when', () => {
    expect(decide(GERMAN, { country: 'FR', taxId: 'fr 83 404.833-048' }).check).toEqual({
      vatId: 'FR83404833048',
      method: 'FORMAT',
      at: '2026-05-01T10:00:00.000Z',
    })
  })
})

describe('totals always add up', () => {
  const amount = fc.bigInt({ min: -1_000_000_000n, max: 10_000_000_000n })
  const lines = fc.array(amount, { minLength: 1, maxLength: 30 }).filter((amounts) => amounts.reduce((sum, value) => sum + value, 0n) >= 0n)
  const basisPoints = fc.integer({ min: 1, max: 10_000 })
  const sold = (amounts: readonly bigint[]) =>
    amounts.map((value) => ({ description: 'Item', quantity: 1, unitPrice: value, amount: value }))

  test('lines are the subtotal, subtotal and tax the total; what holds its tax costs what it says', () => {
    fc.assert(
      fc.property(lines, basisPoints, fc.boolean(), (amounts, rate, inclusive) => {
        const result = calculateTotals(sold(amounts), { ...STANDARD, basisPoints: rate }, inclusive)
        const sum = result.lines.reduce((total, line) => total + BigInt(line.amount), 0n)
        expect(sum).toBe(BigInt(result.subtotal))
        expect(BigInt(result.subtotal) + BigInt(result.tax)).toBe(BigInt(result.total))
        if (inclusive) expect(BigInt(result.total)).toBe(amounts.reduce((total, value) => total + value, 0n))
      }),
    )
  })

  test('the net amount of a line is never more than a unit from its share, unless more units are missing than there are lines', () => {
    fc.assert(
      fc.property(lines, basisPoints, (amounts, rate) => {
        const { net } = calculateTax(
          amounts.reduce((sum, value) => sum + value, 0n),
          rate,
          true,
        )
        for (const [index, line] of netLines(amounts, net, rate).entries()) {
          const exact = ((amounts[index] ?? 0n) * 10_000n) / BigInt(10_000 + rate)
          expect(line - exact >= -2n && line - exact <= 2n).toBe(true)
        }
      }),
    )
  })

  test('credit notes, in however many parts, take back exactly the invoice and its tax', () => {
    fc.assert(
      fc.property(lines, basisPoints, fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 8 }), (amounts, rate, shares) => {
        const invoice = sampleDocument({ lines: sold(amounts), tax: { ...STANDARD, basisPoints: rate } })
        const total = BigInt(invoice.total)
        let [taken, tax, net] = [0n, 0n, 0n]
        const take = (part: bigint) => {
          const note = buildCreditNote({ number: 'CN-1', invoice, creditedBefore: taken, amount: part, reason: null, date: at })
          expect(BigInt(note.subtotal) + BigInt(note.tax)).toBe(part)
          expect(BigInt(note.tax)).toBeGreaterThanOrEqual(0n)
          expect(BigInt(note.subtotal)).toBeGreaterThanOrEqual(0n)
          taken += part
          tax += BigInt(note.tax)
          net += BigInt(note.subtotal)
        }
        for (const share of shares) {
          const part = ((total - taken) * BigInt(share)) / 100n
          if (part > 0n && part < total - taken) take(part)
        }
        if (taken < total) take(total - taken)
        expect([taken, tax, net]).toEqual([total, BigInt(invoice.tax), BigInt(invoice.subtotal)])
      }),
    )
  })
})

test('999 with 173 tax, given back in three times 333, is 58, 57 and 58', () => {
  expect([taxShare(999n, 173n, 0n, 333n), taxShare(999n, 173n, 333n, 666n), taxShare(999n, 173n, 666n, 999n)]).toEqual([58n, 57n, 58n])
})

test('1800 with 300 tax and 22 of 31 days left is 1277 = 1064 + 213', () => {
  expect(taxShare(1800n, 300n, 0n, 1277n)).toBe(213n)
})

test.each([
  [1000n, 3, '333.3333'],
  [2000n, 3, '666.6667'],
  [-2000n, 3, '-666.6667'],
  [900n, 3, '300'],
  [1n, 8, '0.125'],
  [0n, 5, '0'],
])('%d for %d is %s for one', (amount, quantity, unitPrice) => {
  const [line] = calculateTotals([{ description: 'Item', quantity, unitPrice: 0n, amount }], STANDARD, false).lines
  expect(line?.unitPrice).toBe(unitPrice)
})
