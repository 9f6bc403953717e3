import type { Transaction } from '../../platform/postgres/client.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import { readRows, readTogether } from '../../platform/postgres/run-statement.js'
import { FIND_LIVE_SUBSCRIPTION } from '../entitlements/index.js'
import { bindForCustomer, type Customer } from '../identity/index.js'
import { type BuyerRows, bindBuyer, netOf } from '../invoicing/index.js'
import type { Services } from '../services.js'
import { monthlyPrice, recurringPrice } from './mrr.rules.js'
import { INSERT_MRR_CHANGE, LIST_RECORDED_MRR } from './reports.statements.js'

type MrrServices = Pick<Services, 'clock' | 'config'>

/** The MRR of a customer in a currency, minor units, with the subscription that it comes from. */
interface Mrr {
  readonly currency: string
  readonly amount: bigint
  readonly subscriptionId: bigint
}

interface RecordedMrr extends Mrr {
  readonly at: Date
}

/**
 * Records the MRR of a customer in its history, if it has changed. Call it under the customer's lock, in the transaction of
 * every change to the status, plan, price or collection of a subscription, and of every renewal, after the change.
 * @param effectiveAt  when the change takes effect. It may be earlier than now; a later time counts as now. Default: now
 */
export async function recordMrr(
  tx: Transaction,
  services: MrrServices,
  customer: Customer,
  effectiveAt: Date = services.clock.now(),
): Promise<void> {
  const now = services.clock.now()
  // The clock of a provider may be ahead of ours.
  const at = effectiveAt < now ? effectiveAt : now
  const { live, recorded, ...buyer } = await readTogether(tx, {
    live: bindForCustomer(FIND_LIVE_SUBSCRIPTION, customer, {}),
    recorded: bindForCustomer(LIST_RECORDED_MRR, customer, {}),
    ...bindBuyer(services, customer),
  })
  const current = live[0] ? calculateMrr(services, live[0], buyer, at) : null
  const ended = recorded.filter(({ currency, amount }) => amount > 0n && currency !== current?.currency)
  for (const before of ended) await insertChange(tx, customer, before, { ...before, amount: 0n, at })
  const before = recorded.find(({ currency }) => currency === current?.currency)
  if (current) await insertChange(tx, customer, before, { ...current, at })
}

/** The MRR of a subscription, minor units. @returns null if it has none */
function calculateMrr(services: MrrServices, subscription: Subscription, buyer: BuyerRows, at: Date): Mrr | null {
  const { id: subscriptionId, currency, planInterval } = subscription
  const price = recurringPrice(subscription, at)
  if (price === 0n) return null
  const amount = monthlyPrice(netOf(services, subscription, buyer, price), planInterval)
  return amount === 0n ? null : { amount, currency, subscriptionId }
}

/** No change is earlier than the one before, because the report reads them in the order in which they were recorded. */
async function insertChange(
  tx: Transaction,
  customer: Customer,
  before: RecordedMrr | undefined,
  { amount, currency, subscriptionId, at }: RecordedMrr,
): Promise<void> {
  const delta = amount - (before?.amount ?? 0n)
  if (delta === 0n) return
  const values = { currency, subscriptionId, amount, delta, at: before && before.at > at ? before.at : at }
  await readRows(tx, bindForCustomer(INSERT_MRR_CHANGE, customer, values))
}
