import type { Transaction } from '../../../platform/postgres/client.js'
import type { RefundPart } from '../../../platform/postgres/generated/client.js'
import { type CollectionServices, settleCustomer } from '../../subscriptions/index.js'
import { endRefundedPlan } from './end-refunded-plan.js'
import { creditPaidOut, readReturnableMoney } from './paid-out.js'
import { completeRefund } from './pay-out-part.js'

/**
 * Completes a part that an earlier version has requested: those versions ended the plan and issued the credit note when
 * the provider had confirmed the refund. Call it after `lockUpToDate`.
 * @param reference  under which it was paid out
 */
export async function finishEarlierPart(
  tx: Transaction,
  services: CollectionServices,
  { id, refundId, paymentId, amount: requested }: RefundPart,
  reference: string | null = null,
): Promise<void> {
  const at = services.clock.now()
  const refund = await tx.refund.findUniqueOrThrow({ where: { id: refundId } })
  const payment = await tx.payment.findUniqueOrThrow({ where: { id: paymentId ?? 0n } })
  const order = refund.orderId === null ? null : await tx.order.findUniqueOrThrow({ where: { id: refund.orderId } })
  const creditRest = order?.status === 'ACTIVE' ? await endRefundedPlan(tx, services, refund) : undefined
  const money = await readReturnableMoney(tx, payment)
  const returnable = money.allocated + money.free
  // What was credited before the upgrade counts as paid out already, by a refund of its own.
  const amount = requested < returnable ? requested : returnable
  if (amount > 0n) await tx.refundPart.update({ where: { id }, data: { status: 'DONE', doneAt: at, amount, reference } })
  else await tx.refundPart.delete({ where: { id } })
  const creditedBy = await creditPaidOut(tx, services, money, { refund, part: { id }, payment, amount, reason: refund.reason })
  await completeRefund(tx, services, refundId)
  await creditRest?.(creditedBy)
  await settleCustomer(tx, services, refund, refund.currency)
}
