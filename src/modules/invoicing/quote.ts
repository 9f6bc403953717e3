import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan } from '../../platform/postgres/generated/client.js'
import type { Customer } from '../identity/index.js'
import { describeLines, linesForPlan } from '../orders/index.js'
import type { Services } from '../services.js'
import type { BuyerDetails } from './document-snapshot.js'
import { calculateTotals, type InvoiceTotals } from './invoice.rules.js'
import { getBuyer } from './invoice-data.queries.js'

interface PriceQuote {
  readonly amounts: InvoiceTotals
  /** Minor units, tax included. */
  readonly total: bigint
  readonly buyer: BuyerDetails
}

/** Quotes one period of a plan for a customer, calculated by the same code as the invoice. */
export async function quotePrice(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>,
  customer: Customer,
  plan: Plan,
): Promise<PriceQuote> {
  const { buyer, locale, tax } = await getBuyer(tx, services, customer)
  const lines = describeLines(linesForPlan(plan, plan.price ?? 0n), locale)
  const amounts = calculateTotals(lines, tax, services.config.invoices.pricesIncludeTax)
  return { amounts, total: BigInt(amounts.total), buyer }
}
