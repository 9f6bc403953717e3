import type { Transaction } from '../../../platform/postgres/client.js'
import type { RefundPart } from '../../../platform/postgres/generated/client.js'
import { changeHeld, postToLedger } from '../../ledger/index.js'
import type { Services } from '../../services.js'
import { publishEvent } from '../../webhooks/index.js'

/**
 * Records that a part that was held on the balance has been paid out, and completes its refund with the last part. Call
 * it under the customer's lock.
 * @param reference  under which it was paid out
 */
export async function payOutPart(
  tx: Transaction,
  services: Pick<Services, 'clock'>,
  { id, refundId, amount, held }: RefundPart,
  reference: string | null,
): Promise<void> {
  const at = services.clock.now()
  await tx.refundPart.update({ where: { id }, data: { status: 'DONE', held: false, doneAt: at, reference } })
  const { userId, organisationId, currency } = await tx.refund.findUniqueOrThrow({ where: { id: refundId } })
  const customer = { userId, organisationId }
  if (held) await changeHeld(tx, customer, currency, -amount)
  await postToLedger(tx, { customer, currency, kind: 'REFUND', at, balance: amount, cash: -amount, refundPartId: id })
  await completeRefund(tx, services, refundId)
}

/** Marks a refund as done and publishes its event, if all its parts are done. */
export async function completeRefund(tx: Transaction, { clock }: Pick<Services, 'clock'>, refundId: bigint): Promise<void> {
  if ((await tx.refundPart.count({ where: { refundId, status: 'REQUESTED' } })) > 0) return
  const refund = await tx.refund.update({ where: { id: refundId }, data: { status: 'DONE' } })
  const { orderId, amount, currency, userId, organisationId } = refund
  const payload = { refundId, orderId, amount: amount.toString(), currency }
  await publishEvent(tx, { type: 'refund.issued', customer: { userId, organisationId }, payload, at: clock.now() })
}
