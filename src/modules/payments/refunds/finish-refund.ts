import { enqueue } from '../../../platform/jobs/queue.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order, Refund } from '../../../platform/postgres/generated/client.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import { lockCustomer } from '../../identity/index.js'
import type { Services } from '../../services.js'
import { endPlan } from '../../subscriptions/index.js'
import { FINISH_REFUND } from '../payment.jobs.js'
import type { PaymentProvider } from '../payment-provider.port.js'
import { finishOrRetry, runClaimed } from '../provider-claim.js'
import { completeRefund } from './record-refunds.js'

/**
 * Requests a refund from the provider, unless its refunded amount shows that this has been done, and completes
 * it.
 * @returns false if another process is doing so
 */
export function finishRefund(services: Pick<Services, 'clock' | 'config' | 'db' | 'providers'>, refundId: bigint): Promise<boolean> {
  const { db, providers } = services
  return runClaimed(services, { table: 'refunds', id: refundId }, async (assertClaimed) => {
    const refund = await db.refund.findUniqueOrThrow({ where: { id: refundId }, include: { order: true } })
    const paymentId = refund.order.providerPaymentId
    const provider = providers.find(refund.order.provider)
    if (!paymentId || !provider) return
    const missing = await getMissingAmount(services, provider, paymentId, refund)
    if (missing > 0n) {
      assertClaimed()
      await provider.refund(paymentId, missing)
    }
    await runTransaction(db, async (tx) => {
      await lockCustomer(tx, refund.order)
      const { status } = await tx.refund.findUniqueOrThrow({ where: { id: refundId }, select: { status: true } })
      if (status === 'REQUESTED') await finalizeRefund(tx, services, refundId, refund.order)
    })
  })
}

/** The job. */
export function finishRefundLater(services: Pick<Services, 'clock' | 'config' | 'db' | 'providers'>, refundId: bigint): Promise<void> {
  return finishOrRetry(
    services,
    () => finishRefund(services, refundId),
    (tx, delaySeconds) => enqueueFinishRefund(tx, refundId, delaySeconds),
  )
}

export async function enqueueFinishRefund(tx: Transaction, refundId: bigint, delaySeconds: number): Promise<void> {
  await enqueue(tx, FINISH_REFUND, { refundId }, `${FINISH_REFUND.name}:${refundId}`, { delaySeconds })
}

/** Calculates the part of the refunds of an order, up to this one, that the provider has not made yet. */
async function getMissingAmount(
  { db }: Pick<Services, 'db'>,
  provider: PaymentProvider,
  paymentId: string,
  { id, orderId }: Refund,
): Promise<bigint> {
  const payment = await provider.readPayment(paymentId)
  const refunds = await db.refund.findMany({ where: { orderId, id: { lte: id } } })
  // Refunds reported by another system have been made already, there or at the provider: do not request
  // them again.
  const reported = sumOf(refunds.filter((each) => each.provider !== null))
  const atProvider = payment?.refunded ?? 0n
  return sumOf(refunds) - (atProvider > reported ? atProvider : reported)
}

function sumOf(refunds: readonly Refund[]): bigint {
  return refunds.reduce((sum, { amount }) => sum + amount, 0n)
}

/** Ends the plan and issues the credit note. Call it last in a transaction, under the customer's lock. */
export async function finalizeRefund(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  refundId: bigint,
  order: Order,
): Promise<void> {
  await endPlan(tx, services, order)
  await completeRefund(tx, services, refundId)
}
