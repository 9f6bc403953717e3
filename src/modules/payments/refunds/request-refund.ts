import { z } from 'zod'
import { DomainError } from '../../../core/errors.js'
import { parseId } from '../../../core/ids.js'
import { type FindMissingGlyph, line, parseInputAsync, printable, rowId } from '../../../core/input.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order, Refund } from '../../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../../platform/postgres/idempotency.js'
import { recordAuditEntry } from '../../audit/index.js'
import { customerName, lockCustomer, principalName, type UserPrincipal } from '../../identity/index.js'
import { getOrder } from '../../orders/index.js'
import type { Services } from '../../services.js'
import { REFUND_NOT_ELIGIBLE } from '../payment.errors.js'
import { COMPLETION_DELAY_SECONDS, waitUntilFinished } from '../provider-claim.js'
import { enqueueFinishRefund, finalizeRefund, finishRefund } from './finish-refund.js'
import { storeRefund } from './record-refunds.js'
import { calculateEligibility, type Eligibility, wholeDaysBetween } from './refund.rules.js'
import type { RequestRefundInput } from './refund.type.js'

function refundSchema(find: FindMissingGlyph) {
  return z.object({ orderId: rowId('Order'), reason: printable(find, line(200)).nullish(), idempotencyKey })
}

/** Returns the amount of an order that can be refunded now. @throws ORDER_NOT_FOUND */
export async function refundEligibility(
  { db, clock }: Pick<Services, 'clock' | 'db'>,
  principal: UserPrincipal,
  orderId: string,
): Promise<Eligibility & { currency: string }> {
  const order = await getOrder(db, principal, parseId('orderId', orderId, 'Order'))
  return { ...(await getEligibility(db, order, clock.now())), currency: order.currency }
}

async function getEligibility(tx: Transaction, order: Order, at: Date): Promise<Eligibility> {
  const { activatedAt, periodStart, periodEnd, subscriptionId, status } = order
  if (!activatedAt) return { type: 'NONE', days: 0, refundable: 0n, reason: 'Nothing was paid' }
  const subscription = subscriptionId === null ? null : await tx.subscription.findUnique({ where: { id: subscriptionId } })
  const boughtAt = subscription?.createdAt ?? activatedAt
  // The subscription may start slightly after the payment; a purchase must not be in the future.
  const purchasedAt = boughtAt < at ? boughtAt : at
  const none = (reason: string): Eligibility => ({ type: 'NONE', days: wholeDaysBetween(purchasedAt, at), refundable: 0n, reason })
  if (!periodStart || !periodEnd) return none('Nothing was paid')
  if (status !== 'ACTIVE' || at >= periodEnd) return none('Only the current period can be refunded')
  if ((await tx.refund.count({ where: { orderId: order.id, status: 'REQUESTED' } })) > 0) return none('A refund has been requested already')
  const invoice = await tx.invoice.findFirst({ where: { orderId: order.id, kind: { not: 'CREDIT_NOTE' } } })
  const paid = { paid: invoice?.total ?? 0n, refunded: invoice?.refundedTotal ?? 0n }
  return calculateEligibility({ ...paid, purchasedAt, period: { start: periodStart, end: periodEnd } }, at)
}

/**
 * Refunds the eligible amount of an order, ends the plan and issues the credit note.
 * @throws ORDER_NOT_FOUND, REFUND_NOT_ELIGIBLE, PAYMENT_PROVIDER_UNAVAILABLE: a job completes the refund
 *   later, and another request with the same idempotency key returns it
 */
export async function requestRefund(
  services: Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>,
  principal: UserPrincipal,
  input: RequestRefundInput,
): Promise<Refund> {
  const { db, clock, findMissingGlyph } = services
  const { orderId, reason = null, idempotencyKey: key } = await parseInputAsync(refundSchema(findMissingGlyph), 'input', input)
  const { id, userId, organisationId } = await getOrder(db, principal, orderId)
  const request = {
    principal: principalName(principal),
    operation: 'requestRefund',
    key,
    input: { orderId: Number(id), reason },
  }
  const { refundId: stored } = await runOnce(services, request, async (tx) => {
    await lockCustomer(tx, { userId, organisationId })
    const order = await tx.order.findUniqueOrThrow({ where: { id } })
    const at = clock.now()
    const { type, days, refundable, reason: explanation } = await getEligibility(tx, order, at)
    if (refundable <= 0n || type === 'NONE') throw new DomainError(REFUND_NOT_ELIGIBLE, explanation, { daysSincePurchase: days })
    const atProvider = order.provider !== null
    const status = atProvider ? 'REQUESTED' : 'DONE'
    const { currency } = order
    const refund = await storeRefund(tx, { orderId: id, amount: refundable, type, status, currency, days, reason, createdAt: at })
    const details = { orderId: id, amount: refundable.toString(), type, reason }
    await recordAuditEntry(tx, { actor: principal, action: 'requestRefund', subject: customerName(order), details, at })
    if (atProvider) {
      await enqueueFinishRefund(tx, refund.id, COMPLETION_DELAY_SECONDS)
    } else await finalizeRefund(tx, services, refund.id, order)
    return { refundId: Number(refund.id) }
  })
  const refundId = BigInt(stored)
  await waitUntilFinished(() => finishRefund(services, refundId))
  return db.refund.findUniqueOrThrow({ where: { id: refundId } })
}
