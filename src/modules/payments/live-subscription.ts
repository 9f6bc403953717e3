import { DomainError, INVALID_TRANSITION } from '../../core/errors.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import { findLiveSubscription } from '../entitlements/index.js'
import type { Customer } from '../identity/index.js'

/** @throws INVALID_TRANSITION when the customer has no subscription */
export async function getLiveSubscription(tx: Transaction, customer: Customer): Promise<Subscription> {
  const subscription = await findLiveSubscription(tx, customer)
  if (!subscription) throw new DomainError(INVALID_TRANSITION, 'The customer has no subscription', { from: 'EXPIRED' })
  return subscription
}
