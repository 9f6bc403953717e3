import { DomainError, INVALID_TRANSITION } from '../../core/errors.js'
import { multilineText, optional, parseInput } from '../../core/input.js'
import { jsonCustomerId } from '../../core/json-ids.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order, PlanChange, Subscription } from '../../platform/postgres/generated/client.js'
import { type IdempotentRequest, idempotencyKey, runOnce } from '../../platform/postgres/idempotency.js'
import { recordAuditEntry } from '../audit/index.js'
import { findLiveSubscription } from '../entitlements/index.js'
import { customerName, getCustomer, lockCustomer, principalName, type UserPrincipal } from '../identity/index.js'
import { assertNoMissingDetails } from '../invoicing/index.js'
import { holdBalance } from '../ledger/index.js'
import { cancelPendingChanges } from '../orders/index.js'
import type { Services } from '../services.js'
import {
  buildPreview,
  type ChangeTime,
  type CollectionServices,
  type PlanChangePreview,
  reissueRenewal,
  requestChange,
  settleCustomer,
} from '../subscriptions/index.js'
import { enqueueFinishPlanChange, finishPlanChange } from './finish-plan-change.js'
import { getLiveSubscription } from './live-subscription.js'
import { beginCurrentPeriod, resumeOwnSubscription, resumeSubscription } from './manage-subscription.js'
import { ProviderRefusalError } from './payment.errors.js'
import type { ChangePlanInput } from './payment.type.js'
import { isPendingChangeClaimed, schedulePendingChange } from './pending-claim.js'
import { calculatePlanChange, planChangeSchema, type RequestedChange } from './plan-change-preview.js'
import { COMPLETION_DELAY_SECONDS, paymentInProgressError, waitUntilFinished } from './provider-claim.js'
import { changePaymentId } from './record-charge.js'

/** The operation of idempotency keys. */
export const CHANGE_PLAN = 'changePlan'

interface AcceptedChange {
  preview: PlanChangePreview
  subscriptionId: bigint
  /** The change that the provider is asked for; null if it is not called now. */
  changeId: bigint | null
  /** The order of a change that we collect ourselves. */
  orderId: bigint | null
}

interface RequestedNow extends AcceptedChange {
  /** Whether the change is scheduled for a cancelled subscription, which its provider must resume. */
  resumesAtProvider: boolean
}

/**
 * Calculates the preview again and applies it. Without a provider, a change with nothing to pay takes effect at once, and
 * any other one waits for its payment. A change of a provider's subscription is stored before the provider is
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
): Promise<{ preview: PlanChangePreview; subscription: Subscription; order: Order | null }> {
  const { db } = services
  const request = idempotentRequest(principal, input)
  await beginCurrentPeriodOf(services, principal, input)
  let resumesAtProvider = false
  const stored = await runOnce(services, request, async (tx) => {
    const accepted = await requestPlanChange(tx, services, principal, input)
    resumesAtProvider = accepted.resumesAtProvider
    return toStoredChange(accepted)
  })
  // If the provider does not respond, the change stays scheduled, and resumeSubscription resumes the subscription later.
  if (resumesAtProvider) await resumeSubscription(services, principal, { organisationId: input.organisationId })
  const { preview, subscriptionId, changeId, orderId } = fromStoredChange(stored)
  if (changeId !== null) {
    await waitUntilFinished(() => finishPlanChange(services, changeId))
    assertDone(await db.planChange.findUniqueOrThrow({ where: { id: changeId } }))
  }
  const order = orderId === null ? null : await db.order.findUniqueOrThrow({ where: { id: orderId } })
  return { preview, subscription: await db.subscription.findUniqueOrThrow({ where: { id: subscriptionId } }), order }
}

/** The change is calculated for the current period. A repeated request may find that its subscription has ended since. */
export async function beginCurrentPeriodOf(
  services: CollectionServices & Pick<Services, 'db'>,
  principal: UserPrincipal,
  input: Pick<ChangePlanInput, 'planId' | 'organisationId'>,
): Promise<void> {
  const { organisationId } = parseInput(changePlanSchema, 'input', input)
  const live = await findLiveSubscription(services.db, await getCustomer(services.db, principal.userId, organisationId))
  if (live) await beginCurrentPeriod(services, live)
}

const MAX_NOTES_LENGTH = 2000
const changePlanSchema = planChangeSchema.extend({ notes: optional(multilineText(MAX_NOTES_LENGTH)), idempotencyKey })

