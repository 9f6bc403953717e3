import { toDay } from '../../../core/local-date.js'
import { allocate, percentage, scale } from '../../../core/money.js'
import { WHOLE } from '../../../core/percentage.js'
import { isInEuropeanUnion, isValidVatIdOf, normalizeVatId } from '../../../core/vat-id.js'
import type { VatIdCheck } from '../document-snapshot.js'
import { findStandardRate } from './standard-rates.rules.js'
import type { CustomerType } from './tax.enums.js'

/**
 * Reason why tax is charged or not. The electronic invoice contains the corresponding code of UNTDID 5305.
 */
export type TaxCategory = 'STANDARD' | 'ZERO' | 'EXEMPT' | 'REVERSE_CHARGE' | 'OUT_OF_SCOPE' | 'NOT_TAXED'

/** A tax of a sale. */
export interface AppliedTax {
  readonly category: TaxCategory
  /** The name of the tax, such as "GST". Null: the language of the document names it. */
  readonly name: string | null
  /** The state or province, if the rate is not that of the whole country. */
  readonly region: string | null
  /** 190000 is 19%. */
  readonly millionths: number
  readonly exemption: string | null
  /** For OUT_OF_SCOPE: whether the customer owes the tax of its own country. */
  readonly customerOwesTax?: boolean
  /** The country to which the tax is due. Absent if none is charged. */
  readonly country?: string
}

/** The taxes of a sale, at least one, and the evidence for a reverse charge. */
export interface TaxDecision {
  readonly taxes: readonly AppliedTax[]
  readonly check: VatIdCheck | null
  /** Whether the tax depends on the state of the buyer, which is not known by its code. */
  readonly needsState?: boolean
}

/** A stored rate. `exemption` is the reason for a rate of 0, printed on the document; without one, 0 is a statutory rate. */
export interface DatedTaxRate {
  readonly country: string
  /** The code of a state or province, such as "QC". Empty for the whole country. */
  readonly region: string
  readonly customerType: CustomerType
  /** Empty for the tax of the country. */
  readonly name: string
  /** First day of validity. */
  readonly validFrom: Date
  readonly millionths: number
  readonly exemption: string | null
}

/** The part of a seller or buyer that decides about tax. */
export interface TaxParty {
  readonly country: string | null | undefined
  readonly taxId: string | null | undefined
}

interface TaxableSale {
  readonly seller: TaxParty
  readonly buyer: TaxParty & { readonly state: string | null }
  readonly customerType: CustomerType
  /** Must contain the rates of the seller's and the buyer's country. */
  readonly rates: readonly DatedTaxRate[]
  /** The confirmation of the buyer's VAT id. */
  readonly check: VatIdCheck | null
  /** Whether the seller declares sales to consumers in other member states in the One Stop Shop. */
  readonly isOssRegistered: boolean
  /** The seller's day, for example "2026-05-01". */
  readonly day: string
}

/** The part of an ISO 3166-2 code after the country. */
export const REGION_CODE = /^[A-Z0-9]{1,3}$/

export const NOT_TAXED: TaxDecision = onlyTax({ category: 'NOT_TAXED', millionths: 0 })

/** A decision for one tax. */
export function onlyTax({
  name = null,
  region = null,
  exemption = null,
  ...tax
}: Partial<AppliedTax> & Pick<AppliedTax, 'category' | 'millionths'>): TaxDecision {
  return { taxes: [{ ...tax, name, region, exemption }], check: null }
}

/**
 * Decides the taxes of a sale. Until the country of the buyer is known, it counts as the seller's.
 * Source: Directive 2006/112/EC, articles 44, 45, 58, 59c, 196; the table "Which rate applies" of docs/invoices.md.
 */
export function decideTax(sale: TaxableSale): TaxDecision {
  const { seller, buyer, customerType, check, isOssRegistered } = sale
  if (!seller.country) return NOT_TAXED
  const [home, abroad] = [territoryOf(seller.country), territoryOf(buyer.country ?? seller.country)]
  if (abroad === home) return taxesOf(sale, home) ?? NOT_TAXED
  if (isInEuropeanUnion(home) && isInEuropeanUnion(abroad)) {
    if (isReverseCharge(sale)) return { ...onlyTax({ category: 'REVERSE_CHARGE', millionths: 0 }), check }
    return taxesOf(sale, isOssRegistered ? abroad : home) ?? NOT_TAXED
  }
  // A stored rate means that the seller is registered in that country.
  const registered = storedTaxes(sale, abroad)
  if (registered) return registered
  const isBusiness = customerType === 'ORGANISATION' || Boolean(buyer.taxId)
  return onlyTax({ category: 'OUT_OF_SCOPE', millionths: 0, customerOwesTax: isBusiness && !isInEuropeanUnion(home) })
}

/**
 * Countries that are a part of another one for the tax. Source: Directive 2006/112/EC, article 7; for Liechtenstein, the Swiss
 * Mehrwertsteuergesetz, article 3.
 */
export const TERRITORIES: Readonly<Record<string, string>> = { MC: 'FR', IM: 'GB', LI: 'CH' }

/** The country whose tax applies in a country. */
export function territoryOf(country: string): string {
  return TERRITORIES[country] ?? country
}

