import { enqueue } from '../../../platform/jobs/queue.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Payment, RefundPart } from '../../../platform/postgres/generated/client.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import { lockCustomer } from '../../identity/index.js'
import type { Services } from '../../services.js'
import { FINISH_REFUND } from '../payment.jobs.js'
import type { PaymentProvider } from '../payment-provider.port.js'
import { finishOrRetry, runClaimed } from '../provider-claim.js'
import { finishEarlierPart } from './finish-earlier-part.js'
import { payOutPart } from './pay-out-part.js'

type FinishServices = Pick<Services, 'clock' | 'config' | 'db' | 'providers'>

/**
 * Requests a part of a refund from the provider of its payment, and records it as paid out. The earlier parts of the same
 * payment are finished first: the amount that the provider has refunded shows which parts it has made only if they are
 * made one after the other. Parts of other payments, and those of a provider that is not configured any more, wait for
 * `confirmRefund`.
 * @returns false if another process is doing so
 */
export async function finishPart(services: FinishServices, partId: bigint): Promise<boolean> {
  const part = await services.db.refundPart.findUnique({ where: { id: partId } })
  if (part?.paymentId == null) return true
  const where = { paymentId: part.paymentId, destination: 'ORIGINAL', status: 'REQUESTED', id: { lte: partId } } as const
  for (const { id } of await services.db.refundPart.findMany({ where, select: { id: true }, orderBy: { id: 'asc' } })) {
    if (!(await finishNextPart(services, id))) return false
  }
  return true
}

/** Finishes a part, unless the refunded amount at the provider shows that this has been done. @returns as `finishPart` */
function finishNextPart(services: FinishServices, partId: bigint): Promise<boolean> {
  const { db, providers } = services
  return runClaimed(services, { table: 'refund_parts', id: partId }, async (assertClaimed) => {
    const part = await db.refundPart.findUniqueOrThrow({ where: { id: partId }, include: { payment: true, refund: true } })
    const provider = part.payment && providers.find(part.payment.provider)
    if (!part.payment?.providerPaymentId || !provider) return
    const missing = await getMissingAmount(services, provider, part.payment, part)
    if (missing > 0n) {
      assertClaimed()
      await provider.refund(part.payment.providerPaymentId, missing)
    }
    await runTransaction(db, async (tx) => {
      await lockCustomer(tx, part.refund)
      const current = await tx.refundPart.findUniqueOrThrow({ where: { id: partId } })
      if (current.status !== 'REQUESTED') return
      if (current.held) await payOutPart(tx, services, current, null)
      else await finishEarlierPart(tx, services, current)
    })
  })
}

/** The job. */
export async function finishPartLater(services: FinishServices, partId: bigint): Promise<void> {
  await finishOrRetry(
    services,
    () => finishPart(services, partId),
    (tx, delaySeconds) => enqueueFinishPart(tx, partId, delaySeconds),
  )
}

/** The job as earlier versions have enqueued it, for refunds that have one part. */
export async function finishRefundLater(services: FinishServices, refundId: bigint): Promise<void> {
  const parts = await services.db.refundPart.findMany({ where: { refundId, status: 'REQUESTED' }, select: { id: true } })
  for (const { id } of parts) await finishPartLater(services, id)
}

export async function enqueueFinishPart(tx: Transaction, partId: bigint, delaySeconds: number): Promise<void> {
  await enqueue(tx, FINISH_REFUND, { partId }, `${FINISH_REFUND.name}:part:${partId}`, { delaySeconds })
}

/** Calculates the share of the refunds of a payment, up to this part, that the provider has not made yet. */
async function getMissingAmount(
  { db }: Pick<Services, 'db'>,
  provider: PaymentProvider,
  { id: paymentId, providerPaymentId }: Payment,
  { id }: RefundPart,
): Promise<bigint> {
  const payment = await provider.readPayment(providerPaymentId ?? '')
  const where = { paymentId, destination: 'ORIGINAL' as const, id: { lte: id } }
  const parts = await db.refundPart.findMany({ where, include: { refund: { select: { provider: true } } } })
  // Refunds reported by another system or confirmed by an administrator have been made already, there or at the
  // provider: do not request them again.
  const reported = sumOf(parts.filter(({ refund, reference }) => refund.provider !== null || reference !== null))
  const atProvider = payment?.refunded ?? 0n
  return sumOf(parts) - (atProvider > reported ? atProvider : reported)
}

function sumOf(parts: readonly RefundPart[]): bigint {
  return parts.reduce((sum, { amount }) => sum + amount, 0n)
}
