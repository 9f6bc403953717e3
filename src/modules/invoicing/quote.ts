import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan } from '../../platform/postgres/generated/client.js'
import type { Customer } from '../identity/index.js'
import { describeLines, linesForPlan, type OrderLine } from '../orders/index.js'
import type { Services } from '../services.js'
import { calculateTotals, type InvoiceTotals } from './invoice.rules.js'
import { getBuyer, getTaxDecision, type InvoiceData } from './invoice-data.queries.js'
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

/**
 * Quotes the lines of an order, calculated by the same code as the invoice.
 * @param amountsIncludeTax  Default: as the prices of the catalog
 */
export async function quoteLines(
  tx: Transaction,
  services: QuoteServices,
  customer: Customer,
  lines: readonly OrderLine[],
  { amountsIncludeTax = services.config.invoices.pricesIncludeTax }: { amountsIncludeTax?: boolean } = {},
): Promise<PriceQuote> {
  const buyer = await getBuyer(tx, services, customer)
  const sale = { ...buyer, lines: describeLines(lines, buyer.locale) }
  const amounts = calculateTotals(sale.lines, sale.tax, amountsIncludeTax)
  return { amounts, total: BigInt(amounts.total), net: BigInt(amounts.subtotal), sale }
}

/**
 * Quotes the net amount that an invoice would state for a price of the catalog, minor units. Needs no name of the buyer.
 * @param price  minor units, with or without tax as the prices of the catalog
 */
export async function quoteNet(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  customer: Customer,
  price: bigint,
): Promise<bigint> {
  if (!services.config.invoices.pricesIncludeTax) return price
  const { taxes } = await getTaxDecision(tx, services, customer)
  return calculateTaxes(
    price,
    taxes.map(({ millionths }) => millionths),
    true,
  ).net
}
