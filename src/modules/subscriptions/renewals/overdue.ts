import type { Transaction } from '../../../platform/postgres/client.js'
import type { Subscription } from '../../../platform/postgres/generated/client.js'
import { refreshEntitlement } from '../../entitlements/index.js'
import type { Services } from '../../services.js'
import { publishEvent } from '../../webhooks/index.js'
import { settleEndedSubscription } from '../credit-unused.js'
import { endPlan } from '../end-subscription.js'

type OverdueServices = Pick<Services, 'clock' | 'config' | 'providers'>

/** Changes the status because an invoice is unpaid, or because none is overdue any more. @returns the changed subscription */
export async function changeOverdueStatus(
  tx: Transaction,
  services: OverdueServices,
  subscription: Subscription,
  { status, pastDueSince }: { status: 'ACTIVE' | 'PAST_DUE' | 'UNPAID'; pastDueSince: Date | null },
): Promise<Subscription> {
  const at = services.clock.now()
  const { id, planId, status: before } = subscription
  const changed = await tx.subscription.update({ where: { id }, data: { status, pastDueSince, updatedAt: at } })
  await refreshEntitlement(tx, services, subscription)
  await publishEvent(tx, { type: 'subscription.updated', customer: subscription, payload: { subscriptionId: id, status, planId }, at })
  await publishAccessChange(tx, before, changed, at)
  return changed
}

/** Publishes the loss of access if the status has become UNPAID, or its return if the status was UNPAID. */
export async function publishAccessChange(
  tx: Transaction,
  before: Subscription['status'],
  subscription: Subscription,
  at: Date,
): Promise<void> {
  const { status, suspendedBy } = subscription
  // The mark of an administrator has blocked access already, and still does.
  if (suspendedBy !== null) return
  if (status === 'UNPAID') await publishSuspension(tx, subscription, 'OVERDUE', at)
  else if (before === 'UNPAID' && status !== 'EXPIRED') await publishResumption(tx, subscription, at)
}

export async function publishSuspension(
  tx: Transaction,
  subscription: Subscription,
  reason: 'OVERDUE' | 'ADMIN' | 'ABUSE',
  at: Date,
): Promise<void> {
  const payload = { subscriptionId: subscription.id, planId: subscription.planId, reason }
  await publishEvent(tx, { type: 'subscription.suspended', customer: subscription, payload, at })
}

export async function publishResumption(tx: Transaction, subscription: Subscription, at: Date): Promise<void> {
  const payload = { subscriptionId: subscription.id, planId: subscription.planId }
  await publishEvent(tx, { type: 'subscription.resumed', customer: subscription, payload, at })
}

/**
 * Ends a subscription whose invoice was not paid. What is open is credited; part payments for unused time go to the
 * balance.
 * @returns the ended subscription
 */
export async function terminate(tx: Transaction, services: OverdueServices, subscription: Subscription): Promise<Subscription> {
  const at = services.clock.now()
  const { id: subscriptionId, planId } = subscription
  const ended = await endPlan(tx, services, subscription)
  const payload = { subscriptionId, status: 'EXPIRED' }
  await publishEvent(tx, { type: 'plan.expired', customer: subscription, payload, at })
  await publishEvent(tx, { type: 'subscription.terminated', customer: subscription, payload: { subscriptionId, planId }, at })
  if (!ended) throw new Error(`subscription ${subscriptionId} has ended already`)
  await settleEndedSubscription(tx, services, ended, { at })
  return ended
}
