import { z } from 'zod'
import { DomainError } from '../../../core/errors.js'
import { parseOptionalOrganisationId } from '../../../core/ids.js'
import { type FindMissingGlyph, line, optional, organisationId, parseInputAsync, printable, rowId } from '../../../core/input.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order, Refund, Subscription } from '../../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../../platform/postgres/idempotency.js'
import { findLiveSubscription } from '../../entitlements/index.js'
import { assertManages, type Customer, getCustomer, principalName, type UserPrincipal } from '../../identity/index.js'
import { withdrawalReason } from '../../invoicing/index.js'
import type { Services } from '../../services.js'
import { lockUpToDate, revertToDefaultPlan } from '../../subscriptions/index.js'
import { getLiveSubscription } from '../live-subscription.js'
import { PAYMENT_IN_PROGRESS, PAYMENT_PROVIDER_UNAVAILABLE, REFUND_NOT_ELIGIBLE } from '../payment.errors.js'
import { paymentInProgressError } from '../provider-claim.js'
import type { Eligibility } from './refund.rules.js'
import type { WithdrawFromSubscriptionInput } from './refund.type.js'
import { daysSincePurchase, getEligibility } from './refund-eligibility.js'
import { type RefundPeriod, readRefundPeriod } from './refund-period.queries.js'
import { assertNoChangeInProgress, finishAtProviders, type RefundServices, refundOrder } from './request-refund.js'

const withdrawalSchema = (find: FindMissingGlyph) =>
  z.object({
    organisationId: optional(organisationId()),
    subscriptionId: optional(rowId('PlanSubscription')),
    reason: printable(find, line(200)).nullish(),
    idempotencyKey,
  })

/** What a withdrawal from a subscription does. */
interface Withdrawal {
  /** The order of the current plan, and its period. Null before a provider has charged for the plan. */
  readonly order: Order | null
  readonly period: RefundPeriod | null
  readonly currency: string
  /** What is refunded, which is nothing if nothing was paid. */
  readonly eligibility: Eligibility
}

/** Returns what a withdrawal refunds now; null if the customer cannot withdraw. @throws ORGANISATION_NOT_FOUND */
export async function withdrawalPreview(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'providers'>,
  principal: UserPrincipal,
  organisationId?: string,
): Promise<(Eligibility & { readonly currency: string }) | null> {
  const { db, clock } = services
  const customer = await getCustomer(db, principal.userId, parseOptionalOrganisationId('organisationId', organisationId))
  const subscription = await findLiveSubscription(db, customer)
  if (!subscription) return null
  const withdrawal = await decideWithdrawal(db, services, subscription, clock.now())
  return withdrawal instanceof DomainError ? null : { ...withdrawal.eligibility, currency: withdrawal.currency }
}

/**
 * Ends the plan of a customer and refunds what `withdrawalPreview` returns. Source: Articles 9 and 11a of Directive 2011/83/EU.
 * @throws ORGANISATION_NOT_FOUND, INVALID_TRANSITION when the customer has no subscription, SUBSCRIPTION_NOT_FOUND,
 *   REFUND_NOT_ELIGIBLE after the last day on which the customer can withdraw, PAYMENT_IN_PROGRESS, BAD_USER_INPUT naming the field, PAYMENT_PROVIDER_UNAVAILABLE when
 *   its provider is not configured
 */
