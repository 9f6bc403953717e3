import { DomainError, INVALID_TRANSITION } from '../../core/errors.js'
import { parseInput } from '../../core/input.js'
import { jsonCustomerId } from '../../core/json-ids.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { PlanChange, Subscription } from '../../platform/postgres/generated/client.js'
import { type IdempotentRequest, idempotencyKey, runOnce } from '../../platform/postgres/idempotency.js'
import { recordAuditEntry } from '../audit/index.js'
import { customerName, getCustomer, lockCustomer, principalName, type UserPrincipal } from '../identity/index.js'
import type { Services } from '../services.js'
import { enqueueFinishPlanChange, finishPlanChange } from './finish-plan-change.js'
import { ProviderRefusalError } from './payment.errors.js'
import type { ChangePlanInput } from './payment.type.js'
import { isPendingChangeClaimed, schedulePendingChange } from './pending-claim.js'
import {
  buildPreview,
  type ChangeTime,
  calculatePlanChange,
  type PlanChangePreview,
  type PlannedChange,
  planChangeSchema,
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
 * the first one and returns the same change; it is charged once. A repeated idempotency key returns the change
 * that it has requested, also when later ones have followed. PERIOD_END with the current plan revokes the scheduled
 * change.
 * @throws as `previewPlanChange`; PAYMENT_IN_PROGRESS while another change waits for the provider;
 *   PAYMENT_PROVIDER_UNAVAILABLE when the provider refused the change, which is then over, or did not respond:
 *   then a job completes it
 */
export async function changePlan(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
  principal: UserPrincipal,
  input: ChangePlanInput,
): Promise<{ preview: PlanChangePreview; subscription: Subscription }> {
  const { db } = services
  const stored = await runOnce(services, idempotentRequest(principal, input), async (tx) =>
    toStoredChange(await requestPlanChange(tx, services, principal, input)),
  )
  const { preview, subscriptionId, changeId } = fromStoredChange(stored)
  if (changeId !== null) {
    await waitUntilFinished(() => finishPlanChange(services, changeId))
    assertDone(await db.planChange.findUniqueOrThrow({ where: { id: changeId } }))
  }
  return { preview, subscription: await db.subscription.findUniqueOrThrow({ where: { id: subscriptionId } }) }
}

const changePlanSchema = planChangeSchema.extend({ idempotencyKey })

function idempotentRequest(principal: UserPrincipal, input: ChangePlanInput): IdempotentRequest {
  const { planId, organisationId, idempotencyKey: key } = parseInput(changePlanSchema, 'input', input)
  return {
    principal: principalName(principal),
    operation: 'changePlan',
    key,
    input: {
      planId: Number(planId),
      when: input.when ?? null,
      organisationId: organisationId === undefined ? null : jsonCustomerId(organisationId),
    },
  }
}

/** Ids are numbers, amounts are decimal strings of minor units, and times are ISO 8601. */
type StoredChange = Readonly<{
  subscriptionId: number
  changeId: number | null
  when: ChangeTime
  effectiveAt: string
  credit: string
  charge: string
  nextRenewal: string
  nextRenewalAt: string
  currency: string
}>

function toStoredChange({ preview, subscriptionId, changeId }: RequestedChange): StoredChange {
  const { when, effectiveAt, credit, charge, nextRenewal, nextRenewalAt } = preview
  return {
    subscriptionId: Number(subscriptionId),
    changeId: changeId === null ? null : Number(changeId),
    when,
    effectiveAt: effectiveAt.toISOString(),
    credit: credit.minorUnits.toString(),
    charge: charge.minorUnits.toString(),
    nextRenewal: nextRenewal.minorUnits.toString(),
    nextRenewalAt: nextRenewalAt.toISOString(),
    currency: nextRenewal.currency,
  }
}

function fromStoredChange({ subscriptionId, changeId, ...stored }: StoredChange): RequestedChange {
  const { when, effectiveAt, credit, charge, nextRenewal, nextRenewalAt, currency } = stored
  return {
    subscriptionId: BigInt(subscriptionId),
    changeId: changeId === null ? null : BigInt(changeId),
    preview: buildPreview({
      when,
      effectiveAt: new Date(effectiveAt),
      credit: BigInt(credit),
      charge: BigInt(charge),
      nextRenewal: BigInt(nextRenewal),
      nextRenewalAt: new Date(nextRenewalAt),
      currency,
    }),
  }
}

async function requestPlanChange(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>,
  principal: UserPrincipal,
  input: ChangePlanInput,
): Promise<RequestedChange> {
  const { organisationId } = parseInput(planChangeSchema, 'input', input)
  await lockCustomer(tx, await getCustomer(tx, principal.userId, organisationId))
  const planned = await calculatePlanChange(tx, services, principal, { ...input, path: 'input' })
  const { preview, subscription, plan, customer } = planned
  const { id: subscriptionId } = subscription
  const inProgress = await tx.planChange.findFirst({ where: { subscriptionId, status: 'REQUESTED' } })
  if (inProgress) return joinChange(inProgress, planned)
  const isCurrent = plan.id === subscription.planId
  const replacesPending = subscription.pendingPlanId !== null && (preview.when === 'NOW' || isCurrent)
  if (replacesPending && (await isPendingChangeClaimed(tx, subscriptionId)))
    throw paymentInProgressError('The scheduled plan change is being applied or revoked')
  const at = services.clock.now()
  if (preview.when === 'PERIOD_END' && isCurrent) {
    await keepCurrentPlan(tx, principal, planned, at)
    return { preview, subscriptionId, changeId: null }
  }
  const details = { planId: plan.id, when: preview.when, due: preview.dueNow.minorUnits.toString() }
  await recordAuditEntry(tx, { actor: principal, action: 'changePlan', subject: customerName(customer), details, at })
  if (preview.when === 'NOW') return { preview, subscriptionId, changeId: await createChange(tx, planned) }
  await schedulePendingChange(tx, subscriptionId, plan.id, at)
  return { preview, subscriptionId, changeId: null }
}

/** Revokes the scheduled change. @throws INVALID_TRANSITION if only the provider knows whether it has been made */
async function keepCurrentPlan(
  tx: Transaction,
  principal: UserPrincipal,
  { subscription, customer }: PlannedChange,
  at: Date,
): Promise<void> {
  const { id, status, pendingPlanId, pendingClaimedUntil } = subscription
  if (pendingClaimedUntil !== null) {
    const message = 'The scheduled plan change may have been made at the payment provider; use revokePlanChange, which asks the provider'
    throw new DomainError(INVALID_TRANSITION, message, { from: status })
  }
  await tx.subscription.update({ where: { id }, data: { pendingPlanId: null, updatedAt: at } })
  const details = { subscriptionId: id, planId: pendingPlanId }
  await recordAuditEntry(tx, { actor: principal, action: 'revokePlanChange', subject: customerName(customer), details, at })
}

/** @throws PAYMENT_IN_PROGRESS if the change in progress is another one */
function joinChange(inProgress: PlanChange, { preview, plan, subscription }: PlannedChange): RequestedChange {
  const { id, toPlanId, changedAt, credit, charge, nextRenewal } = inProgress
  if (toPlanId !== plan.id || preview.when !== 'NOW') throw paymentInProgressError('Another plan change waits for the payment provider')
  const amounts = { credit, charge, nextRenewal: nextRenewal ?? preview.nextRenewal.minorUnits, currency: plan.currency }
  return {
    preview: buildPreview({ when: 'NOW', effectiveAt: changedAt, nextRenewalAt: preview.nextRenewalAt, ...amounts }),
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
