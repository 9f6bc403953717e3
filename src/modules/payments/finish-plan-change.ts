import { enqueue } from '../../platform/jobs/queue.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan, PlanChange, Subscription } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { PROVIDER, recordAuditEntry } from '../audit/index.js'
import { customerName, lockCustomer } from '../identity/index.js'
import { freeHeldPayments } from '../ledger/index.js'
import type { Services } from '../services.js'
import { settleCustomer } from '../subscriptions/index.js'
import { discardPendingPlan } from './apply-subscription.js'
import { applyProviderResponse } from './manage-subscription.js'
import { ProviderRefusalError } from './payment.errors.js'
import { FINISH_PLAN_CHANGE } from './payment.jobs.js'
import type { PaymentProvider, SubscriptionSnapshot } from './payment-provider.port.js'
import { finishOrRetry, runClaimed } from './provider-claim.js'
import { changePaymentId, recordCharge } from './record-charge.js'

type StoredChange = PlanChange & { subscription: Subscription; fromPlan: Plan; toPlan: Plan }

type FinishServices = Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>

type Outcome = { status: 'DONE'; snapshot: SubscriptionSnapshot } | { status: 'FAILED' | 'CLOSED'; failure: string }

/**
 * Requests a plan change from the provider, unless its subscription shows that this has been done, and records
 * the outcome. A webhook reports the payment of the difference; without one, the change is invoiced here.
 * @returns false if another process is doing so
 * @throws PAYMENT_PROVIDER_UNAVAILABLE when the outcome is unknown; the change stays requested
 */
export async function finishPlanChange(services: FinishServices, changeId: bigint): Promise<boolean> {
  const isFinished = await requestAndRecord(services, changeId)
  if (isFinished) await invoiceConfirmedChange(services, changeId)
  return isFinished
}

function requestAndRecord(services: FinishServices, changeId: bigint): Promise<boolean> {
  return runClaimed(services, { table: 'plan_changes', id: changeId }, async (assertClaimed) => {
    const change = await services.db.planChange.findUniqueOrThrow({
      where: { id: changeId },
      include: { subscription: true, fromPlan: true, toPlan: true },
    })
    const provider = services.providers.getBilling(change.subscription)
    const outcome = await requestChange(services, provider, change, assertClaimed)
    await runTransaction(services.db, (tx) => recordOutcome(tx, services, provider, change, outcome))
  })
}

/** The job. */
export function finishPlanChangeLater(services: FinishServices, changeId: bigint): Promise<void> {
  return finishOrRetry(
    services,
    () => finishPlanChange(services, changeId),
    (tx, delaySeconds) => enqueueFinishPlanChange(tx, changeId, delaySeconds),
  )
}

export async function enqueueFinishPlanChange(tx: Transaction, changeId: bigint, delaySeconds: number): Promise<void> {
  await enqueue(tx, FINISH_PLAN_CHANGE, { changeId }, `${FINISH_PLAN_CHANGE.name}:${changeId}`, { delaySeconds })
}

async function requestChange(
  { clock }: Pick<Services, 'clock'>,
  provider: PaymentProvider,
  { subscription, toPlan, variantId, nextRenewal, due, changedAt }: StoredChange,
  assertClaimed: () => void,
): Promise<Outcome> {
  const { status, providerSubscriptionId, currentPeriodStart, currentPeriodEnd } = subscription
  if (!variantId || !providerSubscriptionId || nextRenewal === null)
    throw new Error('the plan change has no variant, provider subscription or next renewal')
  if (status === 'EXPIRED') return { status: 'CLOSED', failure: 'The subscription has ended' }
  const current = await provider.readSubscription(providerSubscriptionId)
  if (!current) return { status: 'FAILED', failure: 'The payment provider does not have the subscription' }
  if (current.variantId === variantId) return { status: 'DONE', snapshot: current }
  // The amounts are those of the period in which the change was requested.
  if (changedAt < currentPeriodStart || clock.now() >= currentPeriodEnd)
    return { status: 'CLOSED', failure: 'The period ended before the payment provider responded' }
  assertClaimed()
  const { name: planName, interval, currency } = toPlan
  try {
    if (current.status === 'CANCELLED') await provider.resume(providerSubscriptionId)
    const change = { variantId, planName, interval, amount: nextRenewal, currency, due: due ?? 0n, changedAt }
    return { status: 'DONE', snapshot: await provider.changeVariant(providerSubscriptionId, change) }
  } catch (error) {
    if (error instanceof ProviderRefusalError) return { status: 'FAILED', failure: error.message }
    throw error
  }
}

