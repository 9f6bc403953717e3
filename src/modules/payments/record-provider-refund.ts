import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { lockCustomer } from '../identity/index.js'
import type { Services } from '../services.js'
import { endPlan } from '../subscriptions/index.js'
import type { ProcessingResult } from './inbound-webhooks/processing-result.js'
import type { PaymentProvider, RefundSnapshot } from './payment-provider.port.js'
import { getUnrecordedRefund, recordFurtherRefund } from './refunds/record-refunds.js'

/** Records the refunds of the first payment of a subscription, which the provider's order identifies. */
export async function recordProviderRefund(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  provider: PaymentProvider,
  { orderId, refunded }: RefundSnapshot,
): Promise<ProcessingResult> {
  const subscription = await tx.subscription.findFirst({
    where: { provider: provider.name, providerOrderId: orderId },
    include: { payments: { where: { reason: 'PURCHASE' }, take: 1 } },
  })
  const [order] = subscription?.payments ?? []
  if (!order) return { parked: 'the payment of this order is unknown' }
  await lockCustomer(tx, order)
  await recordRefundsAndEndPlan(tx, services, order, refunded)
  return 'PROCESSED'
}

/**
 * Records the refunds of an order. A full refund ends the plan. Call it last in a transaction; the customer must
 * be locked.
 * @param refunded  sum of all refunds so far, minor units
 * @param issueInvoice  issues the invoice of a new order: after the plan has ended, because the number counter is
 *   locked last, and before its credit note
 * @returns the amount recorded now, minor units
 */
export async function recordRefundsAndEndPlan(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  order: Order,
  refunded: bigint,
  issueInvoice?: () => Promise<unknown>,
): Promise<bigint> {
  const amount = await getUnrecordedRefund(tx, order, refunded)
  const current = await tx.order.findUniqueOrThrow({ where: { id: order.id }, select: { status: true } })
  if (amount > 0n && refunded >= order.amount && current.status === 'ACTIVE') await endPlan(tx, services, order)
  await issueInvoice?.()
  if (amount > 0n) await recordFurtherRefund(tx, services, order, { amount, refundedSoFar: refunded })
  return amount
}
