import { DomainError, INVALID_TRANSITION } from '../../core/errors.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import { findLiveSubscription } from '../entitlements/index.js'
import type { Customer } from '../identity/index.js'
import { SUBSCRIPTION_NOT_FOUND } from '../subscriptions/index.js'

/**
 * @param id  the subscription that is expected; any if undefined
 * @throws INVALID_TRANSITION when the customer has no subscription, SUBSCRIPTION_NOT_FOUND when it is another one
 */
export async function getLiveSubscription(tx: Transaction, customer: Customer, id?: bigint): Promise<Subscription> {
  const subscription = await findLiveSubscription(tx, customer)
  if (!subscription) throw new DomainError(INVALID_TRANSITION, 'The customer has no subscription', { from: 'EXPIRED' })
  if (id !== undefined && subscription.id !== id) {
    throw new DomainError(SUBSCRIPTION_NOT_FOUND, `Subscription ${id} is not the current one of the customer, which is ${subscription.id}`)
  }
  return subscription
}
