import { HOUR_MS } from '../../core/duration.js'
import { runAll } from '../../core/run-all.js'
import type { Plan, Prisma, Subscription } from '../../platform/postgres/generated/client.js'
import { readBatches, runForEachRow } from '../../platform/postgres/read-batches.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { lockCustomer } from '../identity/index.js'
import { quotePrice } from '../invoicing/index.js'
import type { Services } from '../services.js'
import { adoptPendingPlans } from './adopt-pending-plans.js'
import { applyProviderResponse } from './manage-subscription.js'
import { claimPendingChange, releaseAfterFailure, releasePendingChange } from './pending-claim.js'
import { assertTimeToCall } from './provider-claim.js'
import { findVariantId } from './variant-id.js'

/** Small, because a row may have waited for the calls of all others when its own turn comes. */
const CHANGE_BATCH_SIZE = 50

/**
 * Applies the plan changes that were requested for the end of the period. The provider receives them an hour
 * before, so that it renews at the new price; the customer keeps the plan until the period ends. A failure does not stop
 * the other changes.
 * @throws AggregateError of the failures
 */
export async function applyPendingChanges(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
): Promise<void> {
  const inOneHour = new Date(services.clock.now().getTime() + HOUR_MS)
  const read = (last: DueSubscription | undefined) => listDueSubscriptions(services, inOneHour, last)
  await runAll([
    () => runForEachRow(readBatches(CHANGE_BATCH_SIZE, read), (due) => applyPendingChange(services, due), 'plan changes failed'),
    () => adoptPendingPlans(services),
  ])
}

const PENDING = {
  pendingPlanId: { not: null },
  pendingMadeAt: null,
  status: 'ACTIVE',
  // The job of a change in progress finds out by the plan at the provider whether it was made.
  changes: { none: { status: 'REQUESTED' } },
} satisfies Prisma.SubscriptionWhereInput

type DueSubscription = Subscription & { pendingPlan: Plan | null }

/** Continues after the last row, so that one that stays due because it failed is not read again. */
function listDueSubscriptions(
  { db, providers }: Pick<Services, 'db' | 'providers'>,
  until: Date,
  last: DueSubscription | undefined,
): Promise<DueSubscription[]> {
  return db.subscription.findMany({
    where: {
      ...PENDING,
      provider: { in: providers.all.map(({ name }) => name) },
      currentPeriodEnd: { lte: until, gte: last?.currentPeriodEnd },
      NOT: last && { currentPeriodEnd: last.currentPeriodEnd, id: { lte: last.id } },
    },
    include: { pendingPlan: true },
    orderBy: [{ currentPeriodEnd: 'asc' }, { id: 'asc' }],
    take: CHANGE_BATCH_SIZE,
  })
}

async function applyPendingChange(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
  { pendingPlan: plan, ...subscription }: DueSubscription,
): Promise<void> {
  const { id, provider: billedBy, providerSubscriptionId } = subscription
  const provider = services.providers.find(billedBy)
  if (!plan || !provider || !providerSubscriptionId) return
  const { total } = await quotePrice(services.db, services, subscription, plan)
  const variantId = findVariantId(provider, plan) ?? ''
  const { name: planName, interval, currency } = plan
  const change = { variantId, planName, interval, amount: total, currency, due: null, changedAt: services.clock.now() }
  // It may have been revoked or replaced while the changes before it were applied.
  const claim = await claimPendingChange(services.db, subscription, { onlyActive: true })
  if (!claim) return
  try {
    assertTimeToCall(claim.startedAt, `subscriptions ${id}`)
    const snapshot = await provider.changeVariant(providerSubscriptionId, change)
    await runTransaction(services.db, async (tx) => {
      await lockCustomer(tx, subscription)
      // A request that has arrived during the call remains to be made.
      await tx.subscription.updateMany({ where: { id, pendingPlanId: plan.id }, data: { pendingMadeAt: services.clock.now() } })
      await applyProviderResponse(tx, services, provider, snapshot)
      await releasePendingChange(tx, claim)
    })
  } catch (error) {
    await releaseAfterFailure(services.db, claim, error)
    throw error
  }
}
