import type { Transaction } from '../../platform/postgres/client.js'
import type { Payment } from '../../platform/postgres/generated/client.js'
import { lockCustomer } from '../identity/index.js'
import type { Services } from '../services.js'
import type { ProcessingResult } from './inbound-webhooks/processing-result.js'
import type { PaymentProvider, RefundSnapshot } from './payment-provider.port.js'
import { recordPaidOutRefund, sumOfRefunds } from './refunds/record-paid-out-refund.js'

type RefundServices = Pick<Services, 'clock' | 'config' | 'providers'>

/** Records the refunds of the first payment of a subscription, which the provider's order identifies. */
export async function recordProviderRefund(
  tx: Transaction,
  services: RefundServices,
  provider: PaymentProvider,
  { orderId, refunded }: RefundSnapshot,
): Promise<ProcessingResult> {
  const subscription = await tx.subscription.findFirst({ where: { provider: provider.name, providerOrderId: orderId } })
  const payment =
    subscription &&
    (await tx.payment.findFirst({
      where: { subscriptionId: subscription.id, kind: 'PROVIDER', order: { reason: 'PURCHASE' } },
      orderBy: { id: 'asc' },
    }))
  if (!payment) return { parked: 'the payment of this order is unknown' }
  await lockCustomer(tx, payment)
  const recorded = await recordReportedRefunds(tx, services, payment, refunded)
  return typeof recorded === 'object' ? recorded : 'PROCESSED'
}

/**
 * Records the refunds of a payment that its provider reports and that are not recorded yet. A full refund of a payment
 * for the current plan ends the plan. Call it last in a transaction, under the customer's lock.
 * @param refundedSoFar  sum of all refunds of the payment so far, minor units
 * @returns the amount recorded now, minor units; or why nothing was, a text for administrators
 */
export async function recordReportedRefunds(
  tx: Transaction,
  services: RefundServices,
  payment: Payment,
  refundedSoFar: bigint,
): Promise<bigint | { parked: string }> {
  // The reversal has taken all of its money back.
  if (payment.reversedAt !== null) return 0n
  const amount = refundedSoFar - (await sumOfRefunds(tx, payment))
  if (amount <= 0n) return 0n
  if (refundedSoFar > payment.amount) {
    return {
      parked: `the provider reports refunds of ${refundedSoFar} minor units, more than the ${payment.amount} of payment ${payment.id}`,
    }
  }
  const isFull = refundedSoFar === payment.amount
  const reason = 'Refunded by the payment provider'
  const problem = await recordPaidOutRefund(tx, services, payment, { amount, isFull, reason, printedReason: { refundedBy: null } })
  return problem === undefined ? amount : { parked: problem }
}
