import { periodNumber, periodNumberAt } from '../../core/period.js'
import { stableStringify } from '../../core/stable-stringify.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan, Subscription } from '../../platform/postgres/generated/client.js'
import { jsonObject } from '../../platform/postgres/json.js'
import { PROVIDER, recordAuditEntry } from '../audit/index.js'
import { limitsOf } from '../catalog/index.js'
import { LIVE_SUBSCRIPTION, refreshEntitlement } from '../entitlements/index.js'
import { type Customer, customerFilter, customerName } from '../identity/index.js'
import { recordMrr } from '../reports/index.js'
import type { Services } from '../services.js'
import {
  type CollectionServices,
  canSubscriptionTransition,
  endSubscription,
  enqueueProviderCancellation,
  expireActiveOrders,
  lockUpToDate,
  publishAccessChange,
  recordReplacement,
  releaseSubscription,
  settleEndedSubscription,
} from '../subscriptions/index.js'
import { publishEvent } from '../webhooks/index.js'
import { findCancellation } from './find-cancellation.js'
import type { SubscriptionSnapshot } from './payment-provider.port.js'
import { settleProviderEnd } from './settle-provider-end.js'

/** The customer and the plan of a provider's subscription. */
export interface SubscriptionMatch {
  readonly customer: Customer
  readonly plan: Plan
}

export type ApplyResult = 'applied' | 'stale' | 'duplicate' | 'conflict'

/**
 * Applies the provider's state of a subscription, unless a newer state has been applied already.
 * @returns 'conflict' when a different state with the same timestamp has been applied
 */
export async function applySubscription(
  tx: Transaction,
  services: CollectionServices,
  provider: string,
  snapshot: SubscriptionSnapshot,
  { customer, plan }: SubscriptionMatch,
): Promise<ApplyResult> {
  await lockUpToDate(tx, services, customer)
  const existing = await tx.subscription.findUnique({
    where: { provider_providerSubscriptionId: { provider, providerSubscriptionId: snapshot.id } },
  })
  if (existing) {
    const comparison = await compareSnapshot(tx, existing, snapshot)
    if (comparison !== 'newer') return comparison
  }
  const at = services.clock.now()
  const current = existing && (await findCurrentPlan(tx, existing, { plan, variantId: snapshot.variantId }, at))
  const applied = current ?? plan
  const live = await tx.subscription.findFirst({
    where: { ...customerFilter(customer), ...LIVE_SUBSCRIPTION, NOT: { id: existing?.id ?? 0n } },
  })
  const state = buildSubscriptionState(snapshot, applied, existing, await findAnchor(tx, snapshot, applied, existing), at)
  if (current && existing.pendingPlanId === plan.id) state.pendingMadeAt ??= at
  if (existing?.revokedAt) Object.assign(state, { status: 'EXPIRED', endedAt: existing.endedAt })
  // A customer has at most one live subscription: the one bought last.
  if (live && state.status !== 'EXPIRED') {
    if (live.createdAt > state.createdAt) {
      Object.assign(state, { status: 'EXPIRED', endedAt: at, revokedAt: at })
      await enqueueProviderCancellation(tx, provider, snapshot.id)
    } else {
      const replaced = await endSubscription(tx, customer, at)
      if (replaced) await creditReplaced(tx, services, customer, replaced, at)
    }
  }
  const subscription = existing
    ? await tx.subscription.update({ where: { id: existing.id }, data: state })
    : await tx.subscription.create({
        data: {
          ...state,
          userId: customer.userId,
          organisationId: customer.organisationId,
          provider,
          providerSubscriptionId: snapshot.id,
          // Only administrators clear the mark, so a replacement keeps it.
          suspendedBy: live?.suspendedBy ?? null,
        },
      })
  if (existing && existing.planId !== applied.id) await confirmPlanChange(tx, subscription)
  await tx.$executeRaw`UPDATE subscriptions SET provider_updated_at = ${snapshot.updatedAt}::timestamptz WHERE id = ${subscription.id}`
  if (existing && existing.status !== state.status && !canSubscriptionTransition(existing.status, state.status)) {
    const details = { from: existing.status, to: state.status, subscriptionId: subscription.id }
    await recordAuditEntry(tx, { actor: PROVIDER, action: 'unexpectedTransition', subject: customerName(customer), details, at })
  }
  await refreshAfterChange(tx, services, customer, subscription, new Date(snapshot.updatedAt))
  if (existing?.status !== subscription.status || existing?.planId !== subscription.planId) {
    const payload = { subscriptionId: subscription.id, status: subscription.status, planId: subscription.planId }
    const planBefore = existing && existing.planId !== subscription.planId ? existing.planName : undefined
    const cancellation = existing ? await findCancellation(tx, existing, subscription, { at, snapshot }) : undefined
    await publishEvent(tx, { type: 'subscription.updated', customer, payload, at, planBefore, cancellation })
  }
  if (existing && existing.status !== subscription.status) {
    const payload = { subscriptionId: subscription.id, planId: subscription.planId }
    if (subscription.status === 'PAST_DUE') await publishEvent(tx, { type: 'payment.failed', customer, payload, at })
    await publishAccessChange(tx, existing.status, subscription, at)
  }
  await settleProviderEnd(tx, services, subscription, existing)
  return 'applied'
}

