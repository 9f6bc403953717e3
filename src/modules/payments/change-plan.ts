import { HOUR_MS } from '../../core/duration.js'
import { DomainError, INVALID_TRANSITION, invalidInputError } from '../../core/errors.js'
import { parseId, parseOptionalId } from '../../core/input.js'
import type { MoneyAmount } from '../../core/money.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan, Subscription } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import { getOrderablePlan } from '../catalog/index.js'
import { type Customer, customerName, getCustomer, lockCustomer, type UserPrincipal } from '../identity/index.js'
import { quotePrice } from '../invoicing/index.js'
import type { Services } from '../services.js'
import { prorate } from '../subscriptions/index.js'
import { applyProviderResponse, getLiveSubscription } from './manage-subscription.js'
import type { PaymentProvider, VariantChange } from './payment-provider.port.js'
import { limitProviderCalls } from './provider-limiter.js'
import { findVariantId } from './variant-id.js'

export type ChangeTime = 'NOW' | 'PERIOD_END'

export interface PlanChangeRequest {
  planId: string
  when?: ChangeTime | null | undefined
  organisationId?: string | undefined
}

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

interface PlannedChange {
  preview: PlanChangePreview
  provider: PaymentProvider
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

/**
 * Calculates the preview again and applies it. The customer is locked until the provider has responded, so
 * that concurrent requests are charged once.
 */
export function changePlan(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
  principal: UserPrincipal,
  request: PlanChangeRequest,
): Promise<{ preview: PlanChangePreview; subscription: Subscription }> {
  return limitProviderCalls(() =>
    runTransaction(services.db, async (tx) => {
      await lockCustomer(tx, await getCustomer(tx, principal.userId, parseOptionalId('organisationId', request.organisationId)))
      const planned = await calculatePlanChange(tx, services, principal, request)
      const { preview, subscription, plan, customer } = planned
      const { id } = subscription
      const at = services.clock.now()
      if (preview.when === 'NOW') await applyChangeNow(tx, services, planned)
      else await tx.subscription.update({ where: { id }, data: { pendingPlanId: plan.id, updatedAt: at } })
      const details = { planId: plan.id, when: preview.when, due: preview.dueNow.minorUnits.toString() }
      await recordAuditEntry(tx, { by: principal, action: 'changePlan', subject: customerName(customer), details, at })
      return { preview, subscription: await tx.subscription.findUniqueOrThrow({ where: { id } }) }
    }),
  )
}

/** A webhook reports the payment of the difference. It waits for the commit of this transaction. */
async function applyChangeNow(tx: Transaction, services: Pick<Services, 'clock' | 'config'>, planned: PlannedChange): Promise<void> {
  const { preview, provider, subscription, plan } = planned
  const { credit, charge, nextRenewal } = preview
  await tx.planChange.create({
    data: {
      subscriptionId: subscription.id,
      fromPlanId: subscription.planId,
      toPlanId: plan.id,
      credit: credit.minorUnits,
      charge: charge.minorUnits,
      changedAt: preview.effectiveAt,
    },
  })
  const proration = credit.minorUnits + charge.minorUnits
  const change = buildVariantChange(provider, plan, nextRenewal.minorUnits, proration)
  const snapshot = await provider.changeVariant(subscription.providerSubscriptionId ?? '', change)
  await applyProviderResponse(tx, services, provider, snapshot)
}

async function calculatePlanChange(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>,
  principal: UserPrincipal,
  { planId, when, organisationId }: PlanChangeRequest,
): Promise<PlannedChange> {
  if (services.providers.all.length === 0) services.providers.getActive()
  const at = services.clock.now()
  const plan = await getOrderablePlan(tx, principal, parseId('planId', planId), 'planId')
  const customer = await getCustomer(tx, principal.userId, parseOptionalId('organisationId', organisationId))
  const subscription = await getLiveSubscription(tx, customer)
  const provider = services.providers.find(subscription.provider)
  if (!provider || subscription.status !== 'ACTIVE') {
    const { name } = provider ?? services.providers.getActive()
    throw new DomainError(INVALID_TRANSITION, `Only an active subscription billed by ${name} can change its plan`, {
      from: subscription.status,
    })
  }
  const current = await tx.plan.findUniqueOrThrow({ where: { id: subscription.planId } })
  if (plan.id === current.id && subscription.pendingPlanId === null) throw invalidInputError('planId', 'you are already on this plan')
  if (plan.interval !== current.interval || plan.currency !== current.currency) {
    throw invalidInputError(
      'planId',
      'has a different interval or currency; cancel the current plan, and order this one when the period has ended',
    )
  }
  if (findVariantId(provider, plan) === null)
    throw invalidInputError('planId', `has no providerVariantId, so it cannot be bought from ${provider.name}`)
  const time = when ?? (plan.rank > current.rank ? 'NOW' : 'PERIOD_END')
  const { total: price } = await quotePrice(tx, services, customer, plan)
  const paid = await getCurrentPeriodRate(tx, services, customer, subscription, current)
  const period = { start: subscription.currentPeriodStart, end: subscription.currentPeriodEnd }
  const { credit, charge, total } = time === 'NOW' ? prorate({ ...paid, price, period, at }) : { credit: 0n, charge: 0n, total: 0n }
  const money = (minorUnits: bigint): MoneyAmount => ({ minorUnits, currency: plan.currency })
  const preview = {
    when: time,
    effectiveAt: time === 'NOW' ? at : period.end,
    credit: money(credit),
    charge: money(charge),
    dueNow: money(total > 0n ? total : 0n),
    creditLeft: money(total < 0n ? -total : 0n),
    nextRenewalAt: period.end,
    nextRenewal: money(price),
  }
  return { preview, provider, subscription, plan, customer }
}

function buildVariantChange(provider: PaymentProvider, plan: Plan, amount: bigint, proration: bigint | null): VariantChange {
  return { variantId: findVariantId(provider, plan) ?? '', planName: plan.name, amount, currency: plan.currency, proration }
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
    where: { subscriptionId: subscription.id, changedAt: { gte: subscription.currentPeriodStart } },
  })
  // After a plan change, the price at the time of the change counts, not the current price in the catalog.
  const price = payments.findLast(({ reason }) => reason === 'PLAN_CHANGE')?.planPrice ?? current.price
  const paid = changed > 0 ? (await quotePrice(tx, services, customer, { ...current, price })).total : (payments[0]?.amount ?? 0n)
  return { paid, creditable }
}

