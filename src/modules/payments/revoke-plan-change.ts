import { DomainError, INVALID_TRANSITION } from '../../core/errors.js'
import { parseOptionalOrganisationId } from '../../core/ids.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Subscription } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import { type Customer, customerName, getCustomer, lockCustomer, type UserPrincipal } from '../identity/index.js'
import { quoteLines } from '../invoicing/index.js'
import { linesForPlan } from '../orders/index.js'
import type { Services } from '../services.js'
import { lockUpToDate, reissueRenewal } from '../subscriptions/index.js'
import { lastVariantId } from './apply-subscription.js'
import { getLiveSubscription } from './live-subscription.js'
import { applyProviderResponse } from './manage-subscription.js'
import { ProviderRefusalError } from './payment.errors.js'
import type { RevokePlanChangeInput } from './payment.type.js'
import {
  claimPendingChange,
  isPendingChangeClaimed,
  type PendingClaim,
  releaseAfterFailure,
  releasePendingChange,
  releaseUnchanged,
} from './pending-claim.js'
import { assertTimeToCall, paymentInProgressError, waitUntilFinished } from './provider-claim.js'
import { limitProviderCalls } from './provider-limiter.js'
import { findVariantId } from './variant-id.js'

type RevokingServices = Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>

/**
 * Revokes the plan change that is scheduled for the end of the period. While the job applies the change, this waits
 * for the outcome. If the provider has the scheduled plan already, it gets the current one again. It also
 * waits while the provider may still make the change, because it has not responded.
 * @throws INVALID_TRANSITION if no change is scheduled, or if it has been applied; PAYMENT_IN_PROGRESS if that takes
 *   too long, or if an immediate change waits for the provider; PAYMENT_PROVIDER_UNAVAILABLE if the outcome of an
 *   earlier attempt is unknown and the provider does not respond
 */
export async function revokePlanChange(
  services: RevokingServices,
  principal: UserPrincipal,
  input?: RevokePlanChangeInput,
): Promise<Subscription> {
  const { db } = services
  const customer = await getCustomer(db, principal.userId, parseOptionalOrganisationId('input.organisationId', input?.organisationId))
  const found = await getLiveSubscription(db, customer)
  if (found.pendingPlanId === null) throw new DomainError(INVALID_TRANSITION, 'No plan change is scheduled', { from: found.status })
  await waitUntilFinished(() => tryToRevoke(services, principal, customer))
  return db.subscription.findUniqueOrThrow({ where: { id: found.id } })
}

/** @returns false while another process has claimed the change. Until then it only reads, because it runs often. */
async function tryToRevoke(services: RevokingServices, principal: UserPrincipal, customer: Customer): Promise<boolean> {
  const { db } = services
  const subscription = await getLiveSubscription(db, customer)
  if (subscription.pendingPlanId === null) throw appliedError(subscription)
  if (await isPendingChangeClaimed(db, subscription.id)) return false
  if ((await db.planChange.count({ where: { subscriptionId: subscription.id, status: 'REQUESTED' } })) > 0)
    throw paymentInProgressError('Another plan change waits for the payment provider')
  const claim = await claimPendingChange(db, subscription, { onlyActive: false })
  if (!claim) return false
  return revokeClaimed(services, principal, customer, claim)
}

/** Reads the subscription again, because the job may have made the change before it was claimed here. */
async function revokeClaimed(
  services: RevokingServices,
  principal: UserPrincipal,
  customer: Customer,
  claim: PendingClaim,
): Promise<boolean> {
  const subscription = await services.db.subscription.findUniqueOrThrow({ where: { id: claim.subscriptionId } })
  const isMade =
    (await hasOtherPlanAtProvider(services, subscription)) || (claim.mayBeMade && (await findIfMade(services, subscription, claim)))
  if (isMade) await restoreAtProvider(services, subscription, claim)
  return clearPendingPlan(services, principal, customer, { subscription, claim })
}

function appliedError({ status }: Subscription): DomainError {
  return new DomainError(INVALID_TRANSITION, 'The scheduled plan change has been applied or replaced already', { from: status })
}

