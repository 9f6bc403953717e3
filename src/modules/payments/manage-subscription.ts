import { DomainError } from '../../core/errors.js'
import { parseOptionalId } from '../../core/input.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import { refreshEntitlement } from '../entitlements/index.js'
import { type Customer, customerFilter, customerName, getCustomer, lockCustomer, type UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import { advancePeriods, assertSubscriptionTransition, ESCLUSE, endPlan, subscriptionTransitionError } from '../subscriptions/index.js'
import { publishEvent } from '../webhooks/index.js'
import { applySubscription } from './apply-subscription.js'
import { matchSubscription } from './match-subscription.js'
import type { PaymentProvider, SubscriptionSnapshot } from './payment-provider.port.js'
import { getProvider } from './provider-registry.js'

/**
 * Ends a subscription with its period; at once while a payment for it is overdue, or when its period is over.
 * @throws INVALID_TRANSITION, PAYMENT_PROVIDER_UNAVAILABLE
 */
export function cancelSubscription(services: Services, viewer: UserPrincipal, organisationId?: string): Promise<Subscription> {
  return changeStatus(services, viewer, organisationId, {
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
export function resumeSubscription(services: Services, viewer: UserPrincipal, organisationId?: string): Promise<Subscription> {
  return changeStatus(services, viewer, organisationId, {
    action: 'resumeSubscription',
    to: 'ACTIVE',
    atProvider: (provider, id) => provider.resume(id),
    ours: () => ({ cancelAtPeriodEnd: false, endsAt: null }),
  })
}

interface StatusChange {
  action: string
  to: 'CANCELLED' | 'ACTIVE'
  atProvider(provider: PaymentProvider, id: string): Promise<SubscriptionSnapshot>
  /** The change of a subscription that no provider bills. */
  ours(subscription: Subscription, at: Date): Pick<Subscription, 'cancelAtPeriodEnd' | 'endsAt'> | 'ended'
}

async function changeStatus(
  services: Services,
  viewer: UserPrincipal,
  organisation: string | undefined,
  wanted: StatusChange,
): Promise<Subscription> {
  const { db, clock } = services
  const holder = await getCustomer(db, viewer.userId, parseOptionalId('organisationId', organisation))
  const found = await getLiveSubscription(db, holder)
  requireChangeable(found, wanted.to, clock.now())
  const { id } = found
  if (found.provider === null && found.currentPeriodEnd <= clock.now()) await advancePeriods(services, id)
  const theirs = found.provider === null ? undefined : await changeAtProvider(services, found, wanted)
  return runTransaction(db, async (tx) => {
    if (theirs) await applyProviderResponse(tx, services, theirs)
    else await changeOurs(tx, services, holder, { id, ...wanted })
    const at = clock.now()
    const details = { subscriptionId: id }
    await recordAuditEntry(tx, { by: viewer, action: wanted.action, subject: customerName(holder), details, at })
    return tx.subscription.findUniqueOrThrow({ where: { id } })
  })
}

/** @throws INVALID_TRANSITION also for a subscription whose end has come, before the job has ended it */
function requireChangeable(subscription: Subscription, to: StatusChange['to'], at: Date): void {
  const { status, endsAt, currentPeriodEnd } = subscription
  const isOver = status === 'CANCELLED' && (endsAt ?? currentPeriodEnd) <= at
  if (isOver || (to === 'ACTIVE' && status !== 'CANCELLED')) throw subscriptionTransitionError(subscription, to)
  assertSubscriptionTransition(subscription, to)
}

/** @throws PAYMENT_PROVIDER_UNAVAILABLE also for a subscription that another provider bills */
async function changeAtProvider(
  services: Services,
  subscription: Subscription,
  { atProvider }: StatusChange,
): Promise<SubscriptionSnapshot> {
  const { id, provider: biller, providerSubscriptionId } = subscription
  if (biller === ESCLUSE) throw new DomainError('PAYMENT_PROVIDER_UNAVAILABLE', `Subscription ${id} is billed by Escluse: change it there`)
  const provider = getProvider(services)
  if (provider.name !== biller) {
    throw new DomainError('PAYMENT_PROVIDER_UNAVAILABLE', `Subscription ${id} is billed by ${biller}, which is not configured here`)
  }
  return atProvider(provider, providerSubscriptionId ?? '')
}

async function changeOurs(
  tx: Transaction,
  services: Services,
  holder: Customer,
  { id, to, ours }: StatusChange & { id: number },
): Promise<void> {
  await lockCustomer(tx, holder)
  const at = services.clock.now()
  const subscription = await tx.subscription.findUniqueOrThrow({ where: { id } })
  requireChangeable(subscription, to, at)
  const state = ours(subscription, at)
  if (state === 'ended') {
    assertSubscriptionTransition(subscription, 'EXPIRED')
    await endPlan(tx, services, holder)
    return publishEvent(tx, { type: 'plan.expired', customer: holder, payload: { subscriptionId: id, status: 'EXPIRED' }, at })
  }
  await tx.subscription.update({ where: { id }, data: { ...state, status: to, updatedAt: at } })
  await refreshEntitlement(tx, services, holder)
}

/** The provider's page on which to change the card; null where there is none. @throws INVALID_TRANSITION without a subscription */
export async function customerPortalUrl(services: Services, viewer: UserPrincipal, organisationId?: string): Promise<string | null> {
  const { db, payments } = services
  const holder = await getCustomer(db, viewer.userId, parseOptionalId('organisationId', organisationId))
  const { provider, providerSubscriptionId } = await getLiveSubscription(db, holder)
  if (!payments || provider !== payments.name || !providerSubscriptionId) return null
  return payments.portalUrl(providerSubscriptionId)
}

/** @throws INVALID_TRANSITION when the holder has no subscription */
export async function getLiveSubscription(tx: Transaction, holder: Customer): Promise<Subscription> {
  const subscription = await tx.subscription.findFirst({ where: { ...customerFilter(holder), status: { not: 'EXPIRED' } } })
  if (!subscription) throw new DomainError('INVALID_TRANSITION', 'There is no subscription', { from: 'EXPIRED' })
  return subscription
}

/** Applies what the provider answered to a call of ours; the webhook that tells of it again changes nothing. */
export async function applyProviderResponse(tx: Transaction, services: Services, snapshot: SubscriptionSnapshot): Promise<void> {
  const { name } = getProvider(services)
  const match = await matchSubscription(tx, services.config, name, snapshot, undefined)
  if ('missing' in match) throw new Error(match.missing)
  await applySubscription(tx, services, name, snapshot, match)
}
