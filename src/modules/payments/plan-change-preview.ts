import { z } from 'zod'
import { DomainError, INVALID_TRANSITION, invalidInputError } from '../../core/errors.js'
import { optional, organisationId, parseInput, rowId } from '../../core/input.js'
import type { MoneyAmount } from '../../core/money.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan, Subscription } from '../../platform/postgres/generated/client.js'
import { getOrderablePlan } from '../catalog/index.js'
import { type Customer, getCustomer, type UserPrincipal } from '../identity/index.js'
import { quotePrice } from '../invoicing/index.js'
import type { Services } from '../services.js'
import { prorate } from '../subscriptions/index.js'
import { getLiveSubscription } from './manage-subscription.js'
import type { PaymentProvider } from './payment-provider.port.js'
import { findVariantId } from './variant-id.js'

export type ChangeTime = 'NOW' | 'PERIOD_END'

export interface PlanChangeRequest {
  planId: string
  when?: ChangeTime | null | undefined
  organisationId?: string | null | undefined
  /** Path of these fields in errors; empty for the arguments of a query. */
  path: '' | 'input'
}

export const planChangeSchema = z.object({ planId: rowId('Plan'), organisationId: optional(organisationId()) })

/** Effect of a plan change. Amounts include tax. */
export interface PlanChangePreview {
  when: ChangeTime
  effectiveAt: Date
  /** Zero or negative. */
  credit: MoneyAmount
  charge: MoneyAmount
  dueNow: MoneyAmount
  /** Credit that exceeds the charge, deducted from the next renewals. */
  creditLeft: MoneyAmount
  nextRenewalAt: Date
  nextRenewal: MoneyAmount
}

export interface PlannedChange {
  preview: PlanChangePreview
  provider: PaymentProvider
  /** The provider's id of the new plan. */
  variantId: string
  subscription: Subscription
  plan: Plan & { price: bigint }
  customer: Customer
}

/**
 * @throws PLAN_NOT_FOUND, INVALID_TRANSITION without a paid subscription, BAD_USER_INPUT for a plan that
 *   cannot be changed to
 */
export async function previewPlanChange(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
  principal: UserPrincipal,
  request: PlanChangeRequest,
): Promise<PlanChangePreview> {
  return (await calculatePlanChange(services.db, services, principal, request)).preview
}

/** @throws as `previewPlanChange` */
export async function calculatePlanChange(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>,
  principal: UserPrincipal,
  { when, path, ...request }: PlanChangeRequest,
): Promise<PlannedChange> {
  if (services.providers.all.length === 0) services.providers.getActive()
  const planField = path === '' ? 'planId' : `${path}.planId`
  const at = services.clock.now()
  const { planId, organisationId } = parseInput(planChangeSchema, path, request)
  const plan = await getOrderablePlan(tx, principal, planId, planField)
  const customer = await getCustomer(tx, principal.userId, organisationId)
  const subscription = await getLiveSubscription(tx, customer)
  const provider = services.providers.find(subscription.provider)
  if (!provider || subscription.status !== 'ACTIVE') {
    const { name } = provider ?? services.providers.getActive()
    throw new DomainError(INVALID_TRANSITION, `Only an active subscription billed by ${name} can change its plan`, {
      from: subscription.status,
    })
  }
  const current = await tx.plan.findUniqueOrThrow({ where: { id: subscription.planId } })
  if (plan.id === current.id && subscription.pendingPlanId === null) throw invalidInputError(planField, 'you are already on this plan')
  if (plan.interval !== current.interval || plan.currency !== current.currency) {
    throw invalidInputError(
      planField,
      'has a different interval or currency; cancel the current plan, and order this one when the period has ended',
    )
  }
  const variantId = findVariantId(provider, plan)
  if (variantId === null) throw invalidInputError(planField, `has no providerVariantId, so it cannot be bought from ${provider.name}`)
  const time = when ?? (plan.rank > current.rank ? 'NOW' : 'PERIOD_END')
  const { total: price } = await quotePrice(tx, services, customer, plan)
  const paid = await getCurrentPeriodRate(tx, services, customer, subscription, current)
  const period = { start: subscription.currentPeriodStart, end: subscription.currentPeriodEnd }
  const { credit, charge } = time === 'NOW' ? prorate({ ...paid, price, period, at }) : { credit: 0n, charge: 0n }
  const effectiveAt = time === 'NOW' ? at : period.end
  const { currency } = plan
  const preview = buildPreview({ when: time, effectiveAt, credit, charge, nextRenewal: price, nextRenewalAt: period.end, currency })
  return { preview, provider, variantId, subscription, plan, customer }
}

/** The amounts are in minor units. */
interface ChangeTerms {
  when: ChangeTime
  effectiveAt: Date
  credit: bigint
  charge: bigint
  nextRenewal: bigint
  nextRenewalAt: Date
  currency: string
}

export function buildPreview(terms: ChangeTerms): PlanChangePreview {
  const { when, effectiveAt, credit, charge, nextRenewal, nextRenewalAt, currency } = terms
  const money = (minorUnits: bigint): MoneyAmount => ({ minorUnits, currency })
  const total = credit + charge
  return {
    when,
    effectiveAt,
    credit: money(credit),
    charge: money(charge),
    dueNow: money(total > 0n ? total : 0n),
    creditLeft: money(total < 0n ? -total : 0n),
    nextRenewalAt,
    nextRenewal: money(nextRenewal),
  }
}

/**
 * @returns `paid`: price paid for the current period, extrapolated to the whole period; `creditable`:
 *   payments for it less refunds; both in minor units
 */
async function getCurrentPeriodRate(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>,
  customer: Customer,
  subscription: Subscription,
  current: Plan,
): Promise<{ paid: bigint; creditable: bigint }> {
  const payments = await tx.order.findMany({
    where: { subscriptionId: subscription.id, periodEnd: subscription.currentPeriodEnd },
    include: { refunds: { select: { amount: true } } },
    orderBy: { placedAt: 'asc' },
  })
  const creditable = payments.reduce((sum, { amount, refunds }) => refunds.reduce((rest, refund) => rest - refund.amount, sum + amount), 0n)
  const changed = await tx.planChange.count({
    where: { subscriptionId: subscription.id, status: 'DONE', changedAt: { gte: subscription.currentPeriodStart } },
  })
  // After a plan change, the price at the time of the change counts, not the current price in the catalog.
  const price = payments.findLast(({ reason }) => reason === 'PLAN_CHANGE')?.planPrice ?? current.price
  const paid = changed > 0 ? (await quotePrice(tx, services, customer, { ...current, price })).total : (payments[0]?.amount ?? 0n)
  return { paid, creditable }
}
