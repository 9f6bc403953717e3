import { DomainError } from '../../core/errors.js'
import { parseOptionalId } from '../../core/input.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import { transact } from '../../platform/postgres/transaction.js'
import { appendAuditEntry } from '../audit/index.js'
import { settleEntitlement } from '../entitlements/index.js'
import { type Holder, heldBy, holderName, lockHolder, requireHolder, type Viewer } from '../identity/index.js'
import type { Services } from '../services.js'
import { beginPeriods, ESCLUSE, endPlan, requireTransition, transitionRefused } from '../subscriptions/index.js'
import { appendEvent } from '../webhooks/index.js'
import { applySubscription } from './apply-subscription.js'
import { matchSubscription } from './match-subscription.js'
import type { PaymentProvider, SubscriptionSnapshot } from './payment-provider.port.js'
import { requireProvider } from './provider-registry.js'

/**
 * Ends a subscription with its period; at once while a payment for it is overdue, or when its period is over.
 * @throws INVALID_TRANSITION, PAYMENT_PROVIDER_UNAVAILABLE
 */
export function cancelSubscription(services: Services, viewer: Viewer, organisationId?: string): Promise<Subscription> {
  return change(services, viewer, organisationId, {
    action: 'cancelSubscription',
    to: 'CANCELLED',
    atProvider: (provider, id) => provider.cancel(id),
    ours: ({ status, currentPeriodEnd, endsAt }, at) => {
      const end = endsAt ?? currentPeriodEnd
      const isOverdue = status === 'PAST_DUE' || status === 'UNPAID'
      return isOverdue || end <= at ? 'ended' : { cancelAtPeriodEnd: true, endsAt: end }
    },
  })
}

/** Continues a cancelled subscription that has not ended yet. @throws INVALID_TRANSITION, PAYMENT_PROVIDER_UNAVAILABLE */
export function resumeSubscription(services: Services, viewer: Viewer, organisationId?: string): Promise<Subscription> {
  return change(services, viewer, organisationId, {
    action: 'resumeSubscription',
    to: 'ACTIVE',
    atProvider: (provider, id) => provider.resume(id),
    ours: () => ({ cancelAtPeriodEnd: false, endsAt: null }),
  })
}

interface Change {
  action: string
  to: 'CANCELLED' | 'ACTIVE'
  atProvider(provider: PaymentProvider, id: string): Promise<SubscriptionSnapshot>
  /** The change of a subscription that no provider bills. */
  ours(subscription: Subscription, at: Date): Pick<Subscription, 'cancelAtPeriodEnd' | 'endsAt'> | 'ended'
}

async function change(services: Services, viewer: Viewer, organisation: string | undefined, wanted: Change): Promise<Subscription> {
  const { db, clock } = services
  const holder = await requireHolder(db, viewer.userId, parseOptionalId('organisationId', organisation))
  const found = await requireLive(db, holder)
  requireChangeable(found, wanted.to, clock.now())
  const { id } = found
  if (found.provider === null && found.currentPeriodEnd <= clock.now()) await beginPeriods(services, id)
  const theirs = found.provider === null ? undefined : await changeAtProvider(services, found, wanted)
  return transact(db, async (tx) => {
    if (theirs) await applyOwn(tx, services, theirs)
    else await changeOurs(tx, services, holder, { id, ...wanted })
    const at = clock.now()
    const details = { subscriptionId: id }
    await appendAuditEntry(tx, { by: viewer, action: wanted.action, subject: holderName(holder), details, at })
    return tx.subscription.findUniqueOrThrow({ where: { id } })
  })
}

/** @throws INVALID_TRANSITION also for a subscription whose end has come, before the job has ended it */
function requireChangeable(subscription: Subscription, to: Change['to'], at: Date): void {
  const { status, endsAt, currentPeriodEnd } = subscription
  const isOver = status === 'CANCELLED' && (endsAt ?? currentPeriodEnd) <= at
  if (isOver || (to === 'ACTIVE' && status !== 'CANCELLED')) throw transitionRefused(subscription, to)
  requireTransition(subscription, to)
}

/** @throws PAYMENT_PROVIDER_UNAVAILABLE also for a subscription that another provider bills */
async function changeAtProvider(services: Services, subscription: Subscription, { atProvider }: Change): Promise<SubscriptionSnapshot> {
  const { id, provider: biller, providerSubscriptionId } = subscription
  if (biller === ESCLUSE) throw new DomainError('PAYMENT_PROVIDER_UNAVAILABLE', `Subscription ${id} is billed by Escluse: change it there`)
  const provider = requireProvider(services)
  if (provider.name !== biller) {
    throw new DomainError('PAYMENT_PROVIDER_UNAVAILABLE', `Subscription ${id} is billed by ${biller}, which is not configured here`)
  }
  return atProvider(provider, providerSubscriptionId ?? '')
}

async function changeOurs(tx: Transaction, services: Services, holder: Holder, { id, to, ours }: Change & { id: number }): Promise<void> {
  await lockHolder(tx, holder)
  const at = services.clock.now()
  const subscription = await tx.subscription.findUniqueOrThrow({ where: { id } })
  requireChangeable(subscription, to, at)
  const state = ours(subscription, at)
  if (state === 'ended') {
    requireTransition(subscription, 'EXPIRED')
    await endPlan(tx, services, holder)
    return appendEvent(tx, { type: 'plan.expired', holder, payload: { subscriptionId: id, status: 'EXPIRED' }, at })
  }
  await tx.subscription.update({ where: { id }, data: { ...state, status: to, updatedAt: at } })
  await settleEntitlement(tx, services, holder)
}

/** The provider's page on which to change the card; null where there is none. @throws INVALID_TRANSITION without a subscription */
export async function customerPortalUrl(services: Services, viewer: Viewer, organisationId?: string): Promise<string | null> {
  const { db, payments } = services
  const holder = await requireHolder(db, viewer.userId, parseOptionalId('organisationId', organisationId))
  const { provider, providerSubscriptionId } = await requireLive(db, holder)
  if (!payments || provider !== payments.name || !providerSubscriptionId) return null
  return payments.portalUrl(providerSubscriptionId)
}

/** @throws INVALID_TRANSITION when the holder has no subscription */
export async function requireLive(tx: Transaction, holder: Holder): Promise<Subscription> {
  const subscription = await tx.subscription.findFirst({ where: { ...heldBy(holder), status: { not: 'EXPIRED' } } })
  if (!subscription) throw new DomainError('INVALID_TRANSITION', 'There is no subscription', { from: 'EXPIRED' })
  return subscription
}

/** Applies what the provider answered to a call of ours; the webhook that tells of it again changes nothing. */
export async function applyOwn(tx: Transaction, services: Services, snapshot: SubscriptionSnapshot): Promise<void> {
  const { name } = requireProvider(services)
  const match = await matchSubscription(tx, services.config, name, snapshot, undefined)
  if ('missing' in match) throw new Error(match.missing)
  await applySubscription(tx, services, name, snapshot, match)
}