/**
 * The plan that the customer keeps until the period ends, although the provider has the scheduled one
 * already. @returns null if the reported plan applies now
 */
async function findCurrentPlan(
  tx: Transaction,
  existing: Subscription,
  { plan, variantId }: { plan: Plan; variantId: string },
  at: Date,
): Promise<Plan | null> {
  const { id, planId, pendingPlanId, currentPeriodEnd } = existing
  const isScheduled = pendingPlanId === plan.id || lastVariantId(existing) === variantId
  if (planId === plan.id || !isScheduled || at >= currentPeriodEnd) return null
  const changesNow = await tx.planChange.count({ where: { subscriptionId: id, toPlanId: plan.id, status: 'REQUESTED' } })
  return changesNow > 0 ? null : tx.plan.findUniqueOrThrow({ where: { id: planId } })
}

/** The variant that the provider reported last. */
export function lastVariantId({ providerState }: Subscription): string | null {
  return (providerState as { variantId?: string } | null)?.variantId ?? null
}

/** The start of the periods: of the purchase or the trial, or of the last change of the interval. */
async function findAnchor(
  tx: Transaction,
  { status, trialEndsAt, createdAt, updatedAt }: SubscriptionSnapshot,
  plan: Plan,
  existing: Subscription | null,
): Promise<Date> {
  const first = new Date(trialEndsAt ?? createdAt)
  if (!existing) return first
  if (existing.planInterval === plan.interval) return [status, existing.status].includes('TRIALING') ? first : existing.anchor
  if (existing.pendingPlanId === plan.id) return existing.currentPeriodEnd
  const change = await tx.planChange.findFirst({
    where: { subscriptionId: existing.id, toPlanId: plan.id, status: { in: ['REQUESTED', 'DONE'] } },
    orderBy: { id: 'desc' },
  })
  return change?.changedAt ?? new Date(updatedAt)
}

/** Credits what a second checkout has replaced. Its payment may arrive later; it is credited then. */
async function creditReplaced(
  tx: Transaction,
  services: CollectionServices,
  customer: Customer,
  replaced: Subscription,
  at: Date,
): Promise<void> {
  const { id: subscriptionId, currency } = replaced
  const amount = await settleEndedSubscription(tx, services, replaced, { at })
  if (amount > 0n) await recordReplacement(tx, customer, { subscriptionId, amount, currency, at })
}

/** Completes the plan change in progress to the plan that the provider has reported. */
async function confirmPlanChange(tx: Transaction, { id, planId }: Subscription): Promise<void> {
  const { count } = await tx.planChange.updateMany({
    where: { subscriptionId: id, toPlanId: planId, status: 'REQUESTED' },
    data: { status: 'DONE' },
  })
  if (count > 0) await discardPendingPlan(tx, id)
}

