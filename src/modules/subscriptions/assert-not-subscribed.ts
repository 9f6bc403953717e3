import { DomainError } from '../../core/errors.js'
import type { Transaction } from '../../platform/postgres/client.js'
import { type Customer, customerFilter } from '../identity/index.js'
import { ALREADY_SUBSCRIBED } from './subscription.errors.js'

/**
 * Prevents a second purchase beside a live subscription that is paid for. A gift does not count.
 * @throws ALREADY_SUBSCRIBED
 */
export async function assertNotSubscribed(tx: Transaction, customer: Customer): Promise<void> {
  if (!(await hasPaidSubscription(tx, customer))) return
  throw new DomainError(ALREADY_SUBSCRIBED, 'The customer has a paid subscription already; use changePlan to change its plan', {})
}

/** Whether the customer has a live subscription other than a gift. */
export async function hasPaidSubscription(tx: Transaction, customer: Customer): Promise<boolean> {
  const isPaid = [{ collection: { not: 'NONE' as const } }, { price: { gt: 0n } }]
  const where = { ...customerFilter(customer), status: { not: 'EXPIRED' as const }, OR: isPaid }
  return (await tx.subscription.count({ where })) > 0
}