function idempotentRequest(principal: UserPrincipal, input: ChangePlanInput): IdempotentRequest {
  const { planId, organisationId, notes, idempotencyKey: key } = parseInput(changePlanSchema, 'input', input)
  return {
    principal: principalName(principal),
    operation: CHANGE_PLAN,
    key,
    input: {
      planId: Number(planId),
      when: input.when ?? null,
      organisationId: organisationId === undefined ? null : jsonCustomerId(organisationId),
      // Requests of earlier versions have no such field.
      ...(notes !== undefined && { notes }),
    },
  }
}

/** Ids are numbers, amounts are decimal strings of minor units, and times are ISO 8601. */
type StoredChange = Readonly<{
  subscriptionId: number
  changeId: number | null
  /** Absent in what earlier versions have stored, like the last two. */
  orderId?: number | null
  when: ChangeTime
  effectiveAt: string
  credit: string
  charge: string
  nextRenewal: string
  nextRenewalAt: string
  currency: string
  available?: string
  /** 1 or 0. */
  isEstimate?: number
}>

function toStoredChange({ preview, subscriptionId, changeId, orderId }: AcceptedChange): StoredChange {
  const { when, effectiveAt, credit, charge, fromBalance, nextRenewal, nextRenewalAt, isEstimate } = preview
  return {
    subscriptionId: Number(subscriptionId),
    changeId: changeId === null ? null : Number(changeId),
    orderId: orderId === null ? null : Number(orderId),
    when,
    effectiveAt: effectiveAt.toISOString(),
    credit: credit.minorUnits.toString(),
    charge: charge.minorUnits.toString(),
    nextRenewal: nextRenewal.minorUnits.toString(),
    nextRenewalAt: nextRenewalAt.toISOString(),
    currency: nextRenewal.currency,
    available: fromBalance.minorUnits.toString(),
    isEstimate: Number(isEstimate),
  }
}

function fromStoredChange({ subscriptionId, changeId, orderId, ...stored }: StoredChange): AcceptedChange {
  const { when, effectiveAt, credit, charge, nextRenewal, nextRenewalAt, currency, available = '0', isEstimate = 0 } = stored
  return {
    subscriptionId: BigInt(subscriptionId),
    changeId: changeId === null ? null : BigInt(changeId),
    orderId: orderId == null ? null : BigInt(orderId),
    preview: buildPreview({
      when,
      effectiveAt: new Date(effectiveAt),
      credit: BigInt(credit),
      charge: BigInt(charge),
      nextRenewal: BigInt(nextRenewal),
      nextRenewalAt: new Date(nextRenewalAt),
      currency,
      available: BigInt(available),
      isEstimate: isEstimate === 1,
    }),
  }
}

async function requestPlanChange(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>,
  principal: UserPrincipal,
  input: ChangePlanInput,
): Promise<RequestedNow> {
  const { organisationId, notes } = parseInput(changePlanSchema, 'input', input)
  const locked = await getCustomer(tx, principal.userId, organisationId)
  await lockCustomer(tx, locked)
  // What was paid for a change that this one replaces is on the balance again, and pays open invoices and this one.
  const live = await getLiveSubscription(tx, locked)
  await cancelPendingChanges(tx, live.id, services.clock.now())
  await settleCustomer(tx, services, locked, live.currency)
  const planned = await calculatePlanChange(tx, services, principal, { ...input, path: 'input' })
  const { preview, subscription, plan, customer, sale } = planned
  if (!preview.isEstimate && preview.nextRenewal.minorUnits > 0n) assertNoMissingDetails(services, sale)
  const { id: subscriptionId } = subscription
  const inProgress = await tx.planChange.findFirst({ where: { subscriptionId, status: 'REQUESTED' } })
  if (inProgress) return { ...joinChange(inProgress, planned), resumesAtProvider: false }
  const isCurrent = plan.id === subscription.planId
  const replacesPending = subscription.pendingPlanId !== null && (preview.when === 'NOW' || isCurrent)
  if (replacesPending && (await isPendingChangeClaimed(tx, subscriptionId)))
    throw paymentInProgressError('The scheduled plan change is being applied or revoked')
  const at = services.clock.now()
  const accepted = { preview, subscriptionId, changeId: null, orderId: null, resumesAtProvider: false }
  const isCancelled = subscription.status === 'CANCELLED'
  if (planned.billing === null && isCancelled) await resumeOwnSubscription(tx, services, customer, subscription)
  if (preview.when === 'PERIOD_END') {
    if (isCurrent) await keepCurrentPlan(tx, principal, planned, at)
    else {
      await recordRequest(tx, principal, planned, at)
      await schedulePendingChange(tx, subscriptionId, plan.id, at)
    }
    await reissueRenewal(tx, services, subscriptionId)
    return { ...accepted, resumesAtProvider: planned.billing !== null && isCancelled }
  }
  await recordRequest(tx, principal, planned, at)
  if (planned.billing) return { ...accepted, changeId: await createChange(tx, planned, planned.billing) }
  const { id: orderId } = await requestChange(tx, services, planned, notes)
  return { ...accepted, orderId }
}

