import { DomainError } from '../../../core/errors.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Subscription } from '../../../platform/postgres/generated/client.js'
import { SUBSCRIPTION_NOT_FOUND } from '../subscription.errors.js'
import { type CollectionServices, lockUpToDate } from './settle-customer.js'

/** Locks the customer of a subscription, does what is due for it, and reads it. @throws SUBSCRIPTION_NOT_FOUND */
export async function lockSubscription(tx: Transaction, services: CollectionServices, id: bigint): Promise<Subscription> {
  const found = await tx.subscription.findUnique({ where: { id }, select: { userId: true, organisationId: true } })
  if (!found) throw new DomainError(SUBSCRIPTION_NOT_FOUND, `Subscription ${id} does not exist`)
  await lockUpToDate(tx, services, found)
  return tx.subscription.findUniqueOrThrow({ where: { id } })
}
