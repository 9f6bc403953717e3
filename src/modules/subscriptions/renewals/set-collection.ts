import { z } from 'zod'
import { DomainError, INVALID_TRANSITION } from '../../../core/errors.js'
import { multilineText, optional, parseInput, rowId } from '../../../core/input.js'
import type { Subscription } from '../../../platform/postgres/generated/client.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../../audit/index.js'
import { customerName, type UserPrincipal } from '../../identity/index.js'
import { cancelPendingChanges } from '../../orders/index.js'
import { recordMrr } from '../../reports/index.js'
import type { Services } from '../../services.js'
import { advancePeriods } from '../scheduled-transitions.js'
import { cancelRenewal } from './cancel-renewal.js'
import type { SetCollectionInput } from './collection.type.js'
import { lockSubscription } from './lock-subscription.js'
import { type CollectionServices, settleCustomer } from './settle-customer.js'

const collectionSchema = z.object({
  subscriptionId: rowId('PlanSubscription'),
  collection: z.enum(['NONE', 'INVOICE'], 'must be NONE or INVOICE'),
  notes: optional(multilineText(500)),
})

/**
 * Switches a subscription between collection by invoice and none. Every plan change that has not taken effect is
 * cancelled, and so is a renewal that has not begun. A plan that was given away is renewed at the price of the catalog.
 * @throws SUBSCRIPTION_NOT_FOUND, INVALID_TRANSITION
 */
export async function setCollection(
  services: CollectionServices & Pick<Services, 'db'>,
  principal: UserPrincipal,
  input: SetCollectionInput,
): Promise<Subscription> {
  const { subscriptionId: id, collection, notes = null } = parseInput(collectionSchema, 'input', input)
  // Periods that have passed meanwhile are not billed.
  if (collection === 'INVOICE') await advancePeriods(services, id)
  return runTransaction(services.db, async (tx) => {
    const subscription = await lockSubscription(tx, services, id)
    const { collection: from, currency, planId } = subscription
    assertSwitchable(subscription, collection)
    const at = services.clock.now()
    const plan = await tx.plan.findUniqueOrThrow({ where: { id: planId } })
    const price = collection === 'INVOICE' && !subscription.price ? plan.price : subscription.price
    if (collection === 'INVOICE' && !price)
      throw new DomainError(INVALID_TRANSITION, `Subscription ${id} has no price, so it cannot be renewed by invoice`, { from })
    await cancelPendingChanges(tx, id, at)
    await cancelRenewal(tx, services, subscription)
    await tx.subscription.update({ where: { id }, data: { collection, price, pendingPlanId: null, collectAt: null, updatedAt: at } })
    await recordMrr(tx, services, subscription)
    await settleCustomer(tx, services, subscription, currency)
    const details = { subscriptionId: id, from, to: collection, notes }
    await recordAuditEntry(tx, { actor: principal, action: 'setCollection', subject: customerName(subscription), details, at })
    return tx.subscription.findUniqueOrThrow({ where: { id } })
  })
}

/** @throws INVALID_TRANSITION */
function assertSwitchable({ id, status, collection: from }: Subscription, to: string): void {
  const refuse = (reason: string) => new DomainError(INVALID_TRANSITION, `Subscription ${id} ${reason}`, { from: status })
  if (status === 'EXPIRED') throw refuse('has ended')
  if (from === 'PROVIDER') throw refuse('is collected by its payment provider')
  if (from === to) throw refuse(`has the collection ${to} already`)
}
