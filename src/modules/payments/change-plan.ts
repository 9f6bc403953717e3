import { HOUR_MS } from '../../core/duration.js'
import { DomainError, invalidInputError } from '../../core/errors.js'
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
import { getProvider } from './provider-registry.js'
import { findVariantId } from './variant-id.js'

export type ChangeTime = 'NOW' | 'PERIOD_END'

export interface PlanChangeRequest {
  planId: string
  when?: ChangeTime | null | undefined
  organisationId?: string | undefined
}

/** What a change of plan will do. Amounts hold their tax. */
export interface PlanChangePreview {
  when: ChangeTime
  effectiveAt: Date
  /** Zero or less. */
  credit: MoneyAmount
  charge: MoneyAmount
  dueNow: MoneyAmount
  /** What is given back beyond the charge, and taken off the next renewals. */
  creditLeft: MoneyAmount
  nextRenewalAt: Date
  nextRenewal: MoneyAmount
}

interface PlannedChange {
  preview: PlanChangePreview
  subscription: Subscription
  plan: Plan & { price: bigint }
  holder: Customer
}

/** @throws PLAN_NOT_FOUND, INVALID_TRANSITION without a paid subscription, BAD_USER_INPUT for a plan that cannot be changed to */
export async function previewPlanChange(services: Services, viewer: UserPrincipal, asked: PlanChangeRequest): Promise<PlanChangePreview> {
  return (await calculatePlanChange(services.db, services, viewer, asked)).preview
}

/**
 * The same reckoning at the same instant as the preview, and then the change. Under the holder's lock, the provider's
 * answer included: asked for twice at once, it is charged once.
 */
export function changePlan(
  services: Services,
  viewer: UserPrincipal,
  asked: PlanChangeRequest,
): Promise<{ preview: PlanChangePreview; subscription: Subscription }> {
  return limitProviderCalls(() =>
    runTransaction(services.db, async (tx) => {
      await lockCustomer(tx, await getCustomer(tx, viewer.userId, parseOptionalId('organisationId', asked.organisationId)))
      const planned = await calculatePlanChange(tx, services, viewer, asked)
      const { preview, subscription, plan, holder } = planned
      const { id } = subscription
      const at = services.clock.now()
      if (preview.when === 'NOW') await applyChangeNow(tx, services, planned)
      else await tx.subscription.update({ where: { id }, data: { pendingPlanId: plan.id, updatedAt: at } })
      const details = { planId: plan.id, when: preview.when, due: preview.dueNow.minorUnits.toString() }
      await recordAuditEntry(tx, { by: viewer, action: 'changePlan', subject: customerName(holder), details, at })
      return { preview, subscription: await tx.subscription.findUniqueOrThrow({ where: { id } }) }
    }),
  )
}

/** The payment of the difference is told of by a webhook, which waits for this to be committed. */
async function applyChangeNow(tx: Transaction, services: Services, { preview, subscription, plan }: PlannedChange): Promise<void> {
  const provider = getProvider(services)
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
  const settlement = credit.minorUnits + charge.minorUnits
  const wanted = buildVariantChange(provider, plan, nextRenewal.minorUnits, settlement)
  await applyProviderResponse(tx, services, await provider.changeVariant(subscription.providerSubscriptionId ?? '', wanted))
}

