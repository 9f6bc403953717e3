import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatPercentage, parsePercentage } from '../../../../src/core/percentage.js'
import { MEMBER_STATES } from '../../../../src/core/vat-id.js'
import { buildCreditNote } from '../../../../src/modules/invoicing/credit-note.rules.js'
import { calculateTotals } from '../../../../src/modules/invoicing/invoice.rules.js'
import { findStandardRate } from '../../../../src/modules/invoicing/tax/standard-rates.rules.js'
import {
  calculateTaxes,
  type DatedTaxRate,
  decideTax,
  impliedRate,
  netLines,
  sumOfRates,
  type TaxDecision,
  taxShare,
  taxShares,
} from '../../../../src/modules/invoicing/tax/tax.rules.js'
import { orderLines, STANDARD, sampleDocument } from '../../../support/document.js'

const at = new Date('2026-05-01T10:00:00.000Z')
const percent = (text: string) => parsePercentage(text) ?? Number.NaN
const rate = (country: string, percentage: string, changes: Partial<DatedTaxRate> = {}): DatedTaxRate => {
  const first = new Date('2000-01-01')
  return {
    country,
    region: '',
    customerType: 'USER',
    name: '',
    validFrom: first,
    millionths: percent(percentage),
    exemption: null,
    ...changes,
  }
}

describe('impliedRate', () => {
  test.each<[bigint, bigint, string]>([
    [799n, 152n, '19'],
    [1500n, 0n, '0'],
    [10_000n, 888n, '8.88'],
    [10_000n, 550n, '5.5'],
    [0n, 0n, '0'],
    // No rate in hundredths of a percent has this tax.
    [1_000_000n, 190_049n, '19'],
  ])('of %s with a tax of %s is %s percent', (net, tax, percentage) => {
    expect(formatPercentage(impliedRate(net, tax))).toBe(percentage)
  })

  test('returns a rate with the same tax, whatever the rate in hundredths of a percent was', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 9n }), fc.integer({ min: 0, max: 3000 }), (net, hundredths) => {
        const { taxes } = calculateTaxes(net, [hundredths * 100], false)
        expect(calculateTaxes(net, [impliedRate(net, taxes[0] ?? 0n)], false).taxes).toEqual(taxes)
      }),
    )
  })
})

describe('calculateTaxes', () => {
  test('rounds once per rate: three lines of 333 at 19% have 190 tax, not 3 x 63', () => {
    expect(calculateTaxes(999n, [190_000], false)).toEqual({ net: 999n, taxes: [190n] })
    expect(calculateTotals(orderLines(3, 333n), STANDARD, false)).toMatchObject({ subtotal: '999', tax: '190', total: '1189' })
  })

  test.each<[bigint, string[], bigint, bigint[]]>([
    [1500n, ['20'], 1250n, [250n]],
    [999n, ['21'], 826n, [173n]],
    [999n, ['20'], 832n, [167n]],
    // New York City.
    [10_000n, ['8.875'], 9185n, [815n]],
    // GST and QST of Quebec.
    [11_498n, ['5', '9.975'], 10_000n, [500n, 998n]],
  ])('splits %s that includes %j percent into %s and %s', (total, rates, net, taxes) => {
    expect(calculateTaxes(total, rates.map(percent), true)).toEqual({ net, taxes })
  })

  test.each<[bigint, string[], bigint[]]>([
    [10_000n, ['8.875'], [888n]],
    [10_000n, ['5', '9.975'], [500n, 998n]],
    [1500n, ['0'], [0n]],
  ])('adds to %s the taxes of %j percent: %s', (net, rates, taxes) => {
    expect(calculateTaxes(net, rates.map(percent), false)).toEqual({ net, taxes })
  })
})

