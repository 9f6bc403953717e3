import type { Transaction } from '../../platform/postgres/client.js'
import type { Plan, PlanChange, Subscription } from '../../platform/postgres/generated/client.js'
import type { PaymentSnapshot } from './payment-provider.port.js'

export type PaidChange = PlanChange & { fromPlan: Plan; toPlan: Plan }

/** What a payment pays: the plan, and the plan change if that was made here. */
export interface PaidPlan {
  readonly plan: Plan
  readonly change: PaidChange | null
}

/**
 * Finds what a payment pays. The payment of a change may arrive before the subscription has its new plan.
 */
export async function findPaidPlan(
  tx: Transaction,
  { id: subscriptionId, plan }: Subscription & { plan: Plan },
  { reason, total }: PaymentSnapshot,
): Promise<PaidPlan> {
  if (reason !== 'updated') return { plan, change: null }
  const changes = await tx.planChange.findMany({
    where: { subscriptionId, orderId: null, status: { not: 'FAILED' } },
    include: { fromPlan: true, toPlan: true },
    orderBy: { id: 'desc' },
    take: 10,
  })
  const change = changes.find(({ due }) => due === total) ?? null
  const inProgress = changes.find(({ status }) => status === 'REQUESTED')
  return { change, plan: (change ?? inProgress)?.toPlan ?? plan }
}
