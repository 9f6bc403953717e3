import { z } from 'zod'
import { DomainError, INVALID_TRANSITION } from '../../../core/errors.js'
import { multilineText, optional, parseInput, rowId } from '../../../core/input.js'
import type { Subscription } from '../../../platform/postgres/generated/client.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../../audit/index.js'
import { refreshEntitlement } from '../../entitlements/index.js'
import { customerName, type UserPrincipal } from '../../identity/index.js'
import type { Services } from '../../services.js'
import { ADMINISTRATIVE_SUSPENSIONS } from '../subscription.enums.js'
import type { SuspendSubscriptionInput, UnsuspendSubscriptionInput } from './collection.type.js'
import { lockSubscription } from './lock-subscription.js'
import { publishResumption, publishSuspension } from './overdue.js'
import type { CollectionServices } from './settle-customer.js'

const notes = optional(multilineText(500))
const suspensionSchema = z.object({
  subscriptionId: rowId('PlanSubscription'),
  reason: z.enum(ADMINISTRATIVE_SUSPENSIONS, `must be ${ADMINISTRATIVE_SUSPENSIONS.join(' or ')}`),
  notes,
})
const unsuspensionSchema = z.object({ subscriptionId: rowId('PlanSubscription'), notes })

type SuspensionServices = CollectionServices & Pick<Services, 'db'>

/**
 * Blocks the access of a subscription until an administrator clears the mark; no payment does. Its periods and invoices go
 * on. Another reason replaces the present one.
 * @throws SUBSCRIPTION_NOT_FOUND, INVALID_TRANSITION if it has ended
 */
export function suspendSubscription(
  services: SuspensionServices,
  principal: UserPrincipal,
  input: SuspendSubscriptionInput,
): Promise<Subscription> {
  const { subscriptionId, reason, notes } = parseInput(suspensionSchema, 'input', input)
  return setSuspension(services, principal, { id: subscriptionId, reason, notes })
}

/** Clears the mark of an administrator. @throws SUBSCRIPTION_NOT_FOUND, INVALID_TRANSITION if there is none */
export function unsuspendSubscription(
  services: SuspensionServices,
  principal: UserPrincipal,
  input: UnsuspendSubscriptionInput,
): Promise<Subscription> {
  const { subscriptionId, notes } = parseInput(unsuspensionSchema, 'input', input)
  return setSuspension(services, principal, { id: subscriptionId, reason: null, notes })
}

interface Suspension {
  readonly id: bigint
  readonly reason: (typeof ADMINISTRATIVE_SUSPENSIONS)[number] | null
  readonly notes: string | undefined
}

function setSuspension(services: SuspensionServices, principal: UserPrincipal, { id, reason, notes }: Suspension): Promise<Subscription> {
  return runTransaction(services.db, async (tx) => {
    const { status, suspendedBy } = await lockSubscription(tx, services, id)
    if (status === 'EXPIRED') throw new DomainError(INVALID_TRANSITION, `Subscription ${id} has ended`, { from: status })
    if (reason === null && suspendedBy === null)
      throw new DomainError(INVALID_TRANSITION, `No administrator has suspended subscription ${id}`, { from: status })
    const at = services.clock.now()
    const subscription = await tx.subscription.update({ where: { id }, data: { suspendedBy: reason, updatedAt: at } })
    await refreshEntitlement(tx, services, subscription)
    // An overdue invoice blocks access as well.
    if (reason !== null) await publishSuspension(tx, subscription, reason, at)
    else if (status !== 'UNPAID') await publishResumption(tx, subscription, at)
    const action = reason === null ? 'unsuspendSubscription' : 'suspendSubscription'
    const details = { subscriptionId: id, reason: reason ?? suspendedBy, notes: notes ?? null }
    await recordAuditEntry(tx, { actor: principal, action, subject: customerName(subscription), details, at })
    return subscription
  })
}