/** Whether the provider has confirmed another plan than the current one, which does not apply before the period ends. */
async function hasOtherPlanAtProvider(services: RevokingServices, subscription: Subscription): Promise<boolean> {
  const { provider: billedBy, planId, pendingMadeAt } = subscription
  const provider = services.providers.find(billedBy)
  const known = lastVariantId(subscription)
  if (!provider || known === null) return pendingMadeAt !== null
  return known !== findVariantId(provider, await services.db.plan.findUniqueOrThrow({ where: { id: planId } }))
}

/**
 * Reads and applies the provider's subscription, which shows its plan.
 * @returns whether that is the scheduled plan, which does not apply before the period ends
 * @throws INVALID_TRANSITION if it applies already
 */
async function findIfMade(services: RevokingServices, subscription: Subscription, claim: PendingClaim): Promise<boolean> {
  const { db } = services
  try {
    const provider = services.providers.getBilling(subscription)
    const plan = await db.plan.findUniqueOrThrow({ where: { id: subscription.pendingPlanId ?? 0n } })
    const snapshot = await limitProviderCalls(() => provider.readSubscription(subscription.providerSubscriptionId ?? ''))
    if (!snapshot) return false
    const isMade = snapshot.variantId === findVariantId(provider, plan)
    const applied = await runTransaction(db, async (tx) => {
      await lockCustomer(tx, subscription)
      if (isMade) await markAsMade(tx, subscription, services.clock.now())
      await applyProviderResponse(tx, services, provider, snapshot)
      return tx.subscription.findUniqueOrThrow({ where: { id: subscription.id } })
    })
    if (applied.planId === plan.id) throw appliedError(applied)
    return isMade
  } catch (error) {
    await releaseUnchanged(db, claim)
    throw error
  }
}

async function markAsMade(tx: Transaction, { id, pendingPlanId }: Subscription, at: Date): Promise<void> {
  await tx.subscription.updateMany({ where: { id, pendingPlanId }, data: { pendingMadeAt: at } })
}

/** Tells the provider that the subscription keeps its plan. */
async function restoreAtProvider(services: RevokingServices, subscription: Subscription, claim: PendingClaim): Promise<void> {
  const { db, clock } = services
  const { planId, planName, planInterval: interval, price, currency, providerSubscriptionId } = subscription
  try {
    const provider = services.providers.getBilling(subscription)
    const variantId = findVariantId(provider, await db.plan.findUniqueOrThrow({ where: { id: planId } }))
    if (variantId === null) throw new ProviderRefusalError(`The plan ${planName} is not sold by ${provider.name} any more`)
    const lines = linesForPlan({ name: planName, interval }, price ?? 0n)
    const { total: amount } = await quoteLines(db, services, subscription, lines)
    assertTimeToCall(claim.startedAt, `subscriptions ${subscription.id}`)
    const change = { variantId, planName, interval, amount, currency, due: null, changedAt: clock.now() }
    const snapshot = await limitProviderCalls(() => provider.changeVariant(providerSubscriptionId ?? '', change))
    await runTransaction(db, (tx) => applyProviderResponse(tx, services, provider, snapshot))
  } catch (error) {
    await releaseAfterFailure(db, claim, error)
    throw error
  }
}

/** @returns false if the claim has expired meanwhile, or another change has been scheduled */
function clearPendingPlan(
  services: RevokingServices,
  principal: UserPrincipal,
  customer: Customer,
  { subscription: { id, pendingPlanId: planId }, claim }: { subscription: Subscription; claim: PendingClaim },
): Promise<boolean> {
  return runTransaction(services.db, async (tx) => {
    // The period may have ended, and the change taken effect.
    await lockUpToDate(tx, services, customer)
    const at = services.clock.now()
    const { count } = await tx.subscription.updateMany({
      where: { id, pendingPlanId: planId, pendingClaimedUntil: claim.until },
      data: { pendingPlanId: null, pendingMadeAt: null, pendingClaimedUntil: null, updatedAt: at },
    })
    if (count === 0) {
      await releasePendingChange(tx, claim)
      return false
    }
    const details = { subscriptionId: id, planId }
    await recordAuditEntry(tx, { actor: principal, action: 'revokePlanChange', subject: customerName(customer), details, at })
    await reissueRenewal(tx, services, id)
    return true
  })
}