async function calculatePlanChange(
  tx: Transaction,
  services: Services,
  viewer: UserPrincipal,
  { planId, when, organisationId }: PlanChangeRequest,
): Promise<PlannedChange> {
  const at = services.clock.now()
  const provider = getProvider(services)
  const plan = await getOrderablePlan(tx, viewer, parseId('planId', planId), 'planId')
  const holder = await getCustomer(tx, viewer.userId, parseOptionalId('organisationId', organisationId))
  const subscription = await getLiveSubscription(tx, holder)
  if (subscription.provider !== provider.name || subscription.status !== 'ACTIVE') {
    throw new DomainError('INVALID_TRANSITION', 'Only an active subscription that was paid for here can change its plan', {
      from: subscription.status,
    })
  }
  const current = await tx.plan.findUniqueOrThrow({ where: { id: subscription.planId } })
  if (plan.id === current.id && subscription.pendingPlanId === null) throw invalidInputError('planId', 'is the plan that you have')
  if (plan.interval !== current.interval || plan.currency !== current.currency) {
    throw invalidInputError('planId', 'has another interval or currency; cancel, and order it when the period has ended')
  }
  if (findVariantId(provider, plan) === null)
    throw invalidInputError('planId', `is not on sale with ${provider.name}: it has no providerVariantId`)
  const time = when ?? (plan.rank > current.rank ? 'NOW' : 'PERIOD_END')
  const { total: price } = await quotePrice(tx, services, holder, plan)
  const paid = await getCurrentPeriodRate(tx, services, holder, subscription, current)
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
  return { preview, subscription, plan, holder }
}

/** As the provider is told of it. */
function buildVariantChange(provider: PaymentProvider, plan: Plan, amount: bigint, settlement: bigint | null): VariantChange {
  return { variantId: findVariantId(provider, plan) ?? '', planName: plan.name, amount, currency: plan.currency, settlement }
}

/** What was paid for the period at hand, as for the whole of it, and what of it may still be given back. */
async function getCurrentPeriodRate(
  tx: Transaction,
  services: Services,
  holder: Customer,
  subscription: Subscription,
  current: Plan,
): Promise<{ paid: bigint; creditable: bigint }> {
  const payments = await tx.order.findMany({
    where: { subscriptionId: subscription.id, periodEnd: subscription.currentPeriodEnd },
    include: { refunds: { select: { amount: true } } },
    orderBy: { placedAt: 'asc' },
  })
  const creditable = payments.reduce((sum, { amount, refunds }) => refunds.reduce((left, refund) => left - refund.amount, sum + amount), 0n)
  const changed = await tx.planChange.count({
    where: { subscriptionId: subscription.id, changedAt: { gte: subscription.currentPeriodStart } },
  })
  // A plan that was changed to counts at the price at which it was, whatever the catalogue says since.
  const price = payments.findLast(({ reason }) => reason === 'PLAN_CHANGE')?.planPrice ?? current.price
  const paid = changed > 0 ? (await quotePrice(tx, services, holder, { ...current, price })).total : (payments[0]?.amount ?? 0n)
  return { paid, creditable }
}

/**
 * Changes that were asked for come with the next period: the provider is told an hour before, so that it renews at the new
 * price. One that fails keeps no other back.
 */
export async function applyPendingChanges(services: Services): Promise<void> {
  const { db, clock, payments } = services
  if (!payments) return
  const soon = new Date(clock.now().getTime() + HOUR_MS)
  const due = await db.subscription.findMany({
    where: { pendingPlanId: { not: null }, status: 'ACTIVE', provider: payments.name, currentPeriodEnd: { lte: soon } },
    include: { pendingPlan: true },
  })
  const failures: unknown[] = []
  for (const subscription of due) await applyPendingChange(services, payments, subscription).catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} changes of plan could not be made`)
}

type DueSubscription = Subscription & { pendingPlan: Plan | null }

async function applyPendingChange(
  services: Services,
  provider: PaymentProvider,
  { id, pendingPlan: plan, providerSubscriptionId, ...holder }: DueSubscription,
): Promise<void> {
  if (!plan || !providerSubscriptionId) return
  const { total } = await quotePrice(services.db, services, holder, plan)
  const snapshot = await provider.changeVariant(providerSubscriptionId, buildVariantChange(provider, plan, total, null))
  await runTransaction(services.db, async (tx) => {
    await applyProviderResponse(tx, services, snapshot)
    await tx.subscription.update({ where: { id }, data: { pendingPlanId: null } })
  })
}
