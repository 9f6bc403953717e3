import { createHash } from 'node:crypto'
import { DomainError } from '../../../core/errors.js'
import type { Order } from '../../../platform/postgres/generated/client.js'
import { hasOutcome } from '../../../platform/postgres/idempotency.js'
import { principalName, type UserPrincipal } from '../../identity/index.js'
import type { Services } from '../../services.js'
import type { PlanChangePreview } from '../../subscriptions/index.js'
import { beginCurrentPeriodOf, CHANGE_PLAN, changePlan } from '../change-plan.js'
import { calculatePlanChange, type RequestedChange } from '../plan-change-preview.js'
import { exceedsShown, type ShownAmount } from './change-page.rules.js'
import type { ChangePage } from './change-page-token.js'

type ConfirmServices = Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>

/**
 * DONE: the plan has changed, or changes at the end of the period. PENDING: its order waits for payment. CHANGED: the
 * customer would pay more than was shown, so nothing has been done. SUPERSEDED: the change was replaced or revoked later.
 */
export type Confirmation =
  | { outcome: 'DONE' }
  | { outcome: 'PENDING'; preview: PlanChangePreview; order: Order }
  | { outcome: 'CHANGED'; planned: RequestedChange }
  | { outcome: 'SUPERSEDED' }

/** Calculates the change of a page at this moment. @throws as `previewPlanChange` */
export function calculatePageChange(services: ConfirmServices, page: ChangePage): Promise<RequestedChange> {
  const { planId, organisationId } = page
  return calculatePlanChange(services.db, services, principalOf(page), { planId, organisationId, path: '' })
}

/**
 * Makes the change of a page, once per token.
 * @param shown  the time and the amount that the customer saw; null if unknown
 * @throws as `changePlan`
 */
export async function confirmChange(
  services: ConfirmServices,
  { token, page, shown }: { token: string; page: ChangePage; shown: ShownAmount | null },
): Promise<Confirmation> {
  const principal = principalOf(page)
  const key = `change page ${createHash('sha256').update(token).digest('hex')}`
  await beginCurrentPeriodOf(services, principal, { planId: page.planId, organisationId: page.organisationId })
  const obstacle = await findObstacle(services, page, shown)
  // A repeated request gets the result of the first one, which is often the obstacle. It is read last, because the first
  // one may have just been completed.
  const isRepeated = await hasOutcome(services, { principal: principalName(principal), operation: CHANGE_PLAN, key })
  if (obstacle && !isRepeated) {
    // It is not stored under the key, because the customer may remove the obstacle and confirm again.
    if (obstacle instanceof DomainError) throw obstacle
    return { outcome: 'CHANGED', planned: obstacle }
  }
  const { planId, organisationId } = page
  const { preview, subscription, order } = await changePlan(services, principal, { planId, organisationId, idempotencyKey: key })
  if ([subscription.planId, subscription.pendingPlanId].includes(BigInt(planId))) return { outcome: 'DONE' }
  return order?.status === 'PENDING' ? { outcome: 'PENDING', preview, order } : { outcome: 'SUPERSEDED' }
}

/** An error that prevents the change, or the change if it exceeds what was shown. */
async function findObstacle(
  services: ConfirmServices,
  page: ChangePage,
  shown: ShownAmount | null,
): Promise<DomainError | RequestedChange | null> {
  try {
    const planned = await calculatePageChange(services, page)
    return shown && exceedsShown(planned.preview, shown) ? planned : null
  } catch (error) {
    if (error instanceof DomainError) return error
    throw error
  }
}

function principalOf({ userId, role }: ChangePage): UserPrincipal {
  return { userId, role }
}
