import { z } from 'zod'
import { parseOptionalOrganisationId } from '../../core/ids.js'
import { multilineText, optional, organisationId, parseInput, rowId } from '../../core/input.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import { refreshEntitlement } from '../entitlements/index.js'
import { type Customer, customerName, getCustomer, type UserPrincipal } from '../identity/index.js'
import { recordMrr } from '../reports/index.js'
import type { Services } from '../services.js'
import {
  advancePeriods,
  assertSubscriptionTransition,
  type CollectionServices,
  cancelRenewal,
  endPlan,
  findOpenInvoice,
  hasFixedTerm,
  lockUpToDate,
  settleCustomer,
  settleEndedSubscription,
  subscriptionTransitionError,
} from '../subscriptions/index.js'
import { publishEvent } from '../webhooks/index.js'
import { applySubscription } from './apply-subscription.js'
import { cancelImmediately } from './cancel-immediately.js'
import { type Circumstances, cancellationEnd, isOverdue } from './cancellation.rules.js'
import { getLiveSubscription } from './live-subscription.js'
import { matchSubscription } from './match-subscription.js'
import type { CancelSubscriptionInput, ResumeSubscriptionInput } from './payment.type.js'
import type { PaymentProvider, SubscriptionSnapshot } from './payment-provider.port.js'

const cancelSchema = z.object({
  organisationId: optional(organisationId()),
  subscriptionId: optional(rowId('PlanSubscription')),
  reason: optional(multilineText(1000)),
})

/**
 * Cancels a subscription at the time that `cancellationEnd` returns. With a reason, the plan ends immediately.
 * @throws INVALID_TRANSITION, SUBSCRIPTION_NOT_FOUND, ORGANISATION_NOT_FOUND, PAYMENT_PROVIDER_UNAVAILABLE, BAD_USER_INPUT naming
 *   the field
 */
export async function cancelSubscription(
  services: CollectionServices & Pick<Services, 'db'>,
  principal: UserPrincipal,
  input?: CancelSubscriptionInput | null,
): Promise<Subscription> {
  const { organisationId, subscriptionId, reason } = parseInput(cancelSchema, 'input', input ?? {})
  const customer = await getCustomer(services.db, principal.userId, organisationId)
  if (reason !== undefined) return cancelImmediately(services, principal, { customer, subscriptionId, reason })
  return changeStatus(services, principal, customer, {
    action: 'cancelSubscription',
    subscriptionId,
    to: 'CANCELLED',
    atProvider: (provider, id) => provider.cancel(id),
    withoutProvider: (subscription, circumstances) => {
      const end = cancellationEnd(subscription, circumstances)
      return end <= circumstances.at ? 'ended' : { cancelAtPeriodEnd: true, endsAt: end }
    },
  })
}

/**
 * Resumes a cancelled subscription that has not ended yet.
 * @throws INVALID_TRANSITION, PAYMENT_PROVIDER_UNAVAILABLE
 */
export async function resumeSubscription(
  services: CollectionServices & Pick<Services, 'db'>,
  principal: UserPrincipal,
  input?: ResumeSubscriptionInput,
): Promise<Subscription> {
  const organisationId = parseOptionalOrganisationId('input.organisationId', input?.organisationId)
  const customer = await getCustomer(services.db, principal.userId, organisationId)
  return changeStatus(services, principal, customer, {
    action: 'resumeSubscription',
    to: 'ACTIVE',
    atProvider: (provider, id) => provider.resume(id),
    withoutProvider: resumed,
  })
}

/** The fields that a resumption changes. A fixed term remains. */
function resumed(subscription: Subscription): Pick<Subscription, 'cancelAtPeriodEnd' | 'endsAt'> {
  return { cancelAtPeriodEnd: false, endsAt: hasFixedTerm(subscription) ? subscription.currentPeriodEnd : null }
}

interface StatusChange {
  action: string
  /** The subscription that the customer has seen; any if undefined. */
  subscriptionId?: bigint | undefined
  to: 'CANCELLED' | 'ACTIVE'
  atProvider(provider: PaymentProvider, id: string): Promise<SubscriptionSnapshot>
  /** The change of a subscription that no provider bills. */
  withoutProvider(subscription: Subscription, circumstances: Circumstances): Pick<Subscription, 'cancelAtPeriodEnd' | 'endsAt'> | 'ended'
}

async function changeStatus(
  services: CollectionServices & Pick<Services, 'db'>,
  principal: UserPrincipal,
  customer: Customer,
  change: StatusChange,
): Promise<Subscription> {
  const { db, clock } = services
  const found = await getLiveSubscription(db, customer, change.subscriptionId)
  assertChangeable(found, change.to, clock.now())
  const { id } = found
  await beginCurrentPeriod(services, found)
  const provider = found.provider === null ? null : services.providers.getBilling(found)
  const snapshot = provider && (await change.atProvider(provider, found.providerSubscriptionId ?? ''))
  return runTransaction(db, async (tx) => {
    if (provider && snapshot) await applyProviderResponse(tx, services, provider, snapshot)
    else await changeWithoutProvider(tx, services, customer, { id, currency: found.currency, ...change })
    const at = clock.now()
    const details = { subscriptionId: id }
    await recordAuditEntry(tx, { actor: principal, action: change.action, subject: customerName(customer), details, at })
    return tx.subscription.findUniqueOrThrow({ where: { id } })
  })
}

