import { z } from 'zod'
import { multilineText, optional, organisationId, parseInput, userId } from '../../core/input.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import { refreshEntitlement } from '../entitlements/index.js'
import { type Customer, customerName, getCustomer, type UserPrincipal } from '../identity/index.js'
import { recordMrr } from '../reports/index.js'
import type { Services } from '../services.js'
import { type Declaration, publishEvent } from '../webhooks/index.js'
import { settleEndedSubscription } from './credit-unused.js'
import { cancelActiveOrders, endSubscription } from './end-subscription.js'
import { lockUpToDate } from './renewals/settle-customer.js'
import type { CancelPlanInput } from './subscription.type.js'

const cancelPlanSchema = z.object({
  userId: userId(),
  organisationId: optional(organisationId()),
  notes: optional(multilineText(2000)),
  creditUnused: z.boolean().nullish(),
})

/**
 * Ends the plan now and reverts to the default free plan. Succeeds even if no plan was active. The unused share of what
 * was paid goes to the balance, unless `creditUnused` is false.
 */
export async function cancelPlan(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
  principal: UserPrincipal,
  input: CancelPlanInput,
): Promise<Order[]> {
  const { userId, organisationId, notes = null, creditUnused } = parseInput(cancelPlanSchema, 'input', input)
  return runTransaction(services.db, async (tx) => {
    const customer = await getCustomer(tx, userId, organisationId)
    await lockUpToDate(tx, services, customer)
    return revertToDefaultPlan(tx, services, { customer, principal, action: 'cancelPlan', notes, isForfeited: creditUnused === false })
  })
}

interface RevertRequest {
  customer: Customer
  principal: UserPrincipal
  action: 'cancelPlan' | 'cancelOrder' | 'cancelSubscription' | 'withdrawFromSubscription'
  notes: string | null
  /** Keeps the unused share of what was paid. */
  isForfeited?: boolean
  /** What the customer has declared; absent if an administrator ends the plan. */
  declaration?: Declaration | undefined
}

/**
 * Ends the customer's plan and credits its unused share. Call it under the customer's lock.
 * @returns the orders that were active until now
 */
export async function revertToDefaultPlan(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'providers'>,
  { customer, principal, action, notes, isForfeited = false, declaration }: RevertRequest,
): Promise<Order[]> {
  const at = services.clock.now()
  const cancelled = await cancelActiveOrders(tx, customer, at)
  const ended = await endSubscription(tx, customer, at)
  const subscriptionId = ended?.id ?? null
  const { plan } = await refreshEntitlement(tx, services, customer)
  await recordMrr(tx, services, customer)
  const orderIds = cancelled.map((order) => String(order.id))
  const planId = plan?.id ?? null
  await recordAuditEntry(tx, {
    actor: principal,
    action,
    subject: customerName(customer),
    details: { orderIds: orderIds.join(','), planId, notes },
    at,
  })
  const cancellation = declaration && { receivedAt: at, endsAt: at, declaration }
  await publishEvent(tx, { type: 'plan.cancelled', customer, payload: { orderIds, subscriptionId, planId }, at, cancellation })
  if (ended) await settleEndedSubscription(tx, services, ended, { at, isForfeited })
  return cancelled
}
