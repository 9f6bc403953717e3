import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildCreditNote, calculateTotals } from '../../../../src/modules/invoicing/invoice.rules.js'
import {
  type ApplicableTaxRate,
  calculateTax,
  decideTax,
  impliedRate,
  netLines,
  type TaxDecision,
  type TaxParty,
  taxShare,
} from '../../../../src/modules/invoicing/tax/tax.rules.js'
import { orderLines, STANDARD, sampleDocument } from '../../../support/document.js'

const at = new Date('2026-05-01T10:00:00.000Z')
const rate = (country: string, basisPoints: number, changes: Partial<ApplicableTaxRate> = {}): ApplicableTaxRate => {
  return { country, customerType: 'USER', basisPoints, exemption: null, ...changes }
}
const decide = (seller: TaxParty, buyer: TaxParty, rates: ApplicableTaxRate[] = []) =>
  decideTax({ seller, buyer, customerType: 'USER', rates, at })
const GERMAN = { country: 'DE', taxId: 'DE136695976' }
const FRENCH = { country: 'FR', taxId: 'FR83404833048' }
const nobody = { country: null, taxId: null }

describe('impliedRate', () => {
  test.each<[bigint, bigint, number]>([
    [799n, 152n, 1900],
    [1500n, 0n, 0],
    [10_000n, 888n, 888],
    [10_000n, 550n, 550],
    [0n, 0n, 0],
    // No rate in hundredths of a percent has this tax.
    [1_000_000n, 190_049n, 1900],
  ])('of %s with a tax of %s is %s basis points', (net, tax, basisPoints) => {
    expect(impliedRate(net, tax)).toBe(basisPoints)
  })

  test('returns a rate with the same tax, whatever the rate was', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 9n }), fc.integer({ min: 0, max: 3000 }), (net, basisPoints) => {
        const { tax } = calculateTax(net, basisPoints, false)
        expect(calculateTax(net, impliedRate(net, tax), false).tax).toBe(tax)
      }),
    )
  })
})

describe('calculateTax', () => {
  test('rounds once per rate: three lines of 333 at 19% have 190 tax, not 3 x 63', () => {
    expect(calculateTax(999n, 1900, false)).toEqual({ net: 999n, tax: 190n })
    expect(calculateTotals(orderLines(3, 333n), STANDARD, false)).toMatchObject({ subtotal: '999', tax: '190', total: '1189' })
  })
  test.each([
    [1500n, 2000, 1250n, 250n],
    [999n, 2100, 826n, 173n],
    [999n, 2000, 832n, 167n],
  ])('splits %d that includes %d basis points into %d + %d', (total, basisPoints, net, tax) => {
    expect(calculateTax(total, basisPoints, true)).toEqual({ net, tax })
  })
})

describe('decideTax', () => {
  const rates = [rate('DE', 1900), rate('FR', 2000), rate('CH', 0, { exemption: 'Export' }), rate('MT', 0)]
  test.each<[string, TaxParty, TaxParty, Partial<TaxDecision>]>([
    ["uses the rate of the buyer's country", GERMAN, { country: 'FR', taxId: null }, { category: 'STANDARD', basisPoints: 2000 }],
    ["uses the seller's rate for an unknown country", GERMAN, nobody, { category: 'STANDARD', basisPoints: 1900 }],
    [
      "uses the seller's rate for a country without a rate",
      GERMAN,
      { country: 'US', taxId: null },
      { category: 'STANDARD', basisPoints: 1900 },
    ],
    ['applies reverse charge to another member state with a VAT id', GERMAN, FRENCH, { category: 'REVERSE_CHARGE', basisPoints: 0 }],
    [
      'charges tax in the same member state with a VAT id',
      GERMAN,
      { country: 'DE', taxId: 'DE143454214' },
      { category: 'STANDARD', basisPoints: 1900 },
    ],
    [
      'charges tax for a VAT id with an invalid format',
      GERMAN,
      { country: 'FR', taxId: 'FR1' },
      { category: 'STANDARD', basisPoints: 2000 },
    ],
    [
      'charges tax for a stored VAT id with wrong check digits',
      GERMAN,
      { country: 'FR', taxId: 'FR12345678901' },
      { category: 'STANDARD', basisPoints: 2000 },
    ],
    ['charges tax for a VAT id of zeros', GERMAN, { country: 'FR', taxId: 'FR00000000000' }, { category: 'STANDARD', basisPoints: 2000 }],
    [
      'charges tax if the seller has a VAT id with wrong check digits',
      { country: 'DE', taxId: 'DE123456789' },
      FRENCH,
      { category: 'STANDARD', basisPoints: 2000 },
    ],
    [
      'charges tax for a VAT id of another country',
      GERMAN,
      { country: 'FR', taxId: 'DE136695976' },
      { category: 'STANDARD', basisPoints: 2000 },
    ],
    ['charges tax if the seller has no VAT id', { country: 'DE', taxId: null }, FRENCH, { category: 'STANDARD', basisPoints: 2000 }],
    [
      'charges tax if the seller is outside the European Union',
      { country: 'CH', taxId: 'CHE123456789' },
      FRENCH,
      { category: 'STANDARD', basisPoints: 2000 },
    ],
    ['is exempt at a rate of 0 with a reason', GERMAN, { country: 'CH', taxId: null }, { category: 'EXEMPT', exemption: 'Export' }],
    ['is zero-rated at a rate of 0 without a reason', GERMAN, { country: 'MT', taxId: null }, { category: 'ZERO' }],
  ])('%s', (_case, seller, buyer, expected) => {
    expect(decide(seller, buyer, rates)).toMatchObject(expected)
  })
  test('does not tax a sale without any rate', () => {
    expect(decide(GERMAN, { country: 'US', taxId: null })).toMatchObject({ category: 'NOT_TAXED', basisPoints: 0 })
  })
  test('ignores rates for organisations when the buyer is a user', () => {
    expect(decide(GERMAN, { country: 'FR', taxId: null }, [rate('FR', 2000, { customerType: 'ORGANISATION' })])).toMatchObject({
      category: 'NOT_TAXED',
    })
  })
  test('records the checked VAT id and the time for reverse charge', () => {
    expect(decide(GERMAN, { country: 'FR', taxId: 'fr 83 404.833-048' }).check).toEqual({
      vatId: 'FR83404833048',
      method: 'FORMAT',
      at: '2026-05-01T10:00:00.000Z',
    })
  })
})

