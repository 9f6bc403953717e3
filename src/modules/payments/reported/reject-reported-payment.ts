import { z } from 'zod'
import { multilineText, parseInput, rowId } from '../../../core/input.js'
import type { ReportedPayment } from '../../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../../platform/postgres/idempotency.js'
import { principalName, type UserPrincipal } from '../../identity/index.js'
import { resolveReport } from '../../orders/index.js'
import type { Services } from '../../services.js'
import { publishEvent } from '../../webhooks/index.js'
import { lockReport } from './reported-payment.queries.js'
import type { RejectReportedPaymentInput } from './reported-payment.type.js'

const rejectSchema = z.object({ id: rowId('ReportedPayment'), reason: multilineText(500), idempotencyKey })

/**
 * Rejects a payment that has not arrived. The customer sees the reason, and may report it again.
 * @throws BAD_USER_INPUT if the report does not exist, INVALID_TRANSITION if it is resolved already
 */
export async function rejectReportedPayment(
  services: Pick<Services, 'clock' | 'db'>,
  principal: UserPrincipal,
  input: RejectReportedPaymentInput,
): Promise<ReportedPayment> {
  const { id, reason, idempotencyKey: key } = parseInput(rejectSchema, 'input', input)
  const request = { principal: principalName(principal), operation: 'rejectReportedPayment', key, input: { id: Number(id), reason } }
  await runOnce(services, request, async (tx) => {
    const report = await lockReport(tx, id, 'REJECTED')
    const at = services.clock.now()
    await resolveReport(tx, principal, report, { rejectionReason: reason }, at)
    const { orderId, amount, currency, reference } = report
    const payload = { reportedPaymentId: id, orderId, amount: amount.toString(), currency, reference, reason }
    await publishEvent(tx, { type: 'payment.rejected', customer: report, payload, at })
    return { id: Number(id) }
  })
  return services.db.reportedPayment.findUniqueOrThrow({ where: { id } })
}
