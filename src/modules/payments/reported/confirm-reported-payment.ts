import { z } from 'zod'
import { line, optional, parseInput, rowId } from '../../../core/input.js'
import type { ReportedPayment } from '../../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../../platform/postgres/idempotency.js'
import { principalName, type UserPrincipal } from '../../identity/index.js'
import { PaymentMethodKind } from '../../ledger/index.js'
import { RECORDED_KINDS, type RecordingServices, recordReceivedPayment } from '../manual/record-manual-payment.js'
import { lockReport } from './reported-payment.queries.js'
import type { ConfirmReportedPaymentInput } from './reported-payment.type.js'
import { resolveReport } from './resolve-report.js'

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
 * Records the payment that a customer has reported, as `recordManualPayment` does. The money of an order that is not
 * pending any more goes to its invoice or to the balance.
 * @returns the report, and the id of the invoice if there is one
 * @throws BAD_USER_INPUT if the report does not exist or its reference is recorded, INVALID_TRANSITION if it is resolved
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
