import { periodNumber, periodNumberAt } from '../../core/period.js'
import { stableStringify } from '../../core/stable-stringify.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan, Subscription } from '../../platform/postgres/generated/client.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import { PROVIDER, recordAuditEntry } from '../audit/index.js'
import { limitsOf } from '../catalog/index.js'
import { refreshEntitlement } from '../entitlements/index.js'
import { type Customer, customerFilter, customerName, lockCustomer } from '../identity/index.js'
import type { Services } from '../services.js'
import { canSubscriptionTransition, endSubscription, enqueueProviderCancellation, expireActiveOrders } from '../subscriptions/index.js'
import { publishEvent } from '../webhooks/index.js'
import type { SubscriptionSnapshot } from './payment-provider.port.js'

/** Whose it is, and for which plan: found by what was sent along with the checkout, by e-mail, by variant. */
export interface SubscriptionMatch {
  readonly holder: Customer
  readonly plan: Plan
}

export type ApplyResult = 'applied' | 'older' | 'repeated' | 'ask the provider'

/**
 * Brings a subscription to what its provider says: a newer state always wins, an older one never does.
 * @returns "ask the provider" when something else is said of the same moment
 */
export async function applySubscription(
  tx: Transaction,
  services: Services,
  provider: string,
  snapshot: SubscriptionSnapshot,
  { holder, plan }: SubscriptionMatch,
): Promise<ApplyResult> {
  await lockCustomer(tx, holder)
  const known = await tx.subscription.findUnique({
    where: { provider_providerSubscriptionId: { provider, providerSubscriptionId: snapshot.id } },
  })
  if (known) {
    const verdict = await compareSnapshot(tx, known, snapshot)
    if (verdict !== 'newer') return verdict
  }
  const at = services.clock.now()
  const live = await tx.subscription.findFirst({
    where: { ...customerFilter(holder), status: { not: 'EXPIRED' }, NOT: { id: known?.id ?? 0 } },
  })
  const state = buildSubscriptionState(snapshot, plan, known, at)
  if (known?.revokedAt) Object.assign(state, { status: 'EXPIRED', endedAt: known.endedAt })
  // A holder has one live subscription: the one that was bought last.
  if (live && state.status !== 'EXPIRED') {
    if (live.createdAt > state.createdAt) {
      Object.assign(state, { status: 'EXPIRED', endedAt: at, revokedAt: at })
      await enqueueProviderCancellation(tx, provider, snapshot.id)
    } else await endSubscription(tx, holder, at)
  }
  const subscription = known
    ? await tx.subscription.update({ where: { id: known.id }, data: state })
    : await tx.subscription.create({
        data: { ...state, userId: holder.userId, organisationId: holder.organisationId, provider, providerSubscriptionId: snapshot.id },
      })
  await tx.$executeRaw`UPDATE subscriptions SET provider_updated_at = ${snapshot.updatedAt}::timestamptz WHERE id = ${subscription.id}`
  if (known && known.status !== state.status && !canSubscriptionTransition(known.status, state.status)) {
    const details = { from: known.status, to: state.status, subscriptionId: subscription.id }
    await recordAuditEntry(tx, { by: PROVIDER, action: 'unexpectedTransition', subject: customerName(holder), details, at })
  }
  await refreshAfterChange(tx, services, holder)
  if (known?.status !== subscription.status || known?.planId !== subscription.planId) {
    const payload = { subscriptionId: subscription.id, status: subscription.status, planId: subscription.planId }
    await publishEvent(tx, { type: 'subscription.updated', customer: holder, payload, at })
  }
  return 'applied'
}

async function compareSnapshot(
  tx: Transaction,
  known: Subscription,
  snapshot: SubscriptionSnapshot,
): Promise<Exclude<ApplyResult, 'applied'> | 'newer'> {
  const rows = await tx.$queryRaw<{ order: number | null }[]>`
    SELECT sign(extract(epoch FROM ${snapshot.updatedAt}::timestamptz - provider_updated_at))::int AS order FROM subscriptions WHERE id = ${known.id}`
  const order = rows[0]?.order ?? 1
  if (order > 0) return 'newer'
  if (order < 0) return 'older'
  return stableStringify(known.providerState) === stableStringify(snapshot) ? 'repeated' : 'ask the provider'
}

/** The row as the snapshot has it. Periods are ours: counted from the anchor, so that the 31st stays the 31st. */
function buildSubscriptionState(snapshot: SubscriptionSnapshot, plan: Plan, known: Subscription | null, at: Date) {
  const { status, trialEndsAt, renewsAt, endsAt, createdAt } = snapshot
  const anchor = new Date(trialEndsAt ?? createdAt)
  const end = renewsAt ?? endsAt
  // The period that ends when it renews; a moment before, for the end belongs to the next one.
  const number = Math.max(1, periodNumberAt(anchor, plan.interval, end ? new Date(new Date(end).getTime() - 1) : at))
  const period =
    trialEndsAt && status === 'TRIALING' ? { start: new Date(createdAt), end: anchor } : periodNumber(anchor, plan.interval, number)
  const samePlan = known?.planId === plan.id
  return {
    planId: plan.id,
    planLimits: (samePlan ? known.planLimits : limitsOf(plan)) as object,
    planFeatures: (samePlan ? known.planFeatures : plan.features) as object,
    pendingPlanId: known?.pendingPlanId === plan.id ? null : (known?.pendingPlanId ?? null),
    status,
    anchor,
    periodNumber: number,
    currentPeriodStart: period.start,
    currentPeriodEnd: period.end,
    cancelAtPeriodEnd: status === 'CANCELLED',
    pauseKeepsAccess: snapshot.pauseKeepsAccess,
    pastDueSince: status === 'PAST_DUE' ? (known?.pastDueSince ?? new Date(snapshot.updatedAt)) : null,
    endsAt: endsAt === null ? null : new Date(endsAt),
    endedAt: status === 'EXPIRED' ? (known?.endedAt ?? new Date(endsAt ?? snapshot.updatedAt)) : null,
    providerState: { ...snapshot } as Prisma.InputJsonObject,
    createdAt: new Date(createdAt),
    updatedAt: at,
  }
}

/** Ends the orders of what is over, and settles what may be used now. Call it under the holder's lock. */
async function refreshAfterChange(tx: Transaction, services: Services, holder: Customer): Promise<void> {
  const live = await tx.subscription.count({ where: { ...customerFilter(holder), status: { not: 'EXPIRED' } } })
  if (live === 0) await expireActiveOrders(tx, holder)
  await refreshEntitlement(tx, services, holder)
}
