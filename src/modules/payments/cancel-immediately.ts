import type { Subscription } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { assertManages, type Customer, type UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import { type CollectionServices, lockUpToDate, revertToDefaultPlan } from '../subscriptions/index.js'
import { getLiveSubscription } from './live-subscription.js'

interface ExtraordinaryCancellation {
  readonly customer: Customer
  /** The subscription that the customer has seen; any if undefined. */
  readonly subscriptionId: bigint | undefined
  readonly reason: string
}

/**
 * Ends the plan of a customer who cancels for a reason that allows it. The unused share is credited, and the reason is in the
 * audit log and in the customer's confirmation. Source: § 314 BGB.
 * @throws INVALID_TRANSITION when the customer has no subscription, SUBSCRIPTION_NOT_FOUND, ORGANISATION_NOT_FOUND,
 *   PAYMENT_PROVIDER_UNAVAILABLE when its provider is not configured
 */
export function cancelImmediately(
  services: CollectionServices & Pick<Services, 'db'>,
  principal: UserPrincipal,
  { customer, subscriptionId, reason }: ExtraordinaryCancellation,
): Promise<Subscription> {
  return runTransaction(services.db, async (tx) => {
    await lockUpToDate(tx, services, customer)
    await assertManages(tx, principal, customer)
    const subscription = await getLiveSubscription(tx, customer, subscriptionId)
    services.providers.assertCanEnd(subscription)
    const declaration = { kind: 'EXTRAORDINARY_CANCELLATION', reason } as const
    await revertToDefaultPlan(tx, services, { customer, principal, action: 'cancelSubscription', notes: reason, declaration })
    return tx.subscription.findUniqueOrThrow({ where: { id: subscription.id } })
  })
}
