import { z } from 'zod'
import { DomainError, INVALID_TRANSITION, invalidInputError } from '../../../core/errors.js'
import { encodeId } from '../../../core/ids.js'
import { acrossFields, line, multilineText, optional, parseInput, rowId } from '../../../core/input.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Invoice, Order, ReportedPayment } from '../../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../../platform/postgres/idempotency.js'
import { recordAuditEntry } from '../../audit/index.js'
import { assertManages, customerName, lockCustomer, principalName, type UserPrincipal } from '../../identity/index.js'
import { findInvoice, invoiceNotFoundError, lockInvoice } from '../../invoicing/index.js'
import { assertNotExpired, getOrder, isAwaitingPayment, notifyOfOrders } from '../../orders/index.js'
import { listPaymentMethods, type PaymentMethod, slugSchema } from '../../payment-methods/index.js'
import type { Services } from '../../services.js'
import { publishEvent } from '../../webhooks/index.js'
import { assertNewReference } from '../manual/record-manual-payment.js'
import type { ReportPaymentInput } from './reported-payment.type.js'

/** Bounds the list that clients read with an order. */
const MAX_REPORTS_PER_ORDER = 20

function reportSchema(now: Date) {
  return z
    .object({
      invoiceId: optional(rowId('Invoice')),
      orderId: optional(rowId('Order')),
      amount: z.bigint().min(1n, 'must be 1 or more'),
      method: optional(slugSchema),
      reference: line(200),
      paidAt: optional(z.date().refine((at) => at <= now, 'must not be in the future')),
      note: optional(multilineText(1000)),
      idempotencyKey,
    })
    .refine(
      ({ invoiceId, orderId }) => (invoiceId === undefined) !== (orderId === undefined),
      acrossFields('invoiceId', 'set exactly one of invoiceId and orderId'),
    )
}

type ReportRequest = Omit<z.output<ReturnType<typeof reportSchema>>, 'idempotencyKey'>

type ReportServices = Pick<Services, 'clock' | 'db'>

/**
 * Stores what a customer states to have paid by hand. It moves no money: an administrator confirms or rejects it.
 * @throws ORDER_NOT_FOUND, INVOICE_NOT_FOUND, ORGANISATION_NOT_FOUND if the principal sees the order of an organisation that
 *   it does not manage any more, INVALID_TRANSITION if nothing is to pay, BAD_USER_INPUT if the reference is reported or
 *   recorded already
 */
export async function reportPayment(
  services: ReportServices,
  principal: UserPrincipal,
  input: ReportPaymentInput,
): Promise<ReportedPayment> {
  const { idempotencyKey: key, ...request } = parseInput(reportSchema(services.clock.now()), 'input', input)
  const target = await findTarget(services, principal, request)
  const idempotency = { principal: principalName(principal), operation: 'reportPayment', key, input: request }
  const { reportId } = await runOnce(services, idempotency, async (tx) => {
    await lockCustomer(tx, target)
    await assertManages(tx, principal, target)
    const at = services.clock.now()
    const order = await tx.order.findUniqueOrThrow({ where: { id: target.id } })
    assertToPay(order, await lockInvoice(tx, { orderId: order.id }), at)
    await assertNewReference(tx, order.id, request.reference)
    await assertReportAllowed(tx, order.id, request.reference)
    const report = await storeReport(tx, principal, order, request, at)
    return { reportId: Number(report.id) }
  })
  return services.db.reportedPayment.findUniqueOrThrow({ where: { id: BigInt(reportId) } })
}

type Target = Pick<Order, 'id' | 'userId' | 'organisationId'>

/** The order that is paid, also by its invoice. @throws ORDER_NOT_FOUND, INVOICE_NOT_FOUND if the principal may not view it */
async function findTarget({ db }: ReportServices, principal: UserPrincipal, { invoiceId, orderId = 0n }: ReportRequest): Promise<Target> {
  if (invoiceId === undefined) return getOrder(db, principal, orderId)
  const invoice = await findInvoice(db, principal, invoiceId)
  if (!invoice) throw invoiceNotFoundError(invoiceId)
  return { ...invoice, id: invoice.orderId }
}

/** @throws INVALID_TRANSITION unless the order is pending or its invoice is open */
function assertToPay(order: Order, invoice: Invoice | null, at: Date): void {
  if (invoice?.status === 'OPEN') return
  if (invoice) {
    throw new DomainError(INVALID_TRANSITION, `Invoice ${invoice.number} is ${invoice.status.toLowerCase()}, so nothing is to pay`, {
      from: invoice.status,
    })
  }
  assertNotExpired(order, at)
  if (isAwaitingPayment(order, at)) return
  throw new DomainError(INVALID_TRANSITION, `Order ${order.id} is ${order.status.toLowerCase()}, so nothing is to pay`, {
    from: order.status,
  })
}

/** @throws BAD_USER_INPUT */
async function assertReportAllowed(tx: Transaction, orderId: bigint, reference: string): Promise<void> {
  const reports = await tx.reportedPayment.findMany({ where: { orderId }, select: { id: true, status: true, reference: true } })
  const same = reports.find((report) => report.status === 'REPORTED' && report.reference === reference)
  if (same) throw invalidInputError('input.reference', `${encodeId('ReportedPayment', same.id)} has this reference and waits already`)
  if (reports.length >= MAX_REPORTS_PER_ORDER) {
    throw invalidInputError('input', `at most ${MAX_REPORTS_PER_ORDER} payments can be reported for an order; contact the seller`)
  }
}

async function storeReport(
  tx: Transaction,
  principal: UserPrincipal,
  order: Order,
  { amount, method, reference, paidAt, note }: ReportRequest,
  at: Date,
): Promise<ReportedPayment> {
  const { id: orderId, userId, organisationId, currency } = order
  const chosen = method === undefined ? null : await getMethod(tx, method)
  const report = await tx.reportedPayment.create({
    data: {
      userId,
      organisationId,
      orderId,
      status: 'REPORTED',
      currency,
      amount,
      reference,
      method: chosen?.slug ?? null,
      methodName: chosen?.name ?? null,
      note: note ?? null,
      paidAt: paidAt ?? null,
      reportedBy: principalName(principal),
      reportedAt: at,
    },
  })
  const payload = { reportedPaymentId: report.id, orderId, amount: amount.toString(), currency, reference }
  await recordAuditEntry(tx, { actor: principal, action: 'reportPayment', subject: customerName(order), details: payload, at })
  await publishEvent(tx, { type: 'payment.reported', customer: order, payload, at })
  notifyOfOrders(tx, [order])
  return report
}

/** @throws BAD_USER_INPUT */
async function getMethod(tx: Transaction, slug: string): Promise<PaymentMethod> {
  const method = (await listPaymentMethods(tx)).find((each) => each.slug === slug)
  if (!method) throw invalidInputError('input.method', `payment method ${slug} does not exist; see the query paymentMethods`)
  return method
}
