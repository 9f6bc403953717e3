import type { Transaction } from '../../../platform/postgres/client.js'
import type { Payment } from '../../../platform/postgres/generated/client.js'
import { LIVE_SUBSCRIPTION } from '../../entitlements/index.js'
import { customerFilter } from '../../identity/index.js'
import type { CreditReason } from '../../invoicing/index.js'
import { listSpentBalance, settleOpenInvoices, sumOfParts } from '../../ledger/index.js'
import { type CollectionServices, settleCustomer, takeDueSteps } from '../../subscriptions/index.js'
import { endIfUnpaid } from '../manual/end-if-unpaid.js'
import { storeRefund } from './credit-refund.js'
import { endRefundedPlan } from './end-refunded-plan.js'
import { creditPaidOut, readReturnableMoney, takeSpentBalance } from './paid-out.js'
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
 * Records a refund of a payment that has been made elsewhere, with its credit notes. Money that had gone to the balance and
 * was spent is taken from the invoices that it pays, which are open again. A full refund of a payment for the current plan
 * ends the plan; the rest of the unused share is credited. Call it last in a transaction, under the customer's lock.
 * @returns undefined when it is recorded; otherwise nothing has changed, and the text for administrators states why
 */
export async function recordPaidOutRefund(
  tx: Transaction,
  services: CollectionServices,
  payment: Payment,
  { amount, isFull, printedReason, ...fields }: PaidOutRefund,
): Promise<string | undefined> {
  const at = services.clock.now()
  await takeDueSteps(tx, services, payment)
  const { userId, organisationId, currency, orderId } = payment
  const money = await readReturnableMoney(tx, payment)
  const missing = amount - money.allocated - money.free
  const spent = await listSpentBalance(tx, payment, currency, missing)
  const taken = sumOfParts(spent)
  if (missing > taken) {
    return `the refund of ${amount} minor units exceeds the ${money.allocated} of payment ${payment.id} that pay invoices and the free balance of ${money.free}: its money has been spent or refunded otherwise`
  }
  const endsPlan = isFull && (await paysCurrentPlan(tx, payment, [...money.shares, ...spent]))
  const creditRest = endsPlan ? await endRefundedPlan(tx, services, payment) : undefined
  const days = await daysSincePurchase(tx, payment, at)
  const type = isFull ? ('FULL' as const) : ('PRORATED' as const)
  const refund = await storeRefund(tx, { ...fields, orderId, userId, organisationId, type, currency, amount, days, createdAt: at })
  const part = await tx.refundPart.create({
    data: { refundId: refund.id, paymentId: payment.id, destination: 'ORIGINAL', amount, status: 'DONE', doneAt: at },
  })
  const returned = { refund, part, payment, amount: amount - taken, reason: printedReason }
  const creditedBy = await creditPaidOut(tx, services, money, returned)
  await takeSpentBalance(tx, spent, { part, payment, at })
  await completeRefund(tx, services, refund.id)
  await creditRest?.(creditedBy)
  await settleOpenInvoices(tx, { userId, organisationId }, currency, at)
  if (spent.length > 0) await endIfUnpaid(tx, services, payment)
  await settleCustomer(tx, services, { userId, organisationId }, currency)
  return undefined
}

/** Sums the refunds of a payment that have returned, or will return, to its payment method, minor units. */
export async function sumOfRefunds(tx: Transaction, { id }: Payment): Promise<bigint> {
  const { _sum } = await tx.refundPart.aggregate({ where: { paymentId: id, destination: 'ORIGINAL' }, _sum: { amount: true } })
  return _sum.amount ?? 0n
}

/** Whether a payment pays the current plan: its invoice is among the ones that the payment pays, directly or through the balance. */
async function paysCurrentPlan(tx: Transaction, payment: Payment, paid: readonly { readonly invoiceId: bigint }[]): Promise<boolean> {
  const subscription = await tx.subscription.findFirst({
    where: { ...customerFilter(payment), ...LIVE_SUBSCRIPTION },
    include: { order: { include: { invoices: { select: { id: true } } } } },
  })
  const current = subscription?.order?.invoices ?? []
  return paid.some(({ invoiceId }) => current.some(({ id }) => id === invoiceId))
}

async function daysSincePurchase(tx: Transaction, { subscriptionId, receivedAt }: Payment, at: Date): Promise<number> {
  const subscription = subscriptionId === null ? null : await tx.subscription.findUniqueOrThrow({ where: { id: subscriptionId } })
  const boughtAt = subscription?.boughtAt ?? receivedAt
  return boughtAt < at ? wholeDaysBetween(boughtAt, at) : 0
}
