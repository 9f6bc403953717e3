import { DomainError } from '../../core/errors.js'
import { encodeId } from '../../core/ids.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import { LIVE_SUBSCRIPTION } from '../entitlements/index.js'
import { type Customer, customerFilter } from '../identity/index.js'
import { ALREADY_SUBSCRIBED } from './subscription.errors.js'

/**
 * Prevents a second purchase beside a live subscription that is paid for. Neither a gift nor a free plan counts.
 * @throws ALREADY_SUBSCRIBED
 */
export async function assertNotSubscribed(tx: Transaction, customer: Customer): Promise<void> {
  const subscription = await findPaidSubscription(tx, customer)
  if (!subscription) return
  const details = { planId: encodeId('Plan', subscription.planId), collection: subscription.collection }
  throw new DomainError(ALREADY_SUBSCRIBED, 'The customer has a paid subscription already; use changePlan to change its plan', details)
}

/** A live subscription that has a price or that a provider bills: neither a gift nor a free plan. */
export function findPaidSubscription(tx: Transaction, customer: Customer): Promise<Subscription | null> {
  const isPaid = [{ collection: 'PROVIDER' as const }, { price: { gt: 0n } }]
  return tx.subscription.findFirst({ where: { ...customerFilter(customer), ...LIVE_SUBSCRIPTION, OR: isPaid } })
}