/**
 * Applies the plan changes that were requested for the end of the period. The provider receives them an hour
 * before, so that it renews at the new price. A failure does not stop the other changes.
 */
export async function applyPendingChanges(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
): Promise<void> {
  const { db, clock, providers } = services
  const inOneHour = new Date(clock.now().getTime() + HOUR_MS)
  const due = await db.subscription.findMany({
    where: {
      pendingPlanId: { not: null },
      status: 'ACTIVE',
      provider: { in: providers.all.map(({ name }) => name) },
      currentPeriodEnd: { lte: inOneHour },
    },
    include: { pendingPlan: true },
  })
  const failures: unknown[] = []
  for (const subscription of due) await applyPendingChange(services, subscription).catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} plan changes failed`)
}

type DueSubscription = Subscription & { pendingPlan: Plan | null }

async function applyPendingChange(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
  { id, pendingPlan: plan, provider: billedBy, providerSubscriptionId, ...customer }: DueSubscription,
): Promise<void> {
  const provider = services.providers.find(billedBy)
  if (!plan || !provider || !providerSubscriptionId) return
  const { total } = await quotePrice(services.db, services, customer, plan)
  const snapshot = await provider.changeVariant(providerSubscriptionId, buildVariantChange(provider, plan, total, null))
  await runTransaction(services.db, async (tx) => {
    await applyProviderResponse(tx, services, provider, snapshot)
    await tx.subscription.update({ where: { id }, data: { pendingPlanId: null } })
  })
}
