import { parseId, parseInput, parseOptionalId, text } from '../../core/input.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { transact } from '../../platform/postgres/transaction.js'
import { appendAuditEntry } from '../audit/index.js'
import { settleEntitlement } from '../entitlements/index.js'
import { type Holder, holderName, lockHolder, requireHolder, type Viewer } from '../identity/index.js'
import type { Services } from '../services.js'
import { appendEvent } from '../webhooks/index.js'
import { cancelActiveOrders, endSubscription } from './end-subscription.js'
import type { CancelPlanInput } from './subscription.type.js'

/** Ends the plan now and falls back to the default free plan; succeeds also when nothing was active. */
export async function cancelPlan(services: Services, by: Viewer, input: CancelPlanInput): Promise<Order[]> {
  const userId = parseId('input.userId', input.userId)
  const organisationId = parseOptionalId('input.organisationId', input.organisationId)
  const notes = parseInput(text(2000).nullish(), 'input.notes', input.notes) ?? null
  return transact(services.db, async (tx) => {
    const holder = await requireHolder(tx, userId, organisationId)
    await lockHolder(tx, holder)
    return fallBack(tx, services, { holder, by, action: 'cancelPlan', notes })
  })
}

interface FallBack {
  holder: Holder
  by: Viewer
  action: 'cancelPlan' | 'cancelOrder'
  notes: string | null
}

/** Call it under the holder's lock. @returns the orders that were active until now */
export async function fallBack(tx: Transaction, services: Services, { holder, by, action, notes }: FallBack): Promise<Order[]> {
  const at = services.clock.now()
  const cancelled = await cancelActiveOrders(tx, holder, at)
  await endSubscription(tx, holder, at)
  const { plan } = await settleEntitlement(tx, services, holder)
  const orderIds = cancelled.map((order) => String(order.id))
  const planId = plan?.id ?? null
  await appendAuditEntry(tx, { by, action, subject: holderName(holder), details: { orderIds: orderIds.join(','), planId, notes }, at })
  await appendEvent(tx, { type: 'plan.cancelled', holder, payload: { orderIds, planId }, at })
  return cancelled
}
