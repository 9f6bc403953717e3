import type { Transaction } from '../../platform/postgres/client.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import { findLiveSubscription } from '../entitlements/index.js'
import { type Customer, customerKey, customerSqlFilter } from '../identity/index.js'
import { quoteNet } from '../invoicing/index.js'
import type { Services } from '../services.js'
import { monthlyPrice, recurringPrice } from './mrr.rules.js'

interface RecordedMrr {
  readonly currency: string
  readonly amount: bigint
  readonly at: Date
  readonly subscriptionId: bigint
}

/**
 * Records the MRR of a customer in its history, if it has changed. Call it under the customer's lock, in the transaction of
 * every change to the status, plan, price or collection of a subscription, after the change.
 */
export async function recordMrr(tx: Transaction, services: Pick<Services, 'clock' | 'config'>, customer: Customer): Promise<void> {
  const live = await findLiveSubscription(tx, customer)
  const current = live && (await calculateMrr(tx, services, live))
  const recorded = await listRecorded(tx, customer)
  const ended = recorded.filter(({ currency, amount }) => amount > 0n && currency !== current?.currency)
  for (const before of ended) await insertChange(tx, services, customer, before, { ...before, amount: 0n })
  const before = recorded.find(({ currency }) => currency === current?.currency)
  if (current) await insertChange(tx, services, customer, before, current)
}

/** The MRR of a subscription, minor units. @returns null if it has none */
async function calculateMrr(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  subscription: Subscription,
): Promise<Pick<RecordedMrr, 'amount' | 'currency' | 'subscriptionId'> | null> {
  const { id: subscriptionId, currency, planInterval } = subscription
  const price = recurringPrice(subscription, services.clock.now())
  if (price === 0n) return null
  const amount = monthlyPrice(await quoteNet(tx, services, subscription, price), planInterval)
  return amount === 0n ? null : { amount, currency, subscriptionId }
}

/** What was recorded last, by currency. */
function listRecorded(tx: Transaction, customer: Customer): Promise<RecordedMrr[]> {
  return tx.$queryRaw`
    SELECT DISTINCT ON (currency) currency, amount, at, subscription_id AS "subscriptionId"
    FROM mrr_changes WHERE ${customerSqlFilter(customer)} ORDER BY currency, id DESC`
}

/** No change is earlier than the one before, also if the clock was set back. */
async function insertChange(
  tx: Transaction,
  { clock }: Pick<Services, 'clock'>,
  customer: Customer,
  before: RecordedMrr | undefined,
  { amount, currency, subscriptionId }: Pick<RecordedMrr, 'amount' | 'currency' | 'subscriptionId'>,
): Promise<void> {
  const delta = amount - (before?.amount ?? 0n)
  if (delta === 0n) return
  const now = clock.now()
  const at = before && before.at > now ? before.at : now
  await tx.mrrChange.create({ data: { ...customerKey(customer), currency, subscriptionId, at, amount, delta } })
}
