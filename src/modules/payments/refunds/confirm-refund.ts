import { z } from 'zod'
import { DomainError, INVALID_TRANSITION, invalidInputError } from '../../../core/errors.js'
import { line, parseInput, rowId } from '../../../core/input.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Refund, RefundPart } from '../../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../../platform/postgres/idempotency.js'
import { recordAuditEntry } from '../../audit/index.js'
import { customerName, principalName, type UserPrincipal } from '../../identity/index.js'
import type { Services } from '../../services.js'
import { lockUpToDate } from '../../subscriptions/index.js'
import { finishEarlierPart } from './finish-earlier-part.js'
import { payOutPart } from './pay-out-part.js'
import type { ConfirmRefundInput } from './refund.type.js'

/** Under which a part of a refund was paid out. */
export const payoutReference = line(200)

const confirmSchema = z.object({ partId: rowId('RefundPart'), reference: payoutReference, idempotencyKey })

type ConfirmServices = Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>

/**
 * Records that a part of a refund has been paid out by hand. A part that its payment provider pays out is confirmed by
 * the provider.
 * @throws BAD_USER_INPUT for another part, INVALID_TRANSITION for one that is DONE
 */
export async function confirmRefund(services: ConfirmServices, principal: UserPrincipal, input: ConfirmRefundInput): Promise<Refund> {
  const { partId, reference, idempotencyKey: key } = parseInput(confirmSchema, 'input', input)
  const request = { principal: principalName(principal), operation: 'confirmRefund', key, input: { partId: Number(partId), reference } }
  const { refundId } = await runOnce(services, request, async (tx) => {
    const found = await tx.refundPart.findUnique({ where: { id: partId }, include: { refund: true } })
    if (!found) throw invalidInputError('input.partId', `part ${partId} of a refund does not exist`)
    const { refund } = found
    await lockUpToDate(tx, services, refund)
    const part = await getConfirmable(tx, services, partId)
    const at = services.clock.now()
    const details = { refundId: refund.id, partId, amount: part.amount.toString(), reference }
    await recordAuditEntry(tx, { actor: principal, action: 'confirmRefund', subject: customerName(refund), details, at })
    // A part that an earlier version requested is not held on the balance.
    if (part.held) await payOutPart(tx, services, part, reference)
    else await finishEarlierPart(tx, services, part, reference)
    return { refundId: Number(refund.id) }
  })
  return services.db.refund.findUniqueOrThrow({ where: { id: BigInt(refundId) } })
}

/** @throws BAD_USER_INPUT for a part that its provider pays out, INVALID_TRANSITION for one that is DONE */
async function getConfirmable(tx: Transaction, { providers }: Pick<Services, 'providers'>, id: bigint): Promise<RefundPart> {
  const { payment, ...part } = await tx.refundPart.findUniqueOrThrow({ where: { id }, include: { payment: true } })
  if (part.status === 'DONE') {
    throw new DomainError(INVALID_TRANSITION, `Part ${id} of the refund has been paid out already`, { from: 'DONE', to: 'DONE' })
  }
  const provider = payment?.kind === 'PROVIDER' ? providers.find(payment.provider) : null
  if (provider)
    throw invalidInputError(
      'input.partId',
      `must be a part that is paid out by hand; the payment provider ${provider.name} pays out and confirms this one`,
    )
  return part
}