/** Begins the current period of a subscription that no provider bills, if the job of this minute has not done so yet. */
export async function beginCurrentPeriod(
  services: CollectionServices & Pick<Services, 'db'>,
  { id, provider, collection, currentPeriodEnd, ...customer }: Subscription,
): Promise<void> {
  if (provider !== null || currentPeriodEnd > services.clock.now()) return
  if (collection === 'INVOICE') await runTransaction(services.db, (tx) => lockUpToDate(tx, services, customer))
  else await advancePeriods(services, id)
}

/** @throws INVALID_TRANSITION, also when the subscription is past its end but the job has not ended it yet */
function assertChangeable(subscription: Subscription, to: StatusChange['to'], at: Date): void {
  const { status, endsAt, currentPeriodEnd } = subscription
  const hasEnded = status === 'CANCELLED' && (endsAt ?? currentPeriodEnd) <= at
  if (hasEnded || (to === 'ACTIVE' && status !== 'CANCELLED')) throw subscriptionTransitionError(subscription, to)
  assertSubscriptionTransition(subscription, to)
}

async function changeWithoutProvider(
  tx: Transaction,
  services: CollectionServices,
  customer: Customer,
  { id, currency, to, withoutProvider }: StatusChange & Pick<Subscription, 'id' | 'currency'>,
): Promise<void> {
  await lockUpToDate(tx, services, customer)
  const at = services.clock.now()
  const subscription = await tx.subscription.findUniqueOrThrow({ where: { id } })
  assertChangeable(subscription, to, at)
  const isUnpaid = isOverdue(subscription) || (await findOpenInvoice(tx, subscription)) !== null
  const state = withoutProvider(subscription, { at, isUnpaid })
  if (state === 'ended') {
    assertSubscriptionTransition(subscription, 'EXPIRED')
    await endPlan(tx, services, customer)
    await settleEndedSubscription(tx, services, subscription, { at })
    const cancellation = { receivedAt: at, endsAt: at }
    await publishEvent(tx, { type: 'plan.expired', customer, payload: { subscriptionId: id, status: 'EXPIRED' }, at, cancellation })
    return
  }
  await tx.subscription.update({ where: { id }, data: { ...state, status: to, updatedAt: at } })
  await refreshEntitlement(tx, services, customer)
  const payload = { subscriptionId: id, status: to, planId: subscription.planId }
  const cancellation = to === 'CANCELLED' && state.endsAt ? { receivedAt: at, endsAt: state.endsAt } : undefined
  await publishEvent(tx, { type: 'subscription.updated', customer, payload, at, cancellation })
  // A cancelled subscription is not renewed; one that is resumed is.
  if (to === 'CANCELLED') await cancelRenewal(tx, services, subscription)
  await settleCustomer(tx, services, customer, currency)
  await recordMrr(tx, services, customer)
}

/** Resumes a cancelled subscription that no provider bills. Call it under the customer's lock; then settle the customer. */
export async function resumeOwnSubscription(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  customer: Customer,
  subscription: Subscription,
): Promise<void> {
  const data = { ...resumed(subscription), status: 'ACTIVE' as const, updatedAt: services.clock.now() }
  await tx.subscription.update({ where: { id: subscription.id }, data })
  await refreshEntitlement(tx, services, customer)
  await recordMrr(tx, services, customer)
}

/**
 * Returns the URL of the provider's page for changing the card; null when there is none.
 * @throws INVALID_TRANSITION when the customer has no subscription
 */
export async function customerPortalUrl(
  services: Pick<Services, 'db' | 'providers'>,
  principal: UserPrincipal,
  organisationId?: string,
): Promise<string | null> {
  const { db, providers } = services
  const customer = await getCustomer(db, principal.userId, parseOptionalOrganisationId('organisationId', organisationId))
  const { provider, providerSubscriptionId } = await getLiveSubscription(db, customer)
  return providerSubscriptionId === null ? null : (providers.find(provider)?.portalUrl(providerSubscriptionId) ?? null)
}

/**
 * Applies the provider's response to one of our calls. The webhook with the same state then changes nothing.
 */
export async function applyProviderResponse(
  tx: Transaction,
  services: CollectionServices,
  provider: PaymentProvider,
  snapshot: SubscriptionSnapshot,
): Promise<void> {
  const match = await matchSubscription(tx, services.config, provider, snapshot, undefined)
  if ('missing' in match) throw new Error(match.missing)
  await applySubscription(tx, services, provider.name, snapshot, match)
}