async function recordOutcome(
  tx: Transaction,
  services: Omit<FinishServices, 'db'>,
  provider: PaymentProvider,
  { id, subscription, toPlanId }: StoredChange,
  outcome: Outcome,
): Promise<void> {
  await lockCustomer(tx, subscription)
  const failure = outcome.status === 'DONE' ? null : outcome.failure
  const { count } = await tx.planChange.updateMany({ where: { id, status: 'REQUESTED' }, data: { status: outcome.status, failure } })
  if (outcome.status === 'DONE') {
    // The plan that was scheduled would keep the current one until the period ends, also if it is the same. With a count of
    // 0, a webhook has confirmed the change, and another one may have been scheduled since.
    if (count > 0) await discardPendingPlan(tx, subscription.id)
    await applyProviderResponse(tx, services, provider, outcome.snapshot)
    return invoiceWithoutPayment(tx, services, provider, id)
  }
  if (count === 0) return
  const held = { provider: provider.name, providerPaymentId: changePaymentId(id), held: { gt: 0n } }
  await freeHeldPayments(tx, await tx.payment.findMany({ where: held }))
  await settleCustomer(tx, services, subscription, subscription.currency)
  const details = { planId: toPlanId, reason: outcome.failure }
  await recordAuditEntry(tx, {
    actor: PROVIDER,
    action: 'planChangeFailed',
    subject: customerName(subscription),
    details,
    at: services.clock.now(),
  })
}

/** If a webhook has confirmed the change, and this process or another one was killed before it recorded the outcome. */
async function invoiceConfirmedChange({ db, ...services }: FinishServices, changeId: bigint): Promise<void> {
  const { subscription, ...change } = await db.planChange.findUniqueOrThrow({ where: { id: changeId }, include: { subscription: true } })
  const provider = services.providers.find(subscription.provider)
  if (!provider || change.status !== 'DONE' || change.due !== 0n || change.orderId !== null) return
  await runTransaction(db, async (tx) => {
    await lockCustomer(tx, subscription)
    await invoiceWithoutPayment(tx, services, provider, changeId)
  })
}

/**
 * Invoices a change that credit and balance pay completely, because no payment reports it. If we have ended the
 * subscription since, the unused share of the replaced plan has been credited instead.
 */
async function invoiceWithoutPayment(
  tx: Transaction,
  services: Omit<FinishServices, 'db'>,
  provider: PaymentProvider,
  changeId: bigint,
): Promise<void> {
  const change = await tx.planChange.findUniqueOrThrow({ where: { id: changeId }, include: { fromPlan: true, toPlan: true } })
  if (change.due !== 0n || change.orderId !== null || provider.merchantOfRecord !== null) return
  const subscription = await tx.subscription.findUniqueOrThrow({ where: { id: change.subscriptionId }, include: { plan: true } })
  if (subscription.revokedAt !== null) return
  const { currency } = change.toPlan
  const createdAt = change.changedAt.toISOString()
  const snapshot = { reason: 'updated', total: 0n, tax: 0n, discount: 0n, currency, createdAt, documentUrl: null } as const
  await recordCharge(tx, services, provider, { subscription, plan: change.toPlan, change, snapshot, received: null })
  await settleCustomer(tx, services, subscription, currency)
}