export async function withdrawFromSubscription(
  services: RefundServices,
  principal: UserPrincipal,
  input?: WithdrawFromSubscriptionInput | null,
): Promise<{ subscription: Subscription; refund: Refund | null; receivedAt: Date }> {
  const { db, findMissingGlyph } = services
  const parsed = await parseInputAsync(withdrawalSchema(findMissingGlyph), 'input', input ?? {})
  const { organisationId, subscriptionId: expectedId, reason = null, idempotencyKey: key } = parsed
  const customer = await getCustomer(db, principal.userId, organisationId)
  const identity = { principal: principalName(principal), operation: 'withdrawFromSubscription', key }
  const request = {
    ...identity,
    input: { organisationId: organisationId ?? null, subscriptionId: expectedId ? Number(expectedId) : null, reason },
  }
  const { subscriptionId, refundId, receivedAt } = await runOnce(services, request, async (tx) => {
    await lockUpToDate(tx, services, customer)
    await assertManages(tx, principal, customer)
    const subscription = await getLiveSubscription(tx, customer, expectedId)
    services.providers.assertCanEnd(subscription)
    await assertNoChangeInProgress(tx, subscription.id)
    const at = services.clock.now()
    const refundId = await endContract(tx, services, principal, { customer, subscription, reason, at })
    const ids = { subscriptionId: Number(subscription.id), refundId: refundId === null ? null : Number(refundId) }
    return { ...ids, receivedAt: at.toISOString() }
  })
  if (refundId !== null) await finishOrLeaveToJob(services, BigInt(refundId))
  const refund = refundId === null ? null : await db.refund.findUniqueOrThrow({ where: { id: BigInt(refundId) } })
  const subscription = await db.subscription.findUniqueOrThrow({ where: { id: BigInt(subscriptionId) } })
  return { subscription, refund, receivedAt: new Date(receivedAt) }
}

/** The withdrawal has taken effect. If its provider cannot be reached now, a job requests the refund. */
async function finishOrLeaveToJob(services: RefundServices, refundId: bigint): Promise<void> {
  try {
    await finishAtProviders(services, refundId)
  } catch (error) {
    const isLeftToJob = error instanceof DomainError && [PAYMENT_PROVIDER_UNAVAILABLE, PAYMENT_IN_PROGRESS].some((each) => error.is(each))
    if (!isLeftToJob) throw error
  }
}

interface Contract {
  readonly customer: Customer
  readonly subscription: Subscription
  readonly reason: string | null
  readonly at: Date
}

/** @returns the id of the refund; null if nothing was paid */
async function endContract(
  tx: Transaction,
  services: RefundServices,
  principal: UserPrincipal,
  { customer, subscription, reason, at }: Contract,
): Promise<bigint | null> {
  const withdrawal = await decideWithdrawal(tx, services, subscription, at)
  if (withdrawal instanceof DomainError) throw withdrawal
  const { order, period, eligibility } = withdrawal
  const action = 'withdrawFromSubscription'
  const { refundable: amount, type } = eligibility
  if (order && period && amount > 0n) {
    const [invoice] = period.invoices
    const declared = reason ?? (invoice ? withdrawalReason(invoice) : null)
    const request = { reason: declared, to: 'ORIGINAL', endPlan: true, action, isByCustomer: true } as const
    return refundOrder(tx, services, principal, { order, period, amount, type }, request)
  }
  await revertToDefaultPlan(tx, services, { customer, principal, action, notes: reason, declaration: { kind: 'WITHDRAWAL', reason } })
  return null
}

/** Returns what a withdrawal does now, or why it is not possible. */
async function decideWithdrawal(
  tx: Transaction,
  services: Pick<Services, 'config' | 'providers'>,
  subscription: Subscription,
  at: Date,
): Promise<Withdrawal | DomainError> {
  const { orderId, currency, provider, status } = subscription
  const days = daysSincePurchase(null, subscription, at)
  const refuse = (reason: string) => new DomainError(REFUND_NOT_ELIGIBLE, reason, { daysSincePurchase: days })
  const { fullDays, proratedDays } = services.config.refunds
  if (days > Math.max(fullDays, proratedDays)) return refuse('The last day on which the customer can withdraw here has passed')
  const order = orderId === null ? null : await tx.order.findUniqueOrThrow({ where: { id: orderId } })
  const period = order && (await readRefundPeriod(tx, order, at))
  if (period?.isRequested) return refuse('A refund has been requested already')
  // What the provider has charged for it is not recorded yet, or its charge was refused.
  if (provider !== null && status !== 'TRIALING' && !period?.isCurrent) {
    return paymentInProgressError('The payment of the current period is not recorded yet')
  }
  if (!order || !period) return { order, period, currency, eligibility: { type: 'NONE', days, refundable: 0n, reason: 'Nothing was paid' } }
  return { order, period, currency: order.currency, eligibility: await getEligibility(tx, services, order, period, at) }
}
