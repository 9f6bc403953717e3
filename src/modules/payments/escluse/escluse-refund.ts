import { z } from 'zod'
import { line } from '../../../core/input.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order, Refund } from '../../../platform/postgres/generated/client.js'
import { listUserIdsByEmail, lockCustomer } from '../../identity/index.js'
import type { Services } from '../../services.js'
import { ESCLUSE, endPlan } from '../../subscriptions/index.js'
import { parseEvent } from '../inbound-webhooks/parse-event.js'
import type { ProcessingResult } from '../inbound-webhooks/processing-result.js'
import { recordRefund } from '../refunds/record-refunds.js'
import { wholeDaysBetween } from '../refunds/refund.rules.js'
import { isUnreported, matchPayment, parseOwnId, type ReportedRefund } from './match-refund.js'

const referenceSchema = z
  .union([z.string(), z.number().int()])
  .transform((id) => String(id).trim())
  .pipe(z.string().min(1).max(100))
const processedSchema = z.looseObject({
  refund_id: referenceSchema,
  amount: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).transform(BigInt),
  currency: z.string().nullish(),
  order_id: referenceSchema.nullish(),
  invoice_id: referenceSchema.nullish(),
  subscription_id: referenceSchema.nullish(),
  customer_email: z.string().max(320).nullish(),
  reason: z.unknown().optional(),
})

/**
 * Records a refund made by Escluse, once, and issues its credit note. A full refund ends the plan.
 * @throws BAD_REQUEST naming the missing or invalid field
 */
export async function applyEscluseRefund(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph'>,
  data: unknown,
): Promise<ProcessingResult> {
  const { reason, ...fields } = parseEvent(processedSchema, data, ['data'])
  const refund: ReportedRefund = {
    refundId: fields.refund_id,
    amount: fields.amount,
    currency: fields.currency ?? null,
    orderId: fields.order_id ?? null,
    invoiceId: fields.invoice_id ?? null,
    subscriptionId: fields.subscription_id ?? null,
    email: fields.customer_email ?? null,
  }
  if (await findReportedRefund(tx, refund.refundId)) return 'PROCESSED'
  const own = await findOwnRefund(tx, refund)
  const match = own ? { order: own.order } : await matchPayment(tx, refund)
  if ('missing' in match) return { parked: match.missing }
  await lockCustomer(tx, match.order)
  // A concurrent event with the same id may have been processed while this one waited for the lock.
  if (await findReportedRefund(tx, refund.refundId)) return 'PROCESSED'
  return recordReportedRefund(tx, services, match.order, { ...refund, reason: await printableReason(services, reason) })
}

function findReportedRefund(tx: Transaction, refundId: string): Promise<Refund | null> {
  return tx.refund.findUnique({ where: { provider_providerRefundId: { provider: ESCLUSE, providerRefundId: refundId } } })
}

/**
 * Finds our refund when the event names it by our id, "ref_12". Escluse numbers its own refunds as well, so
 * every other field of the event must agree. A plain "12" counts only when the event also names the payment.
 */
async function findOwnRefund(tx: Transaction, refund: ReportedRefund): Promise<(Refund & { order: Order }) | null> {
  const { refundId, amount, currency, orderId, invoiceId, subscriptionId, email } = refund
  const id = parseOwnId(refundId, 'ref')
  if (id === null) return null
  const paidBy = { ...(currency !== null && { currency }), ...(email !== null && { userId: { in: await listUserIdsByEmail(tx, email) } }) }
  const own = await tx.refund.findFirst({ where: { id, order: paidBy }, include: { order: true } })
  if (!own || !isUnreported(own, amount)) return null
  const namesPayment = orderId !== null || invoiceId !== null || subscriptionId !== null
  if (!namesPayment) return refundId.startsWith('ref_') ? own : null
  const match = await matchPayment(tx, refund)
  return 'order' in match && match.order.id === own.orderId ? own : null
}

async function recordReportedRefund(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  order: Order,
  { refundId, amount, currency, reason }: ReportedRefund & { reason: string | null },
): Promise<ProcessingResult> {
  if (currency !== null && currency !== order.currency) {
    return { parked: `data.currency: order ${order.id} was paid in ${order.currency}, not in ${currency.slice(0, 10)}` }
  }
  const invoice = await tx.invoice.findFirst({ where: { orderId: order.id, kind: { not: 'CREDIT_NOTE' } } })
  const refunds = await tx.refund.findMany({ where: { orderId: order.id }, orderBy: { id: 'asc' } })
  const reported = { provider: ESCLUSE, providerRefundId: refundId }
  const recorded = refunds.find((refund) => isUnreported(refund, amount))
  if (recorded) {
    await tx.refund.update({ where: { id: recorded.id }, data: reported })
    return 'PROCESSED'
  }
  const paid = invoice?.total ?? 0n
  const refundable = refunds.reduce((remaining, refund) => remaining - refund.amount, paid)
  if (amount > refundable) {
    return { parked: `data.amount: ${amount} exceeds the ${refundable} of ${paid} minor units of order ${order.id} that can be refunded` }
  }
  const at = services.clock.now()
  const { status } = await tx.order.findUniqueOrThrow({ where: { id: order.id }, select: { status: true } })
  if (amount === refundable && status === 'ACTIVE') await endPlan(tx, services, order)
  const stored = {
    ...reported,
    orderId: order.id,
    type: amount === refundable ? 'FULL' : 'PRORATED',
    currency: order.currency,
    amount,
    days: wholeDaysBetween(order.activatedAt ?? order.placedAt, at),
    reason: reason ?? 'Refunded by Escluse',
    createdAt: at,
  } as const
  await recordRefund(tx, services, stored, reason ?? { refundedBy: 'Escluse' })
  return 'PROCESSED'
}

/** Returns the reason if a credit note can print it. */
async function printableReason({ findMissingGlyph }: Pick<Services, 'findMissingGlyph'>, reason: unknown): Promise<string | null> {
  const { data } = line(200).safeParse(reason)
  return data !== undefined && !(await findMissingGlyph(data)) ? data : null
}
