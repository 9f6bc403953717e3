import type { Transaction } from '../../../platform/postgres/client.js'
import type { Payment } from '../../../platform/postgres/generated/client.js'
import { customerFilter } from '../../identity/index.js'
import type { CreditReason } from '../../invoicing/index.js'
import { type CollectionServices, settleCustomer } from '../../subscriptions/index.js'
import { storeRefund } from './credit-refund.js'
import { endRefundedPlan } from './end-refunded-plan.js'
import { creditPaidOut, type ReturnableMoney, readReturnableMoney } from './paid-out.js'
import { completeRefund } from './pay-out-part.js'
import { wholeDaysBetween } from './refund.rules.js'

interface PaidOutRefund {
  /** Minor units. */
  readonly amount: bigint
  /** Whether the whole payment is returned, together with its earlier refunds. */
  readonly isFull: boolean
  readonly reason: string
  /** Printed on the credit notes. */
  readonly printedReason: CreditReason
  /** The other system that made the refund, and its id there. */
  readonly provider?: string
  readonly providerRefundId?: string
}

/**
 * Records a refund of a payment that has been made elsewhere, with its credit notes. A full refund of a payment for the
 * current plan ends the plan; the rest of the unused share is credited. Call it last in a transaction, under the
 * customer's lock.
 * @returns undefined when it is recorded; otherwise nothing has changed, and the text for administrators states why
 */
export async function recordPaidOutRefund(
  tx: Transaction,
  services: CollectionServices,
  payment: Payment,
  { amount, isFull, printedReason, ...fields }: PaidOutRefund,
): Promise<string | undefined> {
  const at = services.clock.now()
  const money = await readReturnableMoney(tx, payment)
  if (amount > money.allocated + money.free) {
    return `the refund of ${amount} minor units exceeds the ${money.allocated} of payment ${payment.id} that pay invoices and the free balance of ${money.free}: its money has been spent or refunded otherwise`
  }
  const creditRest = isFull && (await paysCurrentPlan(tx, payment, money)) ? await endRefundedPlan(tx, services, payment) : undefined
  const { userId, organisationId, currency, orderId } = payment
  const days = await daysSincePurchase(tx, payment, at)
  const type = isFull ? ('FULL' as const) : ('PRORATED' as const)
  const refund = await storeRefund(tx, { ...fields, orderId, userId, organisationId, type, currency, amount, days, createdAt: at })
  const part = await tx.refundPart.create({
    data: { refundId: refund.id, paymentId: payment.id, destination: 'ORIGINAL', amount, status: 'DONE', doneAt: at },
  })
  const creditedBy = await creditPaidOut(tx, services, money, { refund, part, payment, amount, reason: printedReason })
  await completeRefund(tx, services, refund.id)
  await creditRest?.(creditedBy)
  await settleCustomer(tx, services, { userId, organisationId }, currency)
  return undefined
}

/** Sums the refunds of a payment that have returned, or will return, to its payment method, minor units. */
export async function sumOfRefunds(tx: Transaction, { id }: Payment): Promise<bigint> {
  const { _sum } = await tx.refundPart.aggregate({ where: { paymentId: id, destination: 'ORIGINAL' }, _sum: { amount: true } })
  return _sum.amount ?? 0n
}

async function paysCurrentPlan(tx: Transaction, payment: Payment, { shares }: ReturnableMoney): Promise<boolean> {
  const subscription = await tx.subscription.findFirst({
    where: { ...customerFilter(payment), status: { not: 'EXPIRED' } },
    include: { order: { include: { invoices: { select: { id: true } } } } },
  })
  const current = subscription?.order?.invoices ?? []
  return shares.some(({ invoiceId }) => current.some(({ id }) => id === invoiceId))
}

async function daysSincePurchase(tx: Transaction, { subscriptionId, receivedAt }: Payment, at: Date): Promise<number> {
  const subscription = subscriptionId === null ? null : await tx.subscription.findUniqueOrThrow({ where: { id: subscriptionId } })
  const boughtAt = subscription?.boughtAt ?? receivedAt
  return boughtAt < at ? wholeDaysBetween(boughtAt, at) : 0
}
