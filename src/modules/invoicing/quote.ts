import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan } from '../../platform/postgres/generated/client.js'
import type { Customer } from '../identity/index.js'
import { linesForPlan } from '../orders/index.js'
import type { Services } from '../services.js'
import type { Buyer } from './buyer.rules.js'
import { calculateTotals, type InvoiceTotals } from './invoice.rules.js'
import { getBuyer } from './invoice-data.queries.js'

interface PriceQuote {
  readonly amounts: InvoiceTotals
  /** Minor units, tax included. */
  readonly total: bigint
  readonly buyer: Buyer
}

/** What a plan costs a holder for a period now, by the same code as the invoice. */
export async function quotePrice(tx: Transaction, services: Services, holder: Customer, plan: Plan): Promise<PriceQuote> {
  const { buyer, tax } = await getBuyer(tx, services, holder)
  const amounts = calculateTotals(linesForPlan(plan, plan.price ?? 0n), tax, services.config.invoices.pricesIncludeTax)
  return { amounts, total: BigInt(amounts.total), buyer }
}
