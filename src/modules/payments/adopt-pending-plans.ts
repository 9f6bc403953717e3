import { periodNumber } from '../../core/period.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan, Subscription } from '../../platform/postgres/generated/client.js'
import { jsonObject } from '../../platform/postgres/json.js'
import { readBatches, runForEachRow } from '../../platform/postgres/read-batches.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { limitsOf } from '../catalog/index.js'
import { refreshEntitlement } from '../entitlements/index.js'
import { lockCustomer } from '../identity/index.js'
import { recordMrr } from '../reports/index.js'
import type { Services } from '../services.js'
import { publishEvent } from '../webhooks/index.js'

const ADOPTION_BATCH_SIZE = 50

type PendingSubscription = Subscription & { pendingPlan: Plan | null }

/**
 * Moves subscriptions whose period has ended to the plan that was scheduled for then, if their provider has confirmed it.
 * One that fails does not stop the others.
 * @throws AggregateError of the failures
 */
export async function adoptPendingPlans(services: Pick<Services, 'clock' | 'config' | 'db'>): Promise<void> {
  const read = (last: PendingSubscription | undefined) => listDue(services, last)
  const adopt = ({ id, userId, organisationId }: PendingSubscription) =>
    runTransaction(services.db, async (tx) => {
      await lockCustomer(tx, { userId, organisationId })
      await adoptPendingPlan(tx, services, id)
    })
  await runForEachRow(readBatches(ADOPTION_BATCH_SIZE, read), adopt, 'scheduled plans could not be applied')
}

const SCHEDULED = {
  pendingPlanId: { not: null },
  status: 'ACTIVE' as const,
  pendingMadeAt: { not: null },
}

function listDue({ db, clock }: Pick<Services, 'clock' | 'db'>, last: PendingSubscription | undefined): Promise<PendingSubscription[]> {
  return db.subscription.findMany({
    where: {
      ...SCHEDULED,
      currentPeriodEnd: { lte: clock.now(), gte: last?.currentPeriodEnd },
      NOT: last && { currentPeriodEnd: last.currentPeriodEnd, id: { lte: last.id } },
    },
    include: { pendingPlan: true },
    orderBy: [{ currentPeriodEnd: 'asc' }, { id: 'asc' }],
    take: ADOPTION_BATCH_SIZE,
  })
}

/** Checks again under the customer's lock. */
async function adoptPendingPlan(tx: Transaction, services: Pick<Services, 'clock' | 'config'>, id: bigint): Promise<void> {
  const at = services.clock.now()
  const where = { id, ...SCHEDULED, currentPeriodEnd: { lte: at } }
  const subscription = await tx.subscription.findFirst({ where, include: { pendingPlan: true } })
  const plan = subscription?.pendingPlan
  if (!plan) return
  const isNewInterval = plan.interval !== subscription.planInterval
  const anchor = subscription.currentPeriodEnd
  const period = periodNumber(anchor, plan.interval, 1)
  const moved = { anchor, periodNumber: 1, currentPeriodStart: period.start, currentPeriodEnd: period.end }
  await tx.subscription.update({
    where: { id },
    data: {
      planId: plan.id,
      planName: plan.name,
      planInterval: plan.interval,
      planLimits: limitsOf(plan),
      planFeatures: jsonObject.parse(plan.features),
      price: plan.price,
      currency: plan.currency,
      pendingPlanId: null,
      pendingMadeAt: null,
      updatedAt: at,
      ...(isNewInterval && moved),
    },
  })
  await refreshEntitlement(tx, services, subscription)
  await recordMrr(tx, services, subscription, subscription.currentPeriodEnd)
  const payload = { subscriptionId: id, status: subscription.status, planId: plan.id }
  await publishEvent(tx, { type: 'subscription.updated', customer: subscription, payload, at, planBefore: subscription.planName })
}
