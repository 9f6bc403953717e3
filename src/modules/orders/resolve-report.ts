import type { Transaction } from '../../platform/postgres/client.js'
import type { Payment, ReportedPayment } from '../../platform/postgres/generated/client.js'
import { type Actor, actorName, recordAuditEntry } from '../audit/index.js'
import { customerName } from '../identity/index.js'
import { notifyOfOrders } from './notify-of-orders.js'

type Resolution = { payment: Pick<Payment, 'id' | 'amount'> } | { rejectionReason: string }

/** Stores the decision about a report, with its audit entry. Call it under the customer's lock. */
export async function resolveReport(
  tx: Transaction,
  actor: Actor,
  report: ReportedPayment,
  resolution: Resolution,
  at: Date,
): Promise<void> {
  const { id, orderId, currency, reference, userId, organisationId } = report
  const resolved = { resolvedBy: actorName(actor), resolvedAt: at }
  const isConfirmed = 'payment' in resolution
  await tx.reportedPayment.update({
    where: { id },
    data: isConfirmed
      ? { ...resolved, status: 'CONFIRMED', paymentId: resolution.payment.id }
      : { ...resolved, status: 'REJECTED', rejectionReason: resolution.rejectionReason },
  })
  const details = { reportedPaymentId: id, orderId, reported: report.amount.toString(), currency, reference }
  await recordAuditEntry(tx, {
    actor,
    action: isConfirmed ? 'confirmReportedPayment' : 'rejectReportedPayment',
    subject: customerName(report),
    details: isConfirmed
      ? { ...details, paymentId: resolution.payment.id, amount: resolution.payment.amount.toString() }
      : { ...details, reason: resolution.rejectionReason },
    at,
  })
  notifyOfOrders(tx, [{ id: orderId, userId, organisationId }])
}

/** Confirms the open report of the same order with the same reference as a recorded payment, if there is one. */
export async function confirmMatchingReport(tx: Transaction, actor: Actor, payment: Payment): Promise<void> {
  if (payment.reference === null) return
  for (const report of await listOpenReports(tx, payment)) {
    if (report.reference === payment.reference) await resolveReport(tx, actor, report, { payment }, payment.createdAt)
  }
}

/**
 * Confirms the open reports of an order by the payment that its approval has recorded, the oldest first: the approval states
 * that the money has arrived. Reports of more money than that, such as a second transfer, stay open. Call it under the
 * customer's lock.
 */
export async function confirmReportsOfOrder(tx: Transaction, actor: Actor, payment: Payment): Promise<void> {
  let rest = payment.amount
  for (const report of await listOpenReports(tx, payment)) {
    if (report.amount > rest) continue
    rest -= report.amount
    await resolveReport(tx, actor, report, { payment }, payment.createdAt)
  }
}

/** Oldest first. */
async function listOpenReports(tx: Transaction, { orderId }: Payment): Promise<ReportedPayment[]> {
  if (orderId === null) return []
  return tx.reportedPayment.findMany({ where: { orderId, status: 'REPORTED' }, orderBy: { id: 'asc' } })
}
