import type { Transaction } from '../../../platform/postgres/client.js'
import type { Order, Prisma, Refund } from '../../../platform/postgres/generated/client.js'
import { type CreditReason, issueCreditNote, leftToCredit, lockInvoice, taxShare } from '../../invoicing/index.js'
import type { Services } from '../../services.js'
import { publishEvent } from '../../webhooks/index.js'
import { wholeDaysBetween } from './refund.rules.js'

/**
 * Calculates the part of a provider's refunds of an order that is not recorded yet, minor units. The customer
 * must be locked.
 * @param refundedSoFar  sum of all refunds of the order at the provider, minor units
 */
export async function getUnrecordedRefund(tx: Transaction, { id }: Order, refundedSoFar: bigint): Promise<bigint> {
  const { _sum } = await tx.refund.aggregate({ where: { orderId: id }, _sum: { amount: true } })
  const unrecorded = refundedSoFar - (_sum.amount ?? 0n)
  return unrecorded > 0n ? unrecorded : 0n
}

/**
 * Records a refund that the provider has reported. Call it last in a transaction; the customer must be locked.
 * @param amount  the part that is not recorded yet, minor units
 * @param refundedSoFar  sum of all refunds of the order at the provider, minor units
 */
export async function recordFurtherRefund(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  order: Order,
  { amount, refundedSoFar }: { amount: bigint; refundedSoFar: bigint },
): Promise<void> {
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
  await recordRefund(tx, services, { ...refund, amount }, { refundedBy: null })
}

interface NewRefund {
  orderId: bigint
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

/**
 * Records a refund and issues its credit note.
 * @param reason  printed on the credit note
 * @returns the id of the refund
 */
export async function recordRefund(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  refund: NewRefund,
  reason: CreditReason,
): Promise<bigint> {
  const { id } = await storeRefund(tx, refund)
  await completeRefund(tx, services, id, reason)
  return id
}

/**
 * Stores a refund with the tax that it includes. The customer must be locked.
 * @throws Error if the refunds would exceed the invoice, as the database also ensures
 */
export async function storeRefund(tx: Transaction, refund: NewRefund & Pick<Prisma.RefundUncheckedCreateInput, 'status'>): Promise<Refund> {
  const invoice = await lockInvoice(tx, { orderId: refund.orderId })
  if (!invoice) throw new Error(`order ${refund.orderId} has no invoice that could be refunded`)
  const { id, total, tax, refundedTotal } = invoice
  if (refundedTotal + refund.amount > total) throw new Error(`refunds of order ${refund.orderId} would exceed what was paid`)
  await tx.invoice.update({ where: { id }, data: { refundedTotal: { increment: refund.amount } } })
  return tx.refund.create({ data: { ...refund, tax: taxShare(total, tax, refundedTotal, refundedTotal + refund.amount) } })
}

/**
 * Issues the credit note of a refund and marks it as done. Call it last in a transaction; the customer must be locked.
 * @param reason  printed on the credit note. Default: the reason of the refund
 */
export async function completeRefund(
  tx: Transaction,
  services: Pick<Services, 'clock' | 'config'>,
  refundId: bigint,
  reason?: CreditReason,
): Promise<void> {
  const refund = await tx.refund.findUniqueOrThrow({ where: { id: refundId }, include: { order: true } })
  const invoice = await lockInvoice(tx, { orderId: refund.orderId })
  const left = invoice ? leftToCredit(invoice) : 0n
  // An amount that an administrator has already credited is not credited again when the money is returned.
  const amount = refund.amount < left ? refund.amount : left
  const credit = { amount, reason: reason ?? refund.reason }
  const creditNote = invoice && amount > 0n ? await issueCreditNote(tx, services, invoice, credit) : null
  await tx.refund.update({ where: { id: refundId }, data: { status: 'DONE', creditNoteId: creditNote?.id ?? null } })
  const payload = { refundId, orderId: refund.orderId, amount: refund.amount.toString(), currency: refund.currency }
  await publishEvent(tx, { type: 'refund.issued', customer: refund.order, payload, at: services.clock.now() })
}
