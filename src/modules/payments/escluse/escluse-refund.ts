import { z } from 'zod'
import { line } from '../../../core/input.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Refund } from '../../../platform/postgres/generated/client.js'
import { listUserIdsByEmail, lockCustomer } from '../../identity/index.js'
import type { Services } from '../../services.js'
import { ESCLUSE } from '../../subscriptions/index.js'
import { parseEvent } from '../inbound-webhooks/parse-event.js'
import type { ProcessingResult } from '../inbound-webhooks/processing-result.js'
import { recordPaidOutRefund } from '../refunds/record-paid-out-refund.js'
import { matchPayment, parseOwnId, type ReportedRefund } from './match-refund.js'
import { findUnreported, refundableAmount, WITH_REFUNDS } from './refunded-payment.js'

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
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>,
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
  const match = own ? { payment: own } : await matchPayment(tx, refund)
  if ('missing' in match) return { parked: match.missing }
  await lockCustomer(tx, match.payment)
  // A concurrent event with the same id may have been processed while this one waited for the lock.
  if (await findReportedRefund(tx, refund.refundId)) return 'PROCESSED'
  if (own) return markAsReported(tx, own.id, refund.refundId)
  return recordReportedRefund(tx, services, match.payment.id, { ...refund, reason: await printableReason(services, reason) })
}

function findReportedRefund(tx: Transaction, refundId: string): Promise<Refund | null> {
  return tx.refund.findUnique({ where: { provider_providerRefundId: { provider: ESCLUSE, providerRefundId: refundId } } })
}

async function markAsReported(tx: Transaction, id: bigint, refundId: string): Promise<ProcessingResult> {
  await tx.refund.updateMany({ where: { id, provider: null }, data: { provider: ESCLUSE, providerRefundId: refundId } })
  return 'PROCESSED'
}

/**
 * Finds our refund when the event names it by our id, "ref_12". Escluse numbers its own refunds as well, so
 * every other field of the event must agree. A plain "12" counts only when the event also names the payment.
 */
async function findOwnRefund(tx: Transaction, refund: ReportedRefund): Promise<Refund | null> {
  const { refundId, amount, currency, orderId, invoiceId, subscriptionId, email } = refund
  const id = parseOwnId(refundId, 'ref')
  if (id === null) return null
  const paidBy = { ...(currency !== null && { currency }), ...(email !== null && { userId: { in: await listUserIdsByEmail(tx, email) } }) }
  const own = await tx.refund.findFirst({ where: { id, amount, provider: null, ...paidBy }, include: { parts: true } })
  if (!own) return null
  const namesPayment = orderId !== null || invoiceId !== null || subscriptionId !== null
  if (!namesPayment) return refundId.startsWith('ref_') ? own : null
  const match = await matchPayment(tx, refund)
  return 'payment' in match && own.parts.some(({ paymentId }) => paymentId === match.payment.id) ? own : null
}

async function recordReportedRefund(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config' | 'findMissingGlyph' | 'providers'>,
  paymentId: bigint,
  { refundId, amount, currency, reason }: ReportedRefund & { reason: string | null },
): Promise<ProcessingResult> {
  const payment = await tx.payment.findUniqueOrThrow({ where: { id: paymentId }, include: WITH_REFUNDS })
  if (currency !== null && currency !== payment.currency) {
    return { parked: `data.currency: order ${payment.orderId} was paid in ${payment.currency}, not in ${currency.slice(0, 10)}` }
  }
  const recorded = findUnreported(payment, amount)
  if (recorded) return markAsReported(tx, recorded.id, refundId)
  const refundable = refundableAmount(payment)
  if (amount > refundable) {
    const left = `the ${refundable} of ${payment.amount} minor units of order ${payment.orderId}`
    return { parked: `data.amount: ${amount} exceeds ${left} that can be refunded` }
  }
  const problem = await recordPaidOutRefund(tx, services, payment, {
    provider: ESCLUSE,
    providerRefundId: refundId,
    amount,
    isFull: amount === refundable,
    reason: reason ?? 'Refunded by Escluse',
    printedReason: reason ?? { refundedBy: 'Escluse' },
  })
  return problem === undefined ? 'PROCESSED' : { parked: problem }
}

/** Returns the reason if a credit note can print it. */
async function printableReason({ findMissingGlyph }: Pick<Services, 'findMissingGlyph'>, reason: unknown): Promise<string | null> {
  const { data } = line(200).safeParse(reason)
  return data !== undefined && !(await findMissingGlyph(data)) ? data : null
}