/** A change that takes effect now replaces the one that was scheduled before. */
export async function discardPendingPlan(tx: Transaction, subscriptionId: bigint): Promise<void> {
  await tx.subscription.update({ where: { id: subscriptionId }, data: { pendingPlanId: null, pendingMadeAt: null } })
}

async function compareSnapshot(
  tx: Transaction,
  existing: Subscription,
  snapshot: SubscriptionSnapshot,
): Promise<Exclude<ApplyResult, 'applied'> | 'newer'> {
  const rows = await tx.$queryRaw<{ order: number | null }[]>`
    SELECT sign(extract(epoch FROM ${snapshot.updatedAt}::timestamptz - provider_updated_at))::int AS order FROM subscriptions WHERE id = ${existing.id}`
  const order = rows[0]?.order ?? 1
  if (order > 0) return 'newer'
  if (order < 0) return 'stale'
  return stableStringify(existing.providerState) === stableStringify(snapshot) ? 'duplicate' : 'conflict'
}

/** Builds the row from the snapshot. Periods are counted from the anchor, so that the 31st stays the 31st. */
function buildSubscriptionState(snapshot: SubscriptionSnapshot, plan: Plan, existing: Subscription | null, anchor: Date, at: Date) {
  const { status, trialEndsAt, renewsAt, endsAt, createdAt } = snapshot
  const end = renewsAt ?? endsAt
  // Periods exclude their end: the current one contains the last millisecond before the renewal.
  const number = Math.max(1, periodNumberAt(anchor, plan.interval, end ? new Date(new Date(end).getTime() - 1) : at))
  const period =
    trialEndsAt && status === 'TRIALING' ? { start: new Date(createdAt), end: anchor } : periodNumber(anchor, plan.interval, number)
  const samePlan = existing?.planId === plan.id
  return {
    planId: plan.id,
    planName: samePlan ? existing.planName : plan.name,
    planInterval: plan.interval,
    price: samePlan ? existing.price : plan.price,
    currency: samePlan ? existing.currency : plan.currency,
    collection: 'PROVIDER' as const,
    planLimits: samePlan ? jsonObject.parse(existing.planLimits) : limitsOf(plan),
    planFeatures: jsonObject.parse(samePlan ? existing.planFeatures : plan.features),
    pendingPlanId: existing?.pendingPlanId === plan.id ? null : (existing?.pendingPlanId ?? null),
    pendingMadeAt: existing?.pendingPlanId === plan.id ? null : (existing?.pendingMadeAt ?? null),
    status,
    anchor,
    periodNumber: number,
    currentPeriodStart: period.start,
    currentPeriodEnd: period.end,
    cancelAtPeriodEnd: status === 'CANCELLED',
    pauseKeepsAccess: snapshot.pauseKeepsAccess,
    pastDueSince: status === 'PAST_DUE' ? (existing?.pastDueSince ?? new Date(snapshot.updatedAt)) : null,
    endsAt: endsAt === null ? null : new Date(endsAt),
    endedAt: status === 'EXPIRED' ? (existing?.endedAt ?? new Date(endsAt ?? snapshot.updatedAt)) : null,
    providerState: { ...snapshot },
    providerOrderId: snapshot.orderId,
    boughtAt: new Date(createdAt),
    createdAt: new Date(createdAt),
    updatedAt: at,
  }
}

/** Expires the orders of an ended subscription and refreshes the entitlement. The customer must be locked. */
async function refreshAfterChange(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  customer: Customer,
  { id, status, endedAt }: Subscription,
  changedAt: Date,
): Promise<void> {
  const live = await tx.subscription.count({ where: { ...customerFilter(customer), ...LIVE_SUBSCRIPTION } })
  if (live === 0) await expireActiveOrders(tx, customer, services.clock.now())
  if (status === 'EXPIRED') await releaseSubscription(tx, id, services.clock.now())
  await refreshEntitlement(tx, services, customer)
  await recordMrr(tx, services, customer, endedAt ?? changedAt)
}