describe('decideTax', () => {
  const CONFIRMED = 'confirmed'
  const VAT_IDS: Record<string, string> = { DE: 'DE136695976', FR: 'FR83404833048', AT: 'ATU13585627', GR: 'EL094259216', IE: 'IE6388047V' }
  const OTHER_IDS: Record<string, string> = { GB: 'GB123456789', CH: 'CHE-123.456.788 MWST', US: '12-3456789' }
  const idOf = (country: string) => VAT_IDS[country] ?? OTHER_IDS[country] ?? null

  interface Buyer {
    country: string | null
    state?: string
    taxId?: string | null
    /** Whether the id is confirmed. */
    check?: typeof CONFIRMED
  }
  interface Sale {
    rates?: DatedTaxRate[]
    oss?: boolean
    customerType?: 'USER' | 'ORGANISATION'
    day?: string
    sellerTaxId?: string | null
  }
  function decide(seller: string | undefined, { country, state, taxId = null, check }: Buyer, options: Sale = {}): TaxDecision {
    const { rates = [], oss = false, customerType = 'USER', day = '2026-05-01', sellerTaxId = idOf(seller ?? '') } = options
    return decideTax({
      seller: { country: seller, taxId: sellerTaxId },
      buyer: { country, taxId, state: state ?? null },
      customerType,
      rates,
      check: check && taxId ? { method: 'VIES', vatId: taxId, at: at.toISOString(), name: 'Engines', consultationNumber: 'WAPI1' } : null,
      isOssRegistered: oss,
      day,
    })
  }
  const summary = ({ taxes }: TaxDecision) =>
    taxes.map(({ category, name, millionths, customerOwesTax }) =>
      [category, name, formatPercentage(millionths), customerOwesTax && 'customer owes'].filter(Boolean).join(' '),
    )
  const business = (country: string): Buyer => ({ country, taxId: idOf(country), check: CONFIRMED })
  const unconfirmed = (country: string): Buyer => ({ country, taxId: idOf(country) })
  const consumer = (country: string | null): Buyer => ({ country })

  test.each<[string, string, Buyer, Sale, string]>([
    ['own country, consumer', 'DE', consumer('DE'), {}, 'STANDARD 19'],
    ['own country, business with a confirmed id', 'DE', business('DE'), {}, 'STANDARD 19'],
    ['own country, unknown country of the buyer', 'DE', consumer(null), {}, 'STANDARD 19'],
    ['business with a confirmed id', 'DE', business('FR'), {}, 'REVERSE_CHARGE 0'],
    ['business with a confirmed id, seller with OSS', 'DE', business('AT'), { oss: true }, 'REVERSE_CHARGE 0'],
    ['business with a confirmed Greek id', 'FR', business('GR'), {}, 'REVERSE_CHARGE 0'],
    ['business with an id that is not confirmed', 'DE', unconfirmed('FR'), {}, 'STANDARD 19'],
    ['business with an id that is not confirmed, seller with OSS', 'DE', unconfirmed('FR'), { oss: true }, 'STANDARD 20'],
    ['confirmed id, but the seller has none', 'DE', business('FR'), { sellerTaxId: null }, 'STANDARD 19'],
    ['confirmed id, but the id of the seller is wrong', 'DE', business('FR'), { sellerTaxId: 'DE123456789' }, 'STANDARD 19'],
    ['confirmed id of another country', 'DE', { country: 'FR', taxId: 'ATU13585627', check: CONFIRMED }, {}, 'STANDARD 19'],
    ['consumer, seller without OSS', 'DE', consumer('FR'), {}, 'STANDARD 19'],
    ['consumer, seller with OSS', 'DE', consumer('FR'), { oss: true }, 'STANDARD 20'],
    ['Finnish consumer, seller with OSS', 'IE', consumer('FI'), { oss: true }, 'STANDARD 25.5'],
    ['Hungarian consumer, seller with OSS', 'IE', consumer('HU'), { oss: true }, 'STANDARD 27'],
    ['consumer outside the EU', 'FR', consumer('US'), {}, 'OUT_OF_SCOPE 0'],
    ['consumer outside the EU, seller with OSS', 'FR', consumer('IL'), { oss: true }, 'OUT_OF_SCOPE 0'],
    ['business outside the EU', 'FR', unconfirmed('US'), { customerType: 'ORGANISATION' }, 'OUT_OF_SCOPE 0'],
    ['British buyer', 'FR', unconfirmed('GB'), {}, 'OUT_OF_SCOPE 0'],
    ['Swiss buyer', 'DE', consumer('CH'), {}, 'OUT_OF_SCOPE 0'],
    ['British seller at home', 'GB', consumer('GB'), {}, 'STANDARD 20'],
    ['British seller, consumer in the EU', 'GB', consumer('DE'), {}, 'OUT_OF_SCOPE 0'],
    ['British seller, business in the EU', 'GB', business('DE'), {}, 'OUT_OF_SCOPE 0 customer owes'],
    ['British seller, organisation elsewhere', 'GB', consumer('US'), { customerType: 'ORGANISATION' }, 'OUT_OF_SCOPE 0 customer owes'],
    ['Swiss seller at home', 'CH', consumer('CH'), {}, 'STANDARD 8.1'],
    ['Swiss seller, business in the EU', 'CH', unconfirmed('FR'), {}, 'OUT_OF_SCOPE 0 customer owes'],
    ['Swiss seller, consumer in the EU, OSS set by mistake', 'CH', consumer('FR'), { oss: true }, 'OUT_OF_SCOPE 0'],
    ['American seller at home without rates', 'US', { country: 'US', state: 'NY' }, {}, 'NOT_TAXED 0'],
  ])('%s', (_case, seller, buyer, sale, expected) => {
    expect(summary(decide(seller, buyer, sale))).toEqual([expected])
  })

  test.each(MEMBER_STATES)(
    'a consumer in %s pays the standard rate of the country if the seller has OSS, or else of the seller',
    (country) => {
      const seller = country === 'DE' ? 'FR' : 'DE'
      expect(decide(seller, consumer(country), { oss: true }).taxes[0]?.millionths).toBe(findStandardRate(country))
      expect(decide(seller, consumer(country)).taxes[0]?.millionths).toBe(findStandardRate(seller))
    },
  )

  test('taxes nothing if the country of the seller is unknown', () => {
    expect(summary(decide(undefined, consumer('DE')))).toEqual(['NOT_TAXED 0'])
  })

  test('a stored rate replaces the standard rate', () => {
    const rates = [rate('DE', '7'), rate('FR', '5.5')]
    expect(summary(decide('DE', consumer('DE'), { rates }))).toEqual(['STANDARD 7'])
    expect(summary(decide('DE', consumer('FR'), { rates, oss: true }))).toEqual(['STANDARD 5.5'])
  })

  test('a rate of 0 with a reason is an exemption, without one a statutory rate', () => {
    const exemption = 'Kleinunternehmer, § 19 UStG'
    expect(decide('DE', consumer('DE'), { rates: [rate('DE', '0', { exemption })] }).taxes).toMatchObject([
      { category: 'EXEMPT', exemption },
    ])
    expect(summary(decide('DE', consumer('DE'), { rates: [rate('DE', '0')] }))).toEqual(['ZERO 0'])
  })

  test('the stored rate of a country outside the European Union is charged there', () => {
    expect(summary(decide('DE', consumer('NO'), { rates: [rate('NO', '25')] }))).toEqual(['STANDARD 25'])
  })

  test('ignores rates for organisations when the buyer is a user', () => {
    const rates = [rate('DE', '7', { customerType: 'ORGANISATION' })]
    expect(summary(decide('DE', consumer('DE'), { rates }))).toEqual(['STANDARD 19'])
    expect(summary(decide('DE', consumer('DE'), { rates, customerType: 'ORGANISATION' }))).toEqual(['STANDARD 7'])
  })

  test('the rates of a region replace those of the whole country', () => {
    const rates = [
      rate('CA', '5', { name: 'GST' }),
      rate('CA', '5', { name: 'GST', region: 'QC' }),
      rate('CA', '9.975', { name: 'QST', region: 'QC' }),
      rate('CA', '13', { name: 'HST', region: 'ON' }),
    ]
    const decideIn = (state?: string) => summary(decide('CA', { country: 'CA', ...(state && { state }) }, { rates }))
    expect(decideIn('QC')).toEqual(['STANDARD GST 5', 'STANDARD QST 9.975'])
    expect(decideIn(' qc ')).toEqual(['STANDARD GST 5', 'STANDARD QST 9.975'])
    expect(decideIn('ON')).toEqual(['STANDARD HST 13'])
    expect(decideIn('AB')).toEqual(['STANDARD GST 5'])
    expect(decideIn()).toEqual(['STANDARD GST 5'])
  })

  test('where only regions have rates, the state must be known by its code', () => {
    const rates = [rate('US', '8.875', { region: 'NY', name: 'Sales tax' })]
    const decideIn = (state: string | null) => decide('US', { country: 'US', ...(state !== null && { state }) }, { rates })
    expect(summary(decideIn('NY'))).toEqual(['STANDARD Sales tax 8.875'])
    // No rate: no tax there.
    expect(decideIn('OR')).toMatchObject({ taxes: [{ category: 'NOT_TAXED' }] })
    expect(decideIn('OR').needsState).toBeUndefined()
    for (const state of [null, '', 'New York']) expect(decideIn(state).needsState).toBe(true)
  })

  test.each([
    ['FR', 'MC', 'STANDARD 20'],
    ['MC', 'FR', 'STANDARD 20'],
    ['GB', 'IM', 'STANDARD 20'],
    ['CH', 'LI', 'STANDARD 8.1'],
    ['LI', 'LI', 'STANDARD 8.1'],
  ])('a sale from %s to %s is domestic: %s', (seller, buyer, expected) => {
    expect(summary(decide(seller, consumer(buyer)))).toEqual([expected])
  })

  test('Monaco is in the member state France: a consumer there pays the rate of France with OSS', () => {
    expect(summary(decide('DE', consumer('MC'), { oss: true }))).toEqual(['STANDARD 20'])
    expect(summary(decide('DE', consumer('MC'), { oss: false }))).toEqual(['STANDARD 19'])
  })

  test("does not apply the rates of a region of the seller's country to buyers abroad", () => {
    const rates = [rate('ES', '21'), rate('ES', '7', { region: 'Madeira' })]
    expect(summary(decide('ES', { country: 'PT', state: 'Madeira' }, { rates }))).toEqual(['STANDARD 21'])
  })

  test('of each tax, the rate counts that became valid last', () => {
    const rates = [
      rate('EE', '24', { validFrom: new Date('2025-07-01') }),
      rate('EE', '22', { validFrom: new Date('2024-01-01') }),
      rate('EE', '25', { validFrom: new Date('2026-07-01') }),
    ]
    const decideOn = (day: string) => summary(decide('EE', consumer('EE'), { rates, day }))
    expect(decideOn('2025-06-30')).toEqual(['STANDARD 22'])
    expect(decideOn('2025-07-01')).toEqual(['STANDARD 24'])
    expect(decideOn('2026-06-30')).toEqual(['STANDARD 24'])
    expect(decideOn('2026-07-01')).toEqual(['STANDARD 25'])
  })

  test('keeps the confirmation as evidence of a reverse charge, and of nothing else', () => {
    expect(decide('DE', business('FR')).check).toMatchObject({ vatId: 'FR83404833048', consultationNumber: 'WAPI1' })
    expect(decide('DE', business('DE')).check).toBeNull()
    expect(decide('GB', business('FR')).check).toBeNull()
  })
})

