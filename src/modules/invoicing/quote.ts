import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan } from '../../platform/postgres/generated/client.js'
import type { Holder } from '../identity/index.js'
import { linesForPlan } from '../orders/index.js'
import type { Services } from '../services.js'
import type { Buyer } from './buyer.rules.js'
import { type Amounts, addUp } from './invoice.rules.js'
import { readBuyer } from './invoice-data.queries.js'

interface Quote {
  readonly amounts: Amounts
  /** Minor units, tax included. */
  readonly total: bigint
  readonly buyer: Buyer
}

/** What a plan costs a holder for a period now, by the same code as the invoice. */
export async function quote(tx: Transaction, services: Services, holder: Holder, plan: Plan): Promise<Quote> {
  const { buyer, tax } = await readBuyer(tx, services, holder)
  const amounts = addUp(linesForPlan(plan, plan.price ?? 0n), tax, services.config.invoices.pricesIncludeTax)
  return { amounts, total: BigInt(amounts.total), buyer }
}
