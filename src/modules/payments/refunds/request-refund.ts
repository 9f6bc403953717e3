import { z } from 'zod'
import { DomainError, invalidInputError } from '../../../core/errors.js'
import { acrossFields, type FindMissingGlyph, line, optional, parseInputAsync, printable, rowId } from '../../../core/input.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order, Refund } from '../../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../../platform/postgres/idempotency.js'
import { recordAuditEntry } from '../../audit/index.js'
import { assertManages, customerName, isAdministrator, principalName, type UserPrincipal } from '../../identity/index.js'
import { cancelPendingChanges, getOrder } from '../../orders/index.js'
import type { Services } from '../../services.js'
import { lockUpToDate, settleCustomer } from '../../subscriptions/index.js'
import { REFUND_NOT_ELIGIBLE } from '../payment.errors.js'
import { COMPLETION_DELAY_SECONDS, paymentInProgressError, waitUntilFinished } from '../provider-claim.js'
import { creditInvoices, storeParts, storeRefund } from './credit-refund.js'
import { endRefundedPlan } from './end-refunded-plan.js'
import { enqueueFinishPart, finishPart } from './finish-part.js'
import { completeRefund } from './pay-out-part.js'
import { RefundDestination, type RefundType } from './refund.enums.js'
import type { RequestRefundInput } from './refund.type.js'
import { daysSincePurchase, getEligibility } from './refund-eligibility.js'
import { type RefundPeriod, readRefundPeriod } from './refund-period.queries.js'

const ONLY_ADMINISTRATORS = 'may be set by administrators only'

function refundSchema(find: FindMissingGlyph, principal: UserPrincipal) {
  const isAllowed = <T>(value: T | undefined) => value === undefined || isAdministrator(principal)
  return z
    .object({
      orderId: rowId('Order'),
      reason: printable(find, line(200)).nullish(),
      to: z.enum(RefundDestination).nullish(),
      amount: optional(z.bigint().min(1n, 'must be 1 or more')).refine(isAllowed, ONLY_ADMINISTRATORS),
      endPlan: optional(z.boolean()).refine(isAllowed, ONLY_ADMINISTRATORS),
      idempotencyKey,
    })
    .refine(({ amount, reason }) => amount == null || reason != null, acrossFields('reason', 'is required with an amount'))
}

interface RefundRequest {
  readonly reason: string | null
  readonly to: RefundDestination
  readonly endPlan: boolean
  readonly action: 'requestRefund' | 'withdrawFromSubscription'
  readonly isByCustomer: boolean
}

/** What is refunded. It remains valid under the customer's lock. */
interface RefundableOrder {
  readonly order: Order
  readonly period: RefundPeriod
  /** Minor units. */
  readonly amount: bigint
  /** Null if an administrator has chosen the amount. */
  readonly type: RefundType | null
}

export type RefundServices = Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>

/**
 * Refunds the eligible amount of the current period and ends the plan. Administrators may choose another amount, of any
 * period, and whether the plan ends. The parts that were paid through a provider are requested from it.
 * @throws ORDER_NOT_FOUND, ORGANISATION_NOT_FOUND, REFUND_NOT_ELIGIBLE, PAYMENT_IN_PROGRESS, BAD_USER_INPUT naming the
 *   field, PAYMENT_PROVIDER_UNAVAILABLE: a job completes the refund later, and another request with the same idempotency key
 *   returns it
 */
export async function requestRefund(services: RefundServices, principal: UserPrincipal, input: RequestRefundInput): Promise<Refund> {
  const { db, findMissingGlyph } = services
  const parsed = await parseInputAsync(refundSchema(findMissingGlyph, principal), 'input', input)
  const { orderId, reason = null, amount, idempotencyKey: key } = parsed
  const { id, userId, organisationId } = await getOrder(db, principal, orderId)
  const request = {
    reason,
    to: parsed.to ?? 'ORIGINAL',
    endPlan: parsed.endPlan ?? amount === undefined,
    action: 'requestRefund',
    isByCustomer: !isAdministrator(principal),
  } as const
  const idempotent = { principal: principalName(principal), operation: 'requestRefund', key, input: toJson(id, parsed) }
  const { refundId: stored } = await runOnce(services, idempotent, async (tx) => {
    await lockUpToDate(tx, services, { userId, organisationId })
    await assertManages(tx, principal, { userId, organisationId })
    const order = await tx.order.findUniqueOrThrow({ where: { id } })
    const period = await readRefundPeriod(tx, order, services.clock.now())
    const decided = await decideAmount(tx, services, order, period, amount)
    await assertAllowed(tx, services, period, request)
    return { refundId: Number(await refundOrder(tx, services, principal, { order, period, ...decided }, request)) }
  })
  const refundId = BigInt(stored)
  await finishAtProviders(services, refundId)
  return db.refund.findUniqueOrThrow({ where: { id: refundId } })
}

/** The form in which earlier versions have stored the hash of the request, with the fields that are new. */
function toJson(orderId: bigint, { reason = null, to, amount, endPlan }: z.output<ReturnType<typeof refundSchema>>): object {
  return {
    orderId: Number(orderId),
    reason,
    ...(to != null && { to }),
    ...(amount !== undefined && { amount: amount.toString() }),
    ...(endPlan !== undefined && { endPlan }),
  }
}

