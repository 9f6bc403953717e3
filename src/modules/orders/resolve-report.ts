import type { Transaction } from '../../platform/postgres/client.js'
import type { Payment, ReportedPayment } from '../../platform/postgres/generated/client.js'
import { recordAuditEntry } from '../audit/index.js'
import { customerName, principalName, type UserPrincipal } from '../identity/index.js'
import { notifyOfOrders } from './notify-of-orders.js'

type Resolution = { payment: Pick<Payment, 'id' | 'amount'> } | { rejectionReason: string }

/** Stores the decision about a report, with its audit entry. Call it under the customer's lock. */
export async function resolveReport(
  tx: Transaction,
  principal: UserPrincipal,
  report: ReportedPayment,
  resolution: Resolution,
  at: Date,
): Promise<void> {
  const { id, orderId, currency, reference, userId, organisationId } = report
  const resolved = { resolvedBy: principalName(principal), resolvedAt: at }
  const isConfirmed = 'payment' in resolution
  await tx.reportedPayment.update({
    where: { id },
    data: isConfirmed
      ? { ...resolved, status: 'CONFIRMED', paymentId: resolution.payment.id }
      : { ...resolved, status: 'REJECTED', rejectionReason: resolution.rejectionReason },
  })
  const details = { reportedPaymentId: id, orderId, reported: report.amount.toString(), currency, reference }
  await recordAuditEntry(tx, {
    actor: principal,
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
export async function confirmMatchingReport(tx: Transaction, principal: UserPrincipal, payment: Payment): Promise<void> {
  if (payment.reference !== null) await confirmReports(tx, principal, payment, { reference: payment.reference })
}

/**
 * Confirms all open reports of an order by the payment that its approval has recorded: the approval states that the money
 * has arrived. Call it under the customer's lock.
 */
export function confirmReportsOfOrder(tx: Transaction, principal: UserPrincipal, payment: Payment): Promise<void> {
  return confirmReports(tx, principal, payment, {})
}

async function confirmReports(
  tx: Transaction,
  principal: UserPrincipal,
  { id, amount, orderId, createdAt }: Payment,
  condition: { reference?: string },
): Promise<void> {
  if (orderId === null) return
  const reports = await tx.reportedPayment.findMany({ where: { orderId, status: 'REPORTED', ...condition }, orderBy: { id: 'asc' } })
  for (const report of reports) await resolveReport(tx, principal, report, { payment: { id, amount } }, createdAt)
}
