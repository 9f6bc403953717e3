import { DomainError, INVALID_TRANSITION } from '../../core/errors.js'
import { parseOptionalOrganisationId } from '../../core/ids.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { PlanChange, Subscription } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../audit/index.js'
import { customerName, getCustomer, lockCustomer, type UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import { enqueueFinishPlanChange, finishPlanChange } from './finish-plan-change.js'
import { ProviderRefusalError } from './payment.errors.js'
import {
  buildPreview,
  calculatePlanChange,
  type PlanChangePreview,
  type PlanChangeRequest,
  type PlannedChange,
} from './plan-change-preview.js'
import { COMPLETION_DELAY_SECONDS, paymentInProgressError, waitUntilFinished } from './provider-claim.js'

interface RequestedChange {
  preview: PlanChangePreview
  subscriptionId: bigint
  /** Null if the provider is called at the end of the period. */
  changeId: bigint | null
}

/**
 * Calculates the preview again and applies it. A change that takes effect now is stored before the provider is
 * called, and its outcome afterwards. A second request for the same change, such as a double click, waits for
 * the first one and returns the same change; it is charged once.
 * @throws as `previewPlanChange`; PAYMENT_IN_PROGRESS while another change waits for the provider;
 *   PAYMENT_PROVIDER_UNAVAILABLE when the provider refused the change, which is then over, or did not respond:
 *   then a job completes it
 */
export async function changePlan(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
  principal: UserPrincipal,
  request: PlanChangeRequest,
): Promise<{ preview: PlanChangePreview; subscription: Subscription }> {
  const { db } = services
  const { preview, subscriptionId, changeId } = await runTransaction(db, (tx) => requestPlanChange(tx, services, principal, request))
  if (changeId !== null) {
    await waitUntilFinished(() => finishPlanChange(services, changeId))
    assertDone(await db.planChange.findUniqueOrThrow({ where: { id: changeId } }))
  }
  return { preview, subscription: await db.subscription.findUniqueOrThrow({ where: { id: subscriptionId } }) }
}

async function requestPlanChange(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>,
  principal: UserPrincipal,
  request: PlanChangeRequest,
): Promise<RequestedChange> {
  await lockCustomer(tx, await getCustomer(tx, principal.userId, parseOptionalOrganisationId('organisationId', request.organisationId)))
  const planned = await calculatePlanChange(tx, services, principal, request)
  const { preview, subscription, plan, customer } = planned
  const { id: subscriptionId } = subscription
  const inProgress = await tx.planChange.findFirst({ where: { subscriptionId, status: 'REQUESTED' } })
  if (inProgress) return joinChange(inProgress, planned)
  const at = services.clock.now()
  const details = { planId: plan.id, when: preview.when, due: preview.dueNow.minorUnits.toString() }
  await recordAuditEntry(tx, { actor: principal, action: 'changePlan', subject: customerName(customer), details, at })
  if (preview.when === 'NOW') return { preview, subscriptionId, changeId: await createChange(tx, planned) }
  await tx.subscription.update({ where: { id: subscriptionId }, data: { pendingPlanId: plan.id, updatedAt: at } })
  return { preview, subscriptionId, changeId: null }
}

/** @throws PAYMENT_IN_PROGRESS if the change in progress is another one */
function joinChange(inProgress: PlanChange, { preview, plan, subscription }: PlannedChange): RequestedChange {
  const { id, toPlanId, changedAt, credit, charge, nextRenewal } = inProgress
  if (toPlanId !== plan.id || preview.when !== 'NOW') throw paymentInProgressError('Another plan change waits for the payment provider')
  const amounts = { credit, charge, nextRenewal: nextRenewal ?? preview.nextRenewal.minorUnits }
  return {
    preview: buildPreview({ when: 'NOW', effectiveAt: changedAt, ...amounts }, { plan, subscription }),
    subscriptionId: subscription.id,
    changeId: id,
  }
}

async function createChange(tx: Transaction, { preview, subscription, plan, variantId }: PlannedChange): Promise<bigint> {
  const { id } = await tx.planChange.create({
    data: {
      subscriptionId: subscription.id,
      fromPlanId: subscription.planId,
      toPlanId: plan.id,
      credit: preview.credit.minorUnits,
      charge: preview.charge.minorUnits,
      changedAt: preview.effectiveAt,
      status: 'REQUESTED',
      variantId,
      nextRenewal: preview.nextRenewal.minorUnits,
    },
  })
  await enqueueFinishPlanChange(tx, id, COMPLETION_DELAY_SECONDS)
  return id
}

function assertDone({ status, failure }: PlanChange): void {
  if (status === 'FAILED') throw new ProviderRefusalError(failure ?? 'The payment provider refused the change')
  if (status === 'CLOSED') throw new DomainError(INVALID_TRANSITION, failure ?? 'The subscription has ended', {})
}
