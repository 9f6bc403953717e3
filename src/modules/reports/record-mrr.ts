import type { Transaction } from '../../platform/postgres/client.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import { readTogether, runTogether } from '../../platform/postgres/run-statement.js'
import type { BoundStatement } from '../../platform/postgres/statement.js'
import { FIND_LIVE_SUBSCRIPTION } from '../entitlements/index.js'
import { bindForCustomer, type Customer } from '../identity/index.js'
import { type BuyerRows, bindBuyer, netOf } from '../invoicing/index.js'
import type { Services } from '../services.js'
import { monthlyPrice, recurringPrice } from './mrr.rules.js'
import { INSERT_MRR_CHANGES, LIST_RECORDED_MRR } from './reports.statements.js'

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
    ...bindRecordedMrr(customer),
    ...bindBuyer(services, customer),
  })
  await runTogether(tx, bindMrrChanges(services, customer, live[0], { recorded, ...buyer }, at))
}

/** The statement that reads the MRR of a customer that was recorded last. */
export function bindRecordedMrr(customer: Customer) {
  return { recorded: bindForCustomer(LIST_RECORDED_MRR, customer, {}) }
}

/** What the statements of `bindRecordedMrr` and `bindBuyer` have read. */
interface MrrRows extends BuyerRows {
  readonly recorded: readonly RecordedMrr[]
}

/**
 * The statements that record the MRR of a customer, if it has changed.
 * @param live  the live subscription after the change
 * @param at  when the change takes effect, not later than now
 */
export function bindMrrChanges(
  services: MrrServices,
  customer: Customer,
  live: Subscription | undefined,
  { recorded, ...buyer }: MrrRows,
  at: Date,
): BoundStatement[] {
  const current = live ? calculateMrr(services, live, buyer, at) : null
  const ended = recorded.filter(({ currency, amount }) => amount > 0n && currency !== current?.currency)
  const before = recorded.find(({ currency }) => currency === current?.currency)
  const changes = [
    ...ended.map((each) => changeOf(each, { ...each, amount: 0n, at })),
    ...(current ? [changeOf(before, { ...current, at })] : []),
  ].filter(({ delta }) => delta !== 0n)
  if (changes.length === 0) return []
  return [
    bindForCustomer(INSERT_MRR_CHANGES, customer, {
      mrrCurrencies: changes.map(({ currency }) => currency),
      mrrSubscriptions: changes.map(({ subscriptionId }) => subscriptionId),
      mrrAmounts: changes.map(({ amount }) => amount),
      mrrDeltas: changes.map(({ delta }) => delta),
      mrrTimes: changes.map((change) => change.at),
    }),
  ]
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
function changeOf(before: RecordedMrr | undefined, { at, ...mrr }: RecordedMrr) {
  return { ...mrr, delta: mrr.amount - (before?.amount ?? 0n), at: before && before.at > at ? before.at : at }
}
