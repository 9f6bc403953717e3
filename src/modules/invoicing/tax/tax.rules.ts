import { percentage, scale } from '../../../core/money.js'
import { isInEuropeanUnion, isValidVatIdOf, normalizeVatId } from '../../../core/vat-id.js'
import type { TaxRate as TaxRateRecord } from '../../../platform/postgres/generated/client.js'
import type { CustomerType } from './tax.enums.js'

/**
 * Reason why tax is charged or not. The electronic invoice contains the corresponding code of UNTDID 5305.
 */
export type TaxCategory = 'STANDARD' | 'ZERO' | 'EXEMPT' | 'REVERSE_CHARGE' | 'NOT_TAXED'

/**
 * The part of a stored rate that decides about tax. `exemption` is the reason for a rate of 0, printed on the
 * document; a rate of 0 without a reason is a statutory zero rate.
 */
export type ApplicableTaxRate = Readonly<Pick<TaxRateRecord, 'country' | 'customerType' | 'basisPoints' | 'exemption'>>

/** The part of a seller or buyer that decides about tax. */
export interface TaxParty {
  readonly country: string | null | undefined
  readonly taxId: string | null | undefined
}

/** Evidence of the VAT id check behind a reverse charge. */
export interface VatIdCheck {
  readonly vatId: string
  readonly method: 'FORMAT'
  readonly at: string
}

export interface TaxDecision {
  readonly category: TaxCategory
  /** 1900 is 19%. */
  readonly basisPoints: number
  readonly exemption: string | null
  readonly check: VatIdCheck | null
}

interface TaxableSale {
  readonly seller: TaxParty
  readonly buyer: TaxParty
  readonly customerType: CustomerType
  /** Must contain the rates of the seller's and the buyer's country. */
  readonly rates: readonly ApplicableTaxRate[]
  readonly at: Date
}

export const NOT_TAXED: TaxDecision = { category: 'NOT_TAXED', basisPoints: 0, exemption: null, check: null }

/**
 * Decides the tax rate of a sale. Reverse charge applies if seller and buyer are in different member states
 * and both have a VAT id with a valid format and check digits. Any other buyer is charged tax like a
 * consumer, at the rate of the buyer's country, or of the seller's if the buyer's country is unknown or has
 * no rate.
 * Source: Directive 2006/112/EC, articles 44, 58, 196.
 */
export function decideTax({ seller, buyer, customerType, rates, at }: TaxableSale): TaxDecision {
  if (isReverseCharge(seller, buyer)) {
    const check: VatIdCheck = { vatId: normalizeVatId(buyer.taxId ?? ''), method: 'FORMAT', at: at.toISOString() }
    return { category: 'REVERSE_CHARGE', basisPoints: 0, exemption: null, check }
  }
  const rateIn = (country: string | null | undefined) =>
    rates.find((rate) => rate.country === country && rate.customerType === customerType)
  const rate = rateIn(buyer.country) ?? rateIn(seller.country)
  if (!rate) return NOT_TAXED
  return { category: taxCategoryOf(rate), basisPoints: rate.basisPoints, exemption: rate.exemption, check: null }
}

function isReverseCharge(seller: TaxParty, buyer: TaxParty): boolean {
  if (!seller.country || !buyer.country || seller.country === buyer.country) return false
  return [seller, buyer].every(({ country, taxId }) => country && taxId && isInEuropeanUnion(country) && isValidVatIdOf(country, taxId))
}

function taxCategoryOf({ basisPoints, exemption }: ApplicableTaxRate): TaxCategory {
  if (basisPoints > 0) return 'STANDARD'
  return exemption === null ? 'ZERO' : 'EXEMPT'
}

/** Net and tax for one rate; their sum is the amount to pay. */
export interface TaxAmounts {
  readonly net: bigint
  readonly tax: bigint
}

/**
 * Calculates the tax on the total of a rate, rounded once: three lines of 333 at 19% have 190 tax.
 * @param total      sum of the lines, minor units
 * @param inclusive  whether the total includes tax: 1500 at 20% is 1250 + 250, 999 at 21% is 826 + 173
 */
export function calculateTax(total: bigint, basisPoints: number, inclusive: boolean): TaxAmounts {
  if (!inclusive) return { net: total, tax: percentage(total, basisPoints) }
  const tax = scale(total, BigInt(basisPoints), BigInt(10_000 + basisPoints))
  return { net: total - tax, tax }
}

/**
 * The rate at which a net amount has a tax: the coarsest in whole, tenth or hundredth percents, or else the nearest. 152
 * of 799 is 19%.
 * @returns basis points
 */
export function impliedRate(net: bigint, tax: bigint): number {
  if (net === 0n) return 0
  const candidates = [100n, 10n, 1n].map((step) => Number(scale(tax, 10_000n / step, net) * step))
  return candidates.find((basisPoints) => percentage(net, basisPoints) === tax) ?? candidates.at(-1) ?? 0
}

/**
 * Calculates the net amounts of lines that include tax, so that their sum is `net`. Each is rounded, and the
 * difference is distributed in single units, starting with the largest line.
 * @param amounts  minor units, negative for a discount
 */
export function netLines(amounts: readonly bigint[], net: bigint, basisPoints: number): bigint[] {
  const lines = amounts.map((amount) => scale(amount, 10_000n, BigInt(10_000 + basisPoints)))
  const missing = net - lines.reduce((sum, line) => sum + line, 0n)
  const unit = missing < 0n ? -1n : 1n
  const bySize = amounts.map((amount, index) => ({ index, size: amount < 0n ? -amount : amount }))
  bySize.sort((a, b) => (a.size === b.size ? a.index - b.index : a.size < b.size ? 1 : -1))
  for (let distributed = 0; distributed < Number(missing * unit); distributed += 1) {
    const index = bySize[distributed % bySize.length]?.index ?? 0
    lines[index] = (lines[index] ?? 0n) + unit
  }
  return lines
}

/**
 * Calculates the tax within a part of an amount. Shares are cumulative, so that the parts never exceed the
 * whole: 999 with 173 tax, refunded in three parts of 333, has 58, 57 and 58 tax.
 * @param before  refunded before this part
 * @param after   refunded including this part
 */
export function taxShare(total: bigint, tax: bigint, before: bigint, after: bigint): bigint {
  if (total === 0n) return 0n
  return scale(tax, after, total) - scale(tax, before, total)
}
