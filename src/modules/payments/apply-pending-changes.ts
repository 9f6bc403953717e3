import { HOUR_MS } from '../../core/duration.js'
import type { Plan, Subscription } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { quotePrice } from '../invoicing/index.js'
import type { Services } from '../services.js'
import { applyProviderResponse } from './manage-subscription.js'
import { findVariantId } from './variant-id.js'

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
      // The job of a change in progress finds out by the plan at the provider whether it was made.
      changes: { none: { status: 'REQUESTED' } },
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
  const change = { variantId: findVariantId(provider, plan) ?? '', planName: plan.name, amount: total, currency: plan.currency }
  const snapshot = await provider.changeVariant(providerSubscriptionId, { ...change, proration: null })
  await runTransaction(services.db, async (tx) => {
    await applyProviderResponse(tx, services, provider, snapshot)
    await tx.subscription.update({ where: { id }, data: { pendingPlanId: null } })
  })
}
