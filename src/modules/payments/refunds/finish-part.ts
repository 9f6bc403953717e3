import { enqueue } from '../../../platform/jobs/queue.js'
import type { Database, Transaction } from '../../../platform/postgres/client.js'
import type { Payment, Refund, RefundPart } from '../../../platform/postgres/generated/client.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import type { Services } from '../../services.js'
import { lockUpToDate } from '../../subscriptions/index.js'
import { FINISH_REFUND } from '../payment.jobs.js'
import type { PaymentProvider } from '../payment-provider.port.js'
import { finishOrRetry, runClaimed } from '../provider-claim.js'
import { finishEarlierPart } from './finish-earlier-part.js'
import { payOutPart } from './pay-out-part.js'

type FinishServices = Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>

/**
 * Requests a part of a refund from the provider of its payment, and records it as paid out. The earlier parts of the same
 * payment are finished first: the amount that the provider has refunded shows whether it has made a part only if they are
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
      await lockUpToDate(tx, services, part.refund)
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

/**
 * Calculates what the provider has not refunded yet of a part. What it had refunded of the payment before is stored before
 * the first request, so that refunds that were made elsewhere make no difference.
 */
async function getMissingAmount(
  { db }: Pick<Services, 'db'>,
  provider: PaymentProvider,
  { providerPaymentId }: Payment,
  part: RefundPart & { refund: Refund },
): Promise<bigint> {
  // Another system has reported that it has made this refund.
  if (part.refund.provider !== null) return 0n
  const refunded = (await provider.readPayment(providerPaymentId ?? ''))?.refunded ?? 0n
  const before = await findRefundedBefore(db, part, refunded)
  const [stored] = await db.$queryRaw<{ before: bigint }[]>`
    UPDATE refund_parts SET refunded_before = coalesce(refunded_before, ${before}) WHERE id = ${part.id}
    RETURNING refunded_before AS before`
  return part.amount - (refunded - (stored?.before ?? before))
}

/**
 * The earlier parts have been made, at the provider or elsewhere. What exceeds them was refunded for this part: there by
 * hand, or by an earlier version, which has not stored the amount.
 * @param refunded  by the provider so far, minor units
 */
async function findRefundedBefore(db: Database, { id, paymentId }: RefundPart, refunded: bigint): Promise<bigint> {
  const where = { paymentId, destination: 'ORIGINAL' as const, id: { lt: id } }
  const { _sum } = await db.refundPart.aggregate({ where, _sum: { amount: true } })
  const made = _sum.amount ?? 0n
  return made < refunded ? made : refunded
}