/** Refunds an order under the customer's lock. Then call `finishAtProviders`. @returns the id of the refund */
export async function refundOrder(
  tx: Transaction,
  services: RefundServices,
  principal: UserPrincipal,
  { order, period, amount, type }: RefundableOrder,
  { reason, to, endPlan, action, isByCustomer: isRequestedByCustomer }: RefundRequest,
): Promise<bigint> {
  const at = services.clock.now()
  const { currency, userId, organisationId } = order
  const days = daysSincePurchase(order, period.subscription, at)
  const fields = { orderId: order.id, userId, organisationId, type, currency, amount, days, reason, isRequestedByCustomer, createdAt: at }
  const details = { orderId: order.id, amount: amount.toString(), type, reason, to, endsPlan: endPlan }
  await recordAuditEntry(tx, { actor: principal, action, subject: customerName(order), details, at })
  // A pending change was calculated without this refund.
  if (period.subscription) await cancelPendingChanges(tx, period.subscription.id, at)
  const creditRest = endPlan ? await endRefundedPlan(tx, services, order) : undefined
  const refund = await storeRefund(tx, fields)
  const shares = period.invoices.map(({ id, paidTotal }) => ({ invoiceId: id, max: paidTotal }))
  const { parts, creditedBy } = await creditInvoices(tx, services, shares, { refund, amount, reason })
  for (const part of await storeParts(tx, refund, parts, to)) {
    if (part.status === 'REQUESTED' && part.payment?.kind === 'PROVIDER') await enqueueFinishPart(tx, part.id, COMPLETION_DELAY_SECONDS)
  }
  await completeRefund(tx, services, refund.id)
  await creditRest?.(creditedBy)
  await settleCustomer(tx, services, { userId, organisationId }, currency)
  return refund.id
}

/**
 * @param requested  minor units; undefined for the eligible amount
 * @throws REFUND_NOT_ELIGIBLE, BAD_USER_INPUT when the amount exceeds what was paid
 */
async function decideAmount(
  tx: Transaction,
  services: RefundServices,
  order: Order,
  period: RefundPeriod,
  requested: bigint | undefined,
): Promise<{ amount: bigint; type: RefundType | null }> {
  const at = services.clock.now()
  const { type, days, refundable, reason } = await getEligibility(tx, services, order, period, at)
  if (requested === undefined) {
    if (refundable <= 0n) throw new DomainError(REFUND_NOT_ELIGIBLE, reason, { daysSincePurchase: days })
    return { amount: refundable, type }
  }
  if (period.isRequested || period.paid === 0n) {
    const message = period.isRequested ? reason : 'Nothing that was paid for the period is left to refund'
    throw new DomainError(REFUND_NOT_ELIGIBLE, message, { daysSincePurchase: days })
  }
  if (requested > period.paid) {
    throw invalidInputError('input.amount', `must be at most ${period.paid} minor units, which is what was paid for the period`)
  }
  return { amount: requested, type: null }
}

/** @throws PAYMENT_IN_PROGRESS, PAYMENT_PROVIDER_UNAVAILABLE, BAD_USER_INPUT */
async function assertAllowed(
  tx: Transaction,
  { providers }: Pick<Services, 'providers'>,
  { subscription, isCurrent, invoices }: RefundPeriod,
  { to, endPlan, isByCustomer }: RefundRequest,
): Promise<void> {
  if (endPlan && !isCurrent) throw invalidInputError('input.endPlan', 'must be false for any period but the current one')
  if (subscription && endPlan && isByCustomer) providers.assertCanEnd(subscription)
  if (subscription) await assertNoChangeInProgress(tx, subscription.id)
  if (to === 'ORIGINAL') return
  const allocations = { some: { invoiceId: { in: invoices.map(({ id }) => id) } } }
  const paidAt = await tx.payment.findMany({ where: { kind: 'PROVIDER', allocations }, select: { provider: true }, distinct: ['provider'] })
  const merchant = paidAt.map(({ provider }) => providers.find(provider)?.merchantOfRecord).find((name) => name != null)
  if (merchant) throw invalidInputError('input.to', `must be ORIGINAL, because ${merchant} is the seller and returns the money itself`)
}

/** @throws PAYMENT_IN_PROGRESS */
export async function assertNoChangeInProgress(tx: Transaction, subscriptionId: bigint): Promise<void> {
  const changes = await tx.planChange.count({ where: { subscriptionId, status: 'REQUESTED' } })
  if (changes > 0) throw paymentInProgressError('A plan change waits for the payment provider')
}

/** Requests the parts that were paid through a provider, and waits for them. */
export async function finishAtProviders(services: RefundServices, refundId: bigint): Promise<void> {
  const where = { refundId, status: 'REQUESTED' as const, payment: { kind: 'PROVIDER' as const } }
  for (const { id } of await services.db.refundPart.findMany({ where, orderBy: { id: 'desc' }, select: { id: true } })) {
    await waitUntilFinished(() => finishPart(services, id))
  }
}