describe('totals', () => {
  const amount = fc.bigInt({ min: -1_000_000_000n, max: 10_000_000_000n })
  const lines = fc.array(amount, { minLength: 1, maxLength: 30 }).filter((amounts) => amounts.reduce((sum, value) => sum + value, 0n) >= 0n)
  const rates = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 3 })
  const taxed = (millionths: readonly number[]): TaxDecision => ({
    taxes: millionths.map((rate) => ({ category: 'STANDARD', name: null, region: null, millionths: rate, exemption: null })),
    check: null,
  })
  const sold = (amounts: readonly bigint[]) =>
    amounts.map((value) => ({ description: 'Item', quantity: 1, unitPrice: value, amount: value }))

  test('add up from lines and tax, and equal the prices if those include tax', () => {
    fc.assert(
      fc.property(lines, rates, fc.boolean(), (amounts, list, inclusive) => {
        const result = calculateTotals(sold(amounts), taxed(list), inclusive)
        const sum = result.lines.reduce((total, line) => total + BigInt(line.amount), 0n)
        expect(sum).toBe(BigInt(result.subtotal))
        expect(BigInt(result.subtotal) + BigInt(result.tax)).toBe(BigInt(result.total))
        expect(result.taxes.reduce((total, { tax }) => total + BigInt(tax), 0n)).toBe(BigInt(result.tax))
        if (inclusive) expect(BigInt(result.total)).toBe(amounts.reduce((total, value) => total + value, 0n))
      }),
    )
  })

  test('keep the net amount of every line within two units of its exact share', () => {
    fc.assert(
      fc.property(lines, rates, (amounts, list) => {
        const { net } = calculateTaxes(
          amounts.reduce((sum, value) => sum + value, 0n),
          list,
          true,
        )
        const rate = sumOfRates(list)
        for (const [index, line] of netLines(amounts, net, rate).entries()) {
          const exact = ((amounts[index] ?? 0n) * 1_000_000n) / BigInt(1_000_000 + rate)
          expect(line - exact >= -2n && line - exact <= 2n).toBe(true)
        }
      }),
    )
  })

  test('are credited exactly by any number of partial credit notes', () => {
    fc.assert(
      fc.property(lines, rates, fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 8 }), (amounts, list, shares) => {
        const invoice = sampleDocument({ lines: sold(amounts), tax: taxed(list) })
        const total = BigInt(invoice.total)
        let [credited, tax, net] = [0n, 0n, 0n]
        const credit = (part: bigint) => {
          const note = buildCreditNote({ number: 'CN-1', invoice, creditedBefore: credited, amount: part, reason: null, date: at })
          expect(BigInt(note.subtotal) + BigInt(note.tax)).toBe(part)
          expect(BigInt(note.tax)).toBeGreaterThanOrEqual(0n)
          expect(BigInt(note.subtotal)).toBeGreaterThanOrEqual(0n)
          for (const line of note.taxes) expect(BigInt(line.tax)).toBeGreaterThanOrEqual(0n)
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
      { examples: [[[3n], [500_000, 500_000], [15, 17]]] },
    )
  })
})

test('taxShare splits 999 with 173 tax into three parts of 333 with 58, 57 and 58 tax', () => {
  expect([taxShare(999n, 173n, 0n, 333n), taxShare(999n, 173n, 333n, 666n), taxShare(999n, 173n, 666n, 999n)]).toEqual([58n, 57n, 58n])
})

test('taxShares never credits more tax than the part: of 3 with taxes of 1 and 1, parts of 1', () => {
  const parts = [0n, 1n, 2n].map((before) => taxShares(3n, [1n, 1n], before, before + 1n))
  expect(parts).toEqual([
    [1n, 0n],
    [0n, 0n],
    [0n, 1n],
  ])
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
