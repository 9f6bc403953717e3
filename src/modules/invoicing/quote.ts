import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan } from '../../platform/postgres/generated/client.js'
import type { Customer } from '../identity/index.js'
import { describeLines, linesForPlan, type OrderLine } from '../orders/index.js'
import type { Services } from '../services.js'
import { calculateTotals, type InvoiceTotals } from './invoice.rules.js'
import { type BuyerRows, decideTaxFor, getBuyer, type InvoiceData } from './invoice-data.queries.js'
import { calculateTaxes } from './tax/tax.rules.js'

export interface PriceQuote {
  readonly amounts: InvoiceTotals
  /** Minor units, tax included. */
  readonly total: bigint
  /** Minor units, without tax. */
  readonly net: bigint
  /** The lines, buyer and tax that its invoice shows. */
  readonly sale: InvoiceData
}

type QuoteServices = Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>

/** Quotes one period of a plan for a customer, calculated by the same code as the invoice. */
export function quotePrice(tx: Transaction, services: QuoteServices, customer: Customer, plan: Plan): Promise<PriceQuote> {
  return quoteLines(tx, services, customer, linesForPlan(plan, plan.price ?? 0n))
}

/** Quotes the lines of an order, calculated by the same code as the invoice. */
export async function quoteLines(
  tx: Transaction,
  services: QuoteServices,
  customer: Customer,
  lines: readonly OrderLine[],
  { amountsIncludeTax }: { amountsIncludeTax?: boolean } = {},
): Promise<PriceQuote> {
  return quoteFor(services, await getBuyer(tx, services, customer), lines, amountsIncludeTax)
}

/** Quotes the lines of an order for a buyer. @param amountsIncludeTax  Default: as the prices of the catalog */
export function quoteFor(
  { config }: Pick<Services, 'config'>,
  buyer: Omit<InvoiceData, 'lines'>,
  lines: readonly OrderLine[],
  amountsIncludeTax = config.invoices.pricesIncludeTax,
): PriceQuote {
  const sale = { ...buyer, lines: describeLines(lines, buyer.locale) }
  const amounts = calculateTotals(sale.lines, sale.tax, amountsIncludeTax)
  return { amounts, total: BigInt(amounts.total), net: BigInt(amounts.subtotal), sale }
}

/**
 * The net amount that an invoice would state for a price of the catalog, minor units. Needs no name of the buyer.
 * @param price  minor units, with or without tax as the prices of the catalog
 */
export function netOf(services: Pick<Services, 'clock' | 'config'>, customer: Customer, rows: BuyerRows, price: bigint): bigint {
  if (!services.config.invoices.pricesIncludeTax) return price
  const rates = decideTaxFor(services, customer, rows).taxes.map(({ millionths }) => millionths)
  return calculateTaxes(price, rates, true).net
}
