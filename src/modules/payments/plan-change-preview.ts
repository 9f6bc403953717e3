import { z } from 'zod'
import { DomainError, INVALID_TRANSITION, invalidInputError } from '../../core/errors.js'
import { optional, organisationId, parseInput, rowId } from '../../core/input.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan, Subscription } from '../../platform/postgres/generated/client.js'
import { getOrderablePlan } from '../catalog/index.js'
import { getCustomer, type UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import {
  type ChangeTime,
  calculateChange,
  ESCLUSE,
  hasFixedTerm,
  type PlanChangePreview,
  type PlannedChange,
} from '../subscriptions/index.js'
import { getLiveSubscription } from './live-subscription.js'
import type { PaymentProvider } from './payment-provider.port.js'
import { paymentInProgressError } from './provider-claim.js'
import { findVariantId } from './variant-id.js'

export interface PlanChangeRequest {
  planId: string
  when?: ChangeTime | null | undefined
  organisationId?: string | null | undefined
  /** Path of these fields in errors; empty for the arguments of a query. */
  path: '' | 'input'
}

export const planChangeSchema = z.object({ planId: rowId('Plan'), organisationId: optional(organisationId()) })

export interface RequestedChange extends PlannedChange {
  /** Null if no provider bills the subscription. */
  readonly billing: { readonly provider: PaymentProvider; readonly variantId: string } | null
}

type PreviewServices = Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>

/**
 * @throws PLAN_NOT_FOUND, CURRENCY_MISMATCH, INVALID_TRANSITION without a subscription that can change, BAD_USER_INPUT
 *   for the current plan, and for one that the provider does not sell; PAYMENT_IN_PROGRESS until the payment of the last
 *   change has been reported
 */
export async function previewPlanChange(
  services: PreviewServices & Pick<Services, 'db'>,
  principal: UserPrincipal,
  request: PlanChangeRequest,
): Promise<PlanChangePreview> {
  return (await calculatePlanChange(services.db, services, principal, request)).preview
}

/** @throws as `previewPlanChange` */
export async function calculatePlanChange(
  tx: Transaction,
  services: PreviewServices,
  principal: UserPrincipal,
  { when, path, ...request }: PlanChangeRequest,
): Promise<RequestedChange> {
  const planField = path === '' ? 'planId' : `${path}.planId`
  const { planId, organisationId } = parseInput(planChangeSchema, path, request)
  const plan = await getOrderablePlan(tx, principal, { planId }, planField)
  const customer = await getCustomer(tx, principal.userId, organisationId)
  const subscription = await getLiveSubscription(tx, customer)
  const billing = findBilling(services, subscription, plan, planField)
  assertChangeable(subscription, services.clock.now())
  const current = await tx.plan.findUniqueOrThrow({ where: { id: subscription.planId } })
  const isUpgrade = plan.rank > current.rank
  const time = when ?? (isUpgrade || subscription.collection === 'NONE' ? 'NOW' : 'PERIOD_END')
  // At the end of the period, the current plan revokes a scheduled change.
  if (plan.id === current.id && (subscription.pendingPlanId === null || time === 'NOW'))
    throw invalidInputError(planField, 'you are already on this plan')
  if (time === 'NOW') await assertChargeReported(tx, billing, subscription)
  const isEstimate = billing?.provider.merchantOfRecord != null
  return { ...(await calculateChange(tx, services, { customer, subscription, plan, when: time, isEstimate })), billing }
}

/** @throws PAYMENT_PROVIDER_UNAVAILABLE, BAD_USER_INPUT for a plan that the provider does not sell */
function findBilling(
  services: Pick<Services, 'providers'>,
  subscription: Subscription,
  plan: Plan,
  planField: string,
): RequestedChange['billing'] {
  if (subscription.provider === null) return null
  const provider = services.providers.getBilling(subscription)
  const variantId = findVariantId(provider, plan)
  if (variantId === null)
    throw invalidInputError(planField, `the plan has no providerVariantId, so it cannot be bought from ${provider.name}`)
  return { provider, variantId }
}

/**
 * The order of a change is created when its payment is reported. Until then, the next change would be calculated from the
 * order before it, and the charge in between would never be credited. A merchant of record does the calculation itself.
 * @throws PAYMENT_IN_PROGRESS
 */
async function assertChargeReported(
  tx: Transaction,
  billing: RequestedChange['billing'],
  { id: subscriptionId, currentPeriodStart }: Subscription,
): Promise<void> {
  if (billing === null || billing.provider.merchantOfRecord !== null) return
  const where = { subscriptionId, status: 'DONE', orderId: null, due: { not: null }, changedAt: { gte: currentPeriodStart } } as const
  if ((await tx.planChange.count({ where })) > 0)
    throw paymentInProgressError('The payment of the last plan change has not been reported yet')
}

/** A cancelled subscription is resumed by the change, unless it has ended and only the job has not noticed it yet. */
function assertChangeable(subscription: Subscription, at: Date): void {
  const { id, status, provider, endsAt, currentPeriodEnd, collection } = subscription
  const end = endsAt ?? (status === 'CANCELLED' ? currentPeriodEnd : null)
  if (end !== null && end <= at) throw new DomainError(INVALID_TRANSITION, 'The subscription has ended', { from: status })
  if (provider === ESCLUSE)
    throw new DomainError(INVALID_TRANSITION, `Subscription ${id} is billed by Escluse; change it there`, { from: status })
  const isEnding = endsAt !== null && endsAt <= currentPeriodEnd
  const isFixedTerm = collection === 'INVOICE' && isEnding && (status !== 'CANCELLED' || hasFixedTerm(subscription))
  if ((status !== 'ACTIVE' && status !== 'CANCELLED') || isFixedTerm) {
    throw new DomainError(INVALID_TRANSITION, 'Only an active subscription without a fixed end can change its plan', { from: status })
  }
}