/** Both parties need a VAT id, and the buyer's must be confirmed. */
function isReverseCharge({ seller, buyer, check }: TaxableSale): boolean {
  const isConfirmed = check !== null && check.vatId === normalizeVatId(buyer.taxId ?? '')
  return isConfirmed && [seller, buyer].every(({ country, taxId }) => country && taxId && isValidVatIdOf(territoryOf(country), taxId))
}

/** The stored rates of a country, or else its standard rate, if it is known. */
function taxesOf(sale: TaxableSale, country: string): TaxDecision | undefined {
  const millionths = findStandardRate(country)
  return storedTaxes(sale, country) ?? (millionths === undefined ? undefined : onlyTax({ category: 'STANDARD', millionths, country }))
}

/** The rates of the buyer's region replace those of the whole country. Of each tax, the latest rate that is valid counts. */
function storedTaxes({ rates, customerType, buyer, day }: TaxableSale, country: string): TaxDecision | undefined {
  const valid = rates.filter((rate) => rate.country === country && rate.customerType === customerType && toDay(rate.validFrom) <= day)
  const isHome = country === territoryOf(buyer.country ?? '')
  const region = isHome ? (buyer.state ?? '').trim().toUpperCase() : ''
  const regional = region === '' ? [] : valid.filter((rate) => rate.region === region)
  const national = valid.filter((rate) => rate.region === '')
  const applicable = regional.length > 0 ? regional : national
  // A state with a code and no rate has no tax. Any other text may name a state that has one.
  if (applicable.length === 0 && valid.length > 0 && isHome && !REGION_CODE.test(region)) {
    return { ...NOT_TAXED, needsState: true }
  }
  const latest = new Map<string, DatedTaxRate>()
  for (const rate of applicable.toSorted((a, b) => a.validFrom.getTime() - b.validFrom.getTime())) latest.set(rate.name, rate)
  const taxes = [...latest.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((rate) => toAppliedTax(rate, country))
  return taxes.length > 0 ? { taxes, check: null } : undefined
}

function toAppliedTax({ name, region, millionths, exemption }: DatedTaxRate, country: string): AppliedTax {
  const category = millionths > 0 ? 'STANDARD' : exemption === null ? 'ZERO' : 'EXEMPT'
  return { category, name: name || null, region: region || null, millionths, exemption, country }
}

/** Net amount and the tax of each rate; their sum is the amount to pay. */
export interface TaxAmounts {
  readonly net: bigint
  readonly taxes: readonly bigint[]
}

/**
 * Calculates the taxes on a total, each rounded once: three lines of 333 at 19% have 190 tax. If the total includes tax,
 * the tax is rounded once and split over the rates: 1500 at 20% is 1250 + 250, 999 at 21% is 826 + 173.
 * @param total  sum of the lines, minor units
 * @param rates  millionths
 */
export function calculateTaxes(total: bigint, rates: readonly number[], isInclusive: boolean): TaxAmounts {
  if (!isInclusive) return { net: total, taxes: rates.map((rate) => percentage(total, rate)) }
  const sum = sumOfRates(rates)
  if (sum === 0) return { net: total, taxes: rates.map(() => 0n) }
  const tax = scale(total, BigInt(sum), BigInt(WHOLE + sum))
  return { net: total - tax, taxes: allocate(tax, rates.map(BigInt)) }
}

/** @returns millionths */
export function sumOfRates(rates: readonly number[]): number {
  return rates.reduce((sum, rate) => sum + rate, 0)
}

/**
 * The rate at which a net amount has a tax: the coarsest in whole, tenth or hundredth percents, or else the nearest. 152
 * of 799 is 19%.
 * @returns millionths
 */
export function impliedRate(net: bigint, tax: bigint): number {
  if (net === 0n) return 0
  const candidates = [10_000n, 1000n, 100n].map((step) => Number(scale(tax, BigInt(WHOLE) / step, net) * step))
  return candidates.find((rate) => percentage(net, rate) === tax) ?? candidates.at(-1) ?? 0
}

/**
 * Calculates the net amounts of lines that include tax, so that their sum is `net`. Each is rounded, and the
 * difference is distributed in single units, starting with the largest line.
 * @param amounts  minor units, negative for a discount
 * @param rate  sum of the rates, millionths
 */
export function netLines(amounts: readonly bigint[], net: bigint, rate: number): bigint[] {
  const lines = amounts.map((amount) => scale(amount, BigInt(WHOLE), BigInt(WHOLE + rate)))
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

/**
 * Calculates the part of each tax within a part of an amount. The parts add up to `taxShare` of all taxes, so that
 * several taxes, each rounded for itself, never exceed the part: of 3 with taxes of 1 and 1, a part of 1 has no more than
 * 1 tax. Shares are cumulative.
 */
export function taxShares(total: bigint, taxes: readonly bigint[], before: bigint, after: bigint): bigint[] {
  const splitUpTo = (amount: bigint) => {
    let whole = taxes.reduce((sum, tax) => sum + tax, 0n)
    let share = taxShare(total, whole, 0n, amount)
    return taxes.map((tax) => {
      const part = whole === 0n ? 0n : scale(tax, share, whole)
      whole -= tax
      share -= part
      return part
    })
  }
  const earlier = splitUpTo(before)
  return splitUpTo(after).map((part, index) => part - (earlier[index] ?? 0n))
}
