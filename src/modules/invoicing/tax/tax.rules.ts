import { percentage, scale } from '../../../core/money.js'
import { isInEuropeanUnion, isValidVatIdOf, normalizeVatId } from '../../../core/vat-id.js'

export type HolderType = 'USER' | 'ORGANISATION'

/** Why tax is charged or not; the letters of UNTDID 5305 stand in the electronic invoice. */
export type TaxCategory = 'STANDARD' | 'ZERO' | 'EXEMPT' | 'REVERSE_CHARGE' | 'NOT_TAXED'

export interface TaxRate {
  readonly country: string
  readonly holderType: HolderType
  readonly basisPoints: number
  /** Why a rate of 0 is one, for the document; a zero rate without it is one that the law sets. */
  readonly exemption: string | null
}

/** Who sells or buys, as far as tax goes. */
export interface TaxParty {
  readonly country: string | null | undefined
  readonly taxId: string | null | undefined
}

/** What was looked at before no tax was charged, and when. */
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
  readonly holderType: HolderType
  /** Those of the seller's and the buyer's country, at least. */
  readonly rates: readonly TaxRate[]
  readonly at: Date
}

export const NOT_TAXED: TaxDecision = { category: 'NOT_TAXED', basisPoints: 0, exemption: null, check: null }

/**
 * Which rate a sale has. Reverse charge where seller and buyer are in different member states and both have a VAT id
 * with the right form and check digits; any other buyer is charged tax like a consumer. Otherwise the buyer's country decides; where it is
 * unknown or has no rate, the seller's. Source: Directive 2006/112/EC, articles 44, 58, 196.
 */
export function decideTax({ seller, buyer, holderType, rates, at }: TaxableSale): TaxDecision {
  if (isReverseCharge(seller, buyer)) {
    const check: VatIdCheck = { vatId: normalizeVatId(buyer.taxId ?? ''), method: 'FORMAT', at: at.toISOString() }
    return { category: 'REVERSE_CHARGE', basisPoints: 0, exemption: null, check }
  }
  const rateIn = (country: string | null | undefined) => rates.find((rate) => rate.country === country && rate.holderType === holderType)
  const rate = rateIn(buyer.country) ?? rateIn(seller.country)
  if (!rate) return NOT_TAXED
  return { category: categoryOf(rate), basisPoints: rate.basisPoints, exemption: rate.exemption, check: null }
}

function isReverseCharge(seller: TaxParty, buyer: TaxParty): boolean {
  if (!seller.country || !buyer.country || seller.country === buyer.country) return false
  return [seller, buyer].every(({ country, taxId }) => country && taxId && isInEuropeanUnion(country) && isValidVatIdOf(country, taxId))
}

function categoryOf({ basisPoints, exemption }: TaxRate): TaxCategory {
  if (basisPoints > 0) return 'STANDARD'
  return exemption === null ? 'ZERO' : 'EXEMPT'
}

/** Net and tax of everything that has one rate; they add up to what is paid. */
export interface TaxAmounts {
  readonly net: bigint
  readonly tax: bigint
}

/**
 * Tax of a rate's total, rounded once: three lines of 333 at 19% are 190.
 * @param total      sum of the lines, minor units
 * @param inclusive  whether the total holds its tax: 1500 at 20% is 1250 + 250, 999 at 21% is 826 + 173
 */
export function calculateTax(total: bigint, basisPoints: number, inclusive: boolean): TaxAmounts {
  if (!inclusive) return { net: total, tax: percentage(total, basisPoints) }
  const tax = scale(total, BigInt(basisPoints), BigInt(10_000 + basisPoints))
  return { net: total - tax, tax }
}

/**
 * Net amounts of lines whose amounts hold their tax, so that they add up to `net`: each rounded, the rest given in
 * single units to the largest.
 * @param amounts  minor units, negative for a discount
 */
export function netLines(amounts: readonly bigint[], net: bigint, basisPoints: number): bigint[] {
  const lines = amounts.map((amount) => scale(amount, 10_000n, BigInt(10_000 + basisPoints)))
  const missing = net - lines.reduce((sum, line) => sum + line, 0n)
  const unit = missing < 0n ? -1n : 1n
  const bySize = amounts.map((amount, index) => ({ index, size: amount < 0n ? -amount : amount }))
  bySize.sort((a, b) => (a.size === b.size ? a.index - b.index : a.size < b.size ? 1 : -1))
  for (let given = 0; given < Number(missing * unit); given += 1) {
    const index = bySize[given % bySize.length]?.index ?? 0
    lines[index] = (lines[index] ?? 0n) + unit
  }
  return lines
}

/**
 * The tax within a part of what was paid. Shares are cumulative, so that the parts never exceed the whole:
 * 999 with 173 tax, given back in three times 333, is 58, 57 and 58.
 * @param before  given back already
 * @param after   given back then, this part included
 */
export function taxShare(total: bigint, tax: bigint, before: bigint, after: bigint): bigint {
  if (total === 0n) return 0n
  return scale(tax, after, total) - scale(tax, before, total)
}
