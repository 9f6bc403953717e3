import { DomainError } from '../../core/errors.js'
import { encodeId } from '../../core/ids.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import { type Customer, customerFilter } from '../identity/index.js'
import { ALREADY_SUBSCRIBED } from './subscription.errors.js'

/**
 * Prevents a second purchase beside a live subscription that is paid for. A gift does not count.
 * @throws ALREADY_SUBSCRIBED
 */
export async function assertNotSubscribed(tx: Transaction, customer: Customer): Promise<void> {
  const subscription = await findPaidSubscription(tx, customer)
  if (!subscription) return
  const details = { planId: encodeId('Plan', subscription.planId), collection: subscription.collection }
  throw new DomainError(ALREADY_SUBSCRIBED, 'The customer has a paid subscription already; use changePlan to change its plan', details)
}

/** A live subscription other than a gift. */
function findPaidSubscription(tx: Transaction, customer: Customer): Promise<Subscription | null> {
  const isPaid = [{ collection: { not: 'NONE' as const } }, { price: { gt: 0n } }]
  return tx.subscription.findFirst({ where: { ...customerFilter(customer), status: { not: 'EXPIRED' as const }, OR: isPaid } })
}
