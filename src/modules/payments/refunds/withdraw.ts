import { z } from 'zod'
import { DomainError } from '../../../core/errors.js'
import { parseOptionalOrganisationId } from '../../../core/ids.js'
import { type FindMissingGlyph, line, optional, organisationId, parseInputAsync, printable } from '../../../core/input.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order, Refund, Subscription } from '../../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../../platform/postgres/idempotency.js'
import { findLiveSubscription } from '../../entitlements/index.js'
import { type Customer, getCustomer, principalName, type UserPrincipal } from '../../identity/index.js'
import type { Services } from '../../services.js'
import { lockUpToDate, revertToDefaultPlan } from '../../subscriptions/index.js'
import { getLiveSubscription } from '../live-subscription.js'
import { REFUND_NOT_ELIGIBLE } from '../payment.errors.js'
import type { Eligibility } from './refund.rules.js'
import type { WithdrawFromSubscriptionInput } from './refund.type.js'
import { daysSincePurchase, getEligibility } from './refund-eligibility.js'
import { readRefundPeriod } from './refund-period.queries.js'
import { finishAtProviders, type RefundServices, refundOrder } from './request-refund.js'

const withdrawalSchema = (find: FindMissingGlyph) =>
  z.object({ organisationId: optional(organisationId()), reason: printable(find, line(200)).nullish(), idempotencyKey })

/** What a withdrawal from a subscription does. */
interface Withdrawal {
  /** The order of the current plan. Null if only a provider's events describe the subscription. */
  readonly order: Order | null
  readonly currency: string
  /** What is refunded, which is nothing if nothing was paid. */
  readonly eligibility: Eligibility
}

/** Returns what a withdrawal refunds now; null if the customer cannot withdraw. @throws ORGANISATION_NOT_FOUND */
export async function withdrawalPreview(
  services: Pick<Services, 'clock' | 'config' | 'db'>,
  principal: UserPrincipal,
  organisationId?: string,
): Promise<(Eligibility & { readonly currency: string }) | null> {
  const { db, clock } = services
  const customer = await getCustomer(db, principal.userId, parseOptionalOrganisationId('organisationId', organisationId))
  const subscription = await findLiveSubscription(db, customer)
  const withdrawal = subscription && (await findWithdrawal(db, services, subscription, clock.now()))
  return withdrawal && { ...withdrawal.eligibility, currency: withdrawal.currency }
}

/**
 * Ends the plan of a customer and refunds what `withdrawalPreview` returns. Source: Articles 9 and 11a of Directive 2011/83/EU.
 * @throws ORGANISATION_NOT_FOUND, INVALID_TRANSITION when there is no subscription, REFUND_NOT_ELIGIBLE when the time to
 *   withdraw is over, PAYMENT_IN_PROGRESS, BAD_USER_INPUT naming the field, PAYMENT_PROVIDER_UNAVAILABLE like `requestRefund`
 */
export async function withdrawFromSubscription(
  services: RefundServices,
  principal: UserPrincipal,
  input: WithdrawFromSubscriptionInput = {},
): Promise<{ subscription: Subscription; refund: Refund | null; receivedAt: Date }> {
  const { db, findMissingGlyph } = services
  const parsed = await parseInputAsync(withdrawalSchema(findMissingGlyph), 'input', input)
  const { organisationId, reason = null, idempotencyKey: key } = parsed
  const customer = await getCustomer(db, principal.userId, organisationId)
  const identity = { principal: principalName(principal), operation: 'withdrawFromSubscription', key }
  const request = { ...identity, input: { organisationId: organisationId ?? null, reason } }
  const { subscriptionId, refundId, receivedAt } = await runOnce(services, request, async (tx) => {
    await lockUpToDate(tx, services, customer)
    const subscription = await getLiveSubscription(tx, customer)
    const at = services.clock.now()
    const refundId = await endContract(tx, services, principal, { customer, subscription, reason, at })
    const ids = { subscriptionId: Number(subscription.id), refundId: refundId === null ? null : Number(refundId) }
    return { ...ids, receivedAt: at.toISOString() }
  })
  if (refundId !== null) await finishAtProviders(services, BigInt(refundId))
  const refund = refundId === null ? null : await db.refund.findUniqueOrThrow({ where: { id: BigInt(refundId) } })
  const subscription = await db.subscription.findUniqueOrThrow({ where: { id: BigInt(subscriptionId) } })
  return { subscription, refund, receivedAt: new Date(receivedAt) }
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
  const withdrawal = await findWithdrawal(tx, services, subscription, at)
  if (!withdrawal) {
    const details = { daysSincePurchase: daysSincePurchase(null, subscription, at) }
    throw new DomainError(REFUND_NOT_ELIGIBLE, 'The time in which the customer can withdraw is over', details)
  }
  const { order, eligibility } = withdrawal
  if (order && eligibility.refundable > 0n) {
    return refundOrder(tx, services, principal, order, { reason, to: 'ORIGINAL', amount: undefined, endPlan: true })
  }
  const declaration = { kind: 'WITHDRAWAL', reason } as const
  await revertToDefaultPlan(tx, services, { customer, principal, action: 'withdrawFromSubscription', notes: reason, declaration })
  return null
}

/** @returns null after the last day on which anything can be refunded, and while a refund waits for its provider */
async function findWithdrawal(
  tx: Transaction,
  services: Pick<Services, 'config'>,
  subscription: Subscription,
  at: Date,
): Promise<Withdrawal | null> {
  const { orderId, currency } = subscription
  const days = daysSincePurchase(null, subscription, at)
  const { fullDays, proratedDays } = services.config.refunds
  if (days > Math.max(fullDays, proratedDays)) return null
  const order = orderId === null ? null : await tx.order.findUniqueOrThrow({ where: { id: orderId } })
  if (!order) return { order, currency, eligibility: { type: 'NONE', days, refundable: 0n, reason: 'Nothing was paid' } }
  const period = await readRefundPeriod(tx, order, at)
  if (period.isRequested) return null
  return { order, currency: order.currency, eligibility: await getEligibility(tx, services, order, period, at) }
}
