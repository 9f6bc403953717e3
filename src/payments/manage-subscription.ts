import { DomainError } from '../core/errors.js'
import { parseOptionalId } from '../core/input.js'
import type { Transaction } from '../database/client.js'
import type { Subscription } from '../database/generated/client.js'
import { transact } from '../database/transaction.js'
import { appendAuditEntry } from '../events/append-audit-entry.js'
import { type Holder, heldBy, holderName, lockHolder, requireHolder } from '../identity/holder.js'
import type { Viewer } from '../identity/viewer.js'
import type { PaymentProvider, SubscriptionSnapshot } from '../providers/provider.js'
import type { Services } from '../services.js'
import { requireTransition, transitionRefused } from '../subscriptions/subscription.rules.js'
import { applySubscription } from './apply-subscription.js'
import { requireProvider } from './create-provider.js'
import { matchSubscription } from './match-subscription.js'

/** A subscription goes on to the end of its period and does not renew. @throws INVALID_TRANSITION, PAYMENT_PROVIDER_UNAVAILABLE */
export function cancelSubscription(services: Services, viewer: Viewer, organisationId?: string): Promise<Subscription> {
  return change(services, viewer, organisationId, {
    action: 'cancelSubscription',
    to: 'CANCELLED',
    atProvider: (provider, id) => provider.cancel(id),
    ours: ({ currentPeriodEnd, endsAt }) => ({ cancelAtPeriodEnd: true, endsAt: endsAt ?? currentPeriodEnd }),
  })
}

/** A cancelled one that has not ended yet goes on. @throws INVALID_TRANSITION, PAYMENT_PROVIDER_UNAVAILABLE */
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
  /** What else becomes of one that nobody bills. */
  ours(subscription: Subscription): Pick<Subscription, 'cancelAtPeriodEnd' | 'endsAt'>
}

async function change(
  services: Services,
  viewer: Viewer,
  organisation: string | undefined,
  { action, to, atProvider, ours }: Change,
): Promise<Subscription> {
  const { db, clock } = services
  const holder = await requireHolder(db, viewer.userId, parseOptionalId('organisationId', organisation))
  const subscription = await requireLive(db, holder)
  const { id, provider, providerSubscriptionId } = subscription
  const ended = subscription.status === 'CANCELLED' && (subscription.endsAt ?? subscription.currentPeriodEnd) <= clock.now()
  if (ended || (to === 'ACTIVE' && subscription.status !== 'CANCELLED')) throw transitionRefused(subscription, to)
  requireTransition(subscription, to)
  const theirs = provider && providerSubscriptionId ? await atProvider(requireProvider(services), providerSubscriptionId) : undefined
  return transact(db, async (tx) => {
    const at = clock.now()
    if (theirs) await applyOwn(tx, services, theirs)
    else {
      await lockHolder(tx, holder)
      await tx.subscription.update({
        where: { id, status: subscription.status },
        data: { ...ours(subscription), status: to, updatedAt: at },
      })
    }
    await appendAuditEntry(tx, { by: viewer, action, subject: holderName(holder), details: { subscriptionId: id }, at })
    return tx.subscription.findUniqueOrThrow({ where: { id } })
  })
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