describe('totals', () => {
  const amount = fc.bigInt({ min: -1_000_000_000n, max: 10_000_000_000n })
  const lines = fc.array(amount, { minLength: 1, maxLength: 30 }).filter((amounts) => amounts.reduce((sum, value) => sum + value, 0n) >= 0n)
  const basisPoints = fc.integer({ min: 1, max: 10_000 })
  const sold = (amounts: readonly bigint[]) =>
    amounts.map((value) => ({ description: 'Item', quantity: 1, unitPrice: value, amount: value }))

  test('add up from lines and tax, and equal the prices if those include tax', () => {
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

  test('keep the net amount of every line within two units of its exact share', () => {
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

  test('are credited exactly by any number of partial credit notes', () => {
    fc.assert(
      fc.property(lines, basisPoints, fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 8 }), (amounts, rate, shares) => {
        const invoice = sampleDocument({ lines: sold(amounts), tax: { ...STANDARD, basisPoints: rate } })
        const total = BigInt(invoice.total)
        let [credited, tax, net] = [0n, 0n, 0n]
        const credit = (part: bigint) => {
          const note = buildCreditNote({ number: 'CN-1', invoice, creditedBefore: credited, amount: part, reason: null, date: at })
          expect(BigInt(note.subtotal) + BigInt(note.tax)).toBe(part)
          expect(BigInt(note.tax)).toBeGreaterThanOrEqual(0n)
          expect(BigInt(note.subtotal)).toBeGreaterThanOrEqual(0n)
          credited += part
          tax += BigInt(note.tax)
          net += BigInt(note.subtotal)
        }
        for (const share of shares) {
          const part = ((total - credited) * BigInt(share)) / 100n
          if (part > 0n && part < total - credited) credit(part)
        }
        if (credited < total) credit(total - credited)
        expect([credited, tax, net]).toEqual([total, BigInt(invoice.tax), BigInt(invoice.subtotal)])
      }),
    )
  })
})

test('taxShare splits 999 with 173 tax into three parts of 333 with 58, 57 and 58 tax', () => {
  expect([taxShare(999n, 173n, 0n, 333n), taxShare(999n, 173n, 333n, 666n), taxShare(999n, 173n, 666n, 999n)]).toEqual([58n, 57n, 58n])
})

test('taxShare of 1277 in 1800 with 300 tax (22 of 31 days) is 213', () => {
  expect(taxShare(1800n, 300n, 0n, 1277n)).toBe(213n)
})

test.each([
  [1000n, 3, '333.3333'],
  [2000n, 3, '666.6667'],
  [-2000n, 3, '-666.6667'],
  [900n, 3, '300'],
  [1n, 8, '0.125'],
  [0n, 5, '0'],
])('a line of %d for %d units has the unit price %s', (amount, quantity, unitPrice) => {
  const [line] = calculateTotals([{ description: 'Item', quantity, unitPrice: 0n, amount }], STANDARD, false).lines
  expect(line?.unitPrice).toBe(unitPrice)
})
