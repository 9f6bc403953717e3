import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order } from '../../../platform/postgres/generated/client.js'
import { getCreditedAmount, issueCreditNote, taxShare } from '../../invoicing/index.js'
import type { Services } from '../../services.js'
import { publishEvent } from '../../webhooks/index.js'
import { wholeDaysBetween } from './refund.rules.js'

/**
 * Records the part of a provider's refunds of an order that is not recorded yet. Call it last in a
 * transaction; the customer must be locked.
 * @param refundedSoFar  sum of all refunds of the order at the provider, minor units
 * @returns the amount recorded now, minor units
 */
export async function recordRefunds(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  order: Order,
  refundedSoFar: bigint,
): Promise<bigint> {
  const { _sum } = await tx.refund.aggregate({ where: { orderId: order.id }, _sum: { amount: true } })
  const missing = refundedSoFar - (_sum.amount ?? 0n)
  if (missing <= 0n) return 0n
  const at = services.clock.now()
  const days = wholeDaysBetween(order.activatedAt ?? order.placedAt, at)
  const type = refundedSoFar >= order.amount ? 'FULL' : 'PRORATED'
  const refund = {
    orderId: order.id,
    type,
    currency: order.currency,
    days,
    reason: 'Refunded by the payment provider',
    createdAt: at,
  } as const
  await recordRefund(tx, services, { ...refund, amount: missing })
  return missing
}

interface NewRefund {
  orderId: number
  type: 'FULL' | 'PRORATED'
  currency: string
  amount: bigint
  days: number
  reason: string | null
  createdAt: Date
  /** The other system that made the refund, and its id there. */
  provider?: string
  providerRefundId?: string
}

/** Records a refund and issues its credit note. @returns the id of the refund */
export async function recordRefund(tx: Transaction, services: Pick<Services, 'clock' | 'config'>, refund: NewRefund): Promise<number> {
  const recorded = await tx.refund.create({ data: { ...refund, tax: await calculateRefundTax(tx, refund) } })
  await completeRefund(tx, services, recorded.id)
  return recorded.id
}

/** Calculates the tax included in the next refund of an order, minor units. */
export async function calculateRefundTax(tx: Transaction, { orderId, amount }: { orderId: number; amount: bigint }): Promise<bigint> {
  const invoice = await tx.invoice.findFirst({ where: { orderId, kind: { not: 'CREDIT_NOTE' } } })
  const { _sum } = await tx.refund.aggregate({ where: { orderId }, _sum: { amount: true } })
  const before = _sum.amount ?? 0n
  return invoice ? taxShare(invoice.total, invoice.tax, before, before + amount) : 0n
}

/** Issues the credit note of a refund and marks it as done. */
export async function completeRefund(tx: Transaction, services: Pick<Services, 'clock' | 'config'>, refundId: number): Promise<void> {
  const refund = await tx.refund.findUniqueOrThrow({ where: { id: refundId }, include: { order: true } })
  const invoice = await tx.invoice.findFirst({ where: { orderId: refund.orderId, kind: { not: 'CREDIT_NOTE' } } })
  const left = invoice ? invoice.total - (await getCreditedAmount(tx, invoice.id)) : 0n
  // An amount that an administrator has already credited is not credited again when the money is returned.
  const amount = refund.amount < left ? refund.amount : left
  const creditNote = invoice && amount > 0n ? await issueCreditNote(tx, services, invoice, { amount, reason: refund.reason }) : null
  await tx.refund.update({ where: { id: refundId }, data: { status: 'DONE', creditNoteId: creditNote?.id ?? null } })
  const payload = { refundId, orderId: refund.orderId, amount: refund.amount.toString(), currency: refund.currency }
  await publishEvent(tx, { type: 'refund.issued', customer: refund.order, payload, at: services.clock.now() })
}
