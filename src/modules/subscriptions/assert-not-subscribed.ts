import { DomainError } from '../../core/errors.js'
import { encodeId } from '../../core/ids.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import { findLiveSubscription } from '../entitlements/index.js'
import type { Customer } from '../identity/index.js'
import { ALREADY_SUBSCRIBED } from './subscription.errors.js'

/**
 * Prevents a second purchase beside a live subscription that is paid for. Neither a gift nor a free plan counts.
 * @param live  the live subscription of the customer
 * @throws ALREADY_SUBSCRIBED
 */
export function assertNotPaid(live: Subscription | null): void {
  if (!live || !isPaid(live)) return
  const details = { planId: encodeId('Plan', live.planId), collection: live.collection }
  throw new DomainError(ALREADY_SUBSCRIBED, 'The customer has a paid subscription already; use changePlan to change its plan', details)
}

/** Like `assertNotPaid`. @throws ALREADY_SUBSCRIBED */
export async function assertNotSubscribed(tx: Transaction, customer: Customer): Promise<void> {
  assertNotPaid(await findLiveSubscription(tx, customer))
}

/** A live subscription that has a price or that a provider bills: neither a gift nor a free plan. */
export async function findPaidSubscription(tx: Transaction, customer: Customer): Promise<Subscription | null> {
  const live = await findLiveSubscription(tx, customer)
  return live && isPaid(live) ? live : null
}

function isPaid({ collection, price }: Subscription): boolean {
  return collection === 'PROVIDER' || (price !== null && price > 0n)
}
