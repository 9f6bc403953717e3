import { z } from 'zod'
import { DomainError, INVALID_TRANSITION } from '../../../core/errors.js'
import { encodeId } from '../../../core/ids.js'
import { line, optional, parseInput, rowId } from '../../../core/input.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { ReportedPayment } from '../../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../../platform/postgres/idempotency.js'
import { principalName, type UserPrincipal } from '../../identity/index.js'
import { PaymentMethodKind } from '../../ledger/index.js'
import { isAwaitingPayment, resolveReport } from '../../orders/index.js'
import { RECORDED_KINDS, type RecordingServices, recordReceivedPayment } from '../manual/record-manual-payment.js'
import { lockReport } from './reported-payment.queries.js'
import type { ConfirmReportedPaymentInput } from './reported-payment.type.js'

function confirmSchema(now: Date) {
  return z.object({
    id: rowId('ReportedPayment'),
    amount: optional(z.bigint().min(1n, 'must be 1 or more')),
    kind: optional(z.enum(RECORDED_KINDS, `must be ${RECORDED_KINDS.join(', ')}`)),
    reference: optional(line(200)),
    receivedAt: optional(z.date().refine((at) => at <= now, 'must not be in the future')),
    idempotencyKey,
  })
}

/**
 * Records the payment that a customer has reported, as `recordManualPayment` does. The money of an order that has ended
 * unpaid goes to the balance.
 * @returns the report, and the id of the invoice if there is one
 * @throws BAD_USER_INPUT if the report does not exist or its reference is recorded, INVALID_TRANSITION if it is resolved or
 *   its order was paid in another way
 */
export async function confirmReportedPayment(
  services: RecordingServices,
  principal: UserPrincipal,
  input: ConfirmReportedPaymentInput,
): Promise<{ report: ReportedPayment; invoiceId: bigint | null }> {
  const { idempotencyKey: key, ...request } = parseInput(confirmSchema(services.clock.now()), 'input', input)
  const { id, amount, kind = PaymentMethodKind.BANK_TRANSFER, reference, receivedAt } = request
  const idempotency = {
    principal: principalName(principal),
    operation: 'confirmReportedPayment',
    key,
    input: { ...request, id: Number(id) },
  }
  const { invoiceId } = await runOnce(services, idempotency, async (tx) => {
    const report = await lockReport(tx, id, 'CONFIRMED')
    await assertNotPaid(tx, report, services.clock.now())
    const { payment, invoiceId } = await recordReceivedPayment(tx, services, principal, {
      invoiceId: undefined,
      orderId: report.orderId,
      amount: amount ?? report.amount,
      kind,
      reference: reference ?? report.reference,
      receivedAt,
    })
    await resolveReport(tx, principal, report, { payment }, payment.createdAt)
    return { invoiceId: invoiceId === null ? null : Number(invoiceId) }
  })
  const report = await services.db.reportedPayment.findUniqueOrThrow({ where: { id } })
  return { report, invoiceId: invoiceId === null ? null : BigInt(invoiceId) }
}

/**
 * The money of a report is most likely the money with which its order was paid meanwhile. Recorded twice, it would become
 * balance that nobody has paid.
 * @throws INVALID_TRANSITION
 */
async function assertNotPaid(tx: Transaction, report: ReportedPayment, at: Date): Promise<void> {
  if (!(await isPaid(tx, report, at))) return
  const name = encodeId('ReportedPayment', report.id)
  throw new DomainError(
    INVALID_TRANSITION,
    `Reported payment ${name} cannot be confirmed: order ${report.orderId} was paid in another way, and nothing is due. Reject it (rejectReportedPayment), or record its money with recordPayment if it was received in addition`,
    { from: report.status, to: 'CONFIRMED' },
  )
}

async function isPaid(tx: Transaction, { orderId }: ReportedPayment, at: Date): Promise<boolean> {
  const order = await tx.order.findUniqueOrThrow({ where: { id: orderId } })
  const invoice = await tx.invoice.findFirst({ where: { orderId, kind: { not: 'CREDIT_NOTE' } } })
  if (invoice ? invoice.status === 'OPEN' : isAwaitingPayment(order, at)) return false
  if (invoice ? invoice.paidTotal > 0n : order.status === 'ACTIVE') return true
  // The order has ended unpaid. Its money may have been recorded since, and is on the balance then.
  const { _sum } = await tx.payment.aggregate({ where: { orderId, reversedAt: null }, _sum: { amount: true } })
  return (_sum.amount ?? 0n) >= order.amount
}