async function recordRequest(
  tx: Transaction,
  principal: UserPrincipal,
  { preview, plan, customer }: RequestedChange,
  at: Date,
): Promise<void> {
  const details = { planId: plan.id, when: preview.when, due: preview.dueNow.minorUnits.toString() }
  await recordAuditEntry(tx, { actor: principal, action: 'changePlan', subject: customerName(customer), details, at })
}

/** Revokes the scheduled change. @throws INVALID_TRANSITION if only the provider knows whether it has been made */
async function keepCurrentPlan(
  tx: Transaction,
  principal: UserPrincipal,
  { subscription, customer }: RequestedChange,
  at: Date,
): Promise<void> {
  const { id, status, pendingPlanId, pendingClaimedUntil, pendingMadeAt } = subscription
  if (pendingClaimedUntil !== null || pendingMadeAt !== null) {
    const message =
      'The scheduled plan change may have been made at the payment provider; use revokePlanChange, which reads its state there'
    throw new DomainError(INVALID_TRANSITION, message, { from: status })
  }
  await tx.subscription.update({ where: { id }, data: { pendingPlanId: null, updatedAt: at } })
  const details = { subscriptionId: id, planId: pendingPlanId }
  await recordAuditEntry(tx, { actor: principal, action: 'revokePlanChange', subject: customerName(customer), details, at })
}

/** @throws PAYMENT_IN_PROGRESS if the change in progress is another one */
function joinChange(inProgress: PlanChange, { preview, plan, subscription }: RequestedChange): AcceptedChange {
  const { id, toPlanId, changedAt, credit, charge, due, nextRenewal } = inProgress
  if (toPlanId !== plan.id || preview.when !== 'NOW') throw paymentInProgressError('Another plan change waits for the payment provider')
  const owed = credit + charge > 0n ? credit + charge : 0n
  const terms = { nextRenewal: nextRenewal ?? preview.nextRenewal.minorUnits, currency: plan.currency, isEstimate: preview.isEstimate }
  const amounts = { credit, charge, available: owed - (due ?? owed), ...terms }
  return {
    preview: buildPreview({ when: 'NOW', effectiveAt: changedAt, nextRenewalAt: preview.nextRenewalAt, ...amounts }),
    subscriptionId: subscription.id,
    changeId: id,
    orderId: null,
  }
}

/** The part that the balance pays is held until the provider has charged the rest. */
async function createChange(
  tx: Transaction,
  { preview, subscription, plan, customer }: RequestedChange,
  { provider, variantId }: NonNullable<RequestedChange['billing']>,
): Promise<bigint> {
  const { id } = await tx.planChange.create({
    data: {
      subscriptionId: subscription.id,
      fromPlanId: subscription.planId,
      toPlanId: plan.id,
      credit: preview.credit.minorUnits,
      charge: preview.charge.minorUnits,
      due: preview.dueNow.minorUnits,
      changedAt: preview.effectiveAt,
      status: 'REQUESTED',
      variantId,
      nextRenewal: preview.nextRenewal.minorUnits,
    },
  })
  const { minorUnits: amount, currency } = preview.fromBalance
  const purpose = { provider: provider.name, providerPaymentId: changePaymentId(id), subscriptionId: subscription.id }
  await holdBalance(tx, { customer, currency, amount, at: preview.effectiveAt }, purpose)
  await enqueueFinishPlanChange(tx, id, COMPLETION_DELAY_SECONDS)
  return id
}

function assertDone({ status, failure }: PlanChange): void {
  if (status === 'FAILED') throw new ProviderRefusalError(failure ?? 'The payment provider refused the change')
  if (status === 'CLOSED') throw new DomainError(INVALID_TRANSITION, failure ?? 'The subscription has ended', {})
}
