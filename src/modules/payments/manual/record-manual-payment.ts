import { z } from 'zod'
import { invalidInputError } from '../../../core/errors.js'
import { acrossFields, line, optional, parseInput, rowId } from '../../../core/input.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Invoice, Order, Payment } from '../../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../../platform/postgres/idempotency.js'
import { recordAuditEntry } from '../../audit/index.js'
import { customerName, principalName, type UserPrincipal } from '../../identity/index.js'
import { invoiceNotFoundError, lockInvoice } from '../../invoicing/index.js'
import {
  assertRoomFor,
  PaymentMethodKind,
  type ReceivedPayment,
  receiveInvoicePayment,
  receiveOrderPayment,
  receiveSurplus,
} from '../../ledger/index.js'
import { confirmMatchingReport, isAwaitingPayment, lockOrder, orderNotFoundError } from '../../orders/index.js'
import type { Services } from '../../services.js'
import { lockUpToDate, settleCustomer } from '../../subscriptions/index.js'
import { publishEvent } from '../../webhooks/index.js'
import { activatePaidOrder } from './activate-paid-order.js'
import type { RecordPaymentInput } from './manual-payment.type.js'

/** Providers report their own payments, and those from the balance follow from rules. */
export const RECORDED_KINDS = [PaymentMethodKind.BANK_TRANSFER, PaymentMethodKind.CASH, PaymentMethodKind.OTHER] as const

function paymentSchema(now: Date) {
  return z
    .object({
      invoiceId: optional(rowId('Invoice')),
      orderId: optional(rowId('Order')),
      amount: z.bigint().min(1n, 'must be 1 or more'),
      kind: z.enum(RECORDED_KINDS, `must be ${RECORDED_KINDS.join(', ')}`),
      reference: optional(line(200)),
      receivedAt: optional(z.date().refine((at) => at <= now, 'must not be in the future')),
      idempotencyKey,
    })
    .refine(
      ({ invoiceId, orderId }) => (invoiceId === undefined) !== (orderId === undefined),
      acrossFields('invoiceId', 'set exactly one of invoiceId and orderId'),
    )
}

type PaymentToRecord = Omit<z.output<ReturnType<typeof paymentSchema>>, 'idempotencyKey'>

export type RecordingServices = Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>

/**
 * Records a payment that was received outside a provider. It pays the invoice, or is held for the pending order, which
 * becomes active when it is paid completely. All other money goes to the balance, which settles open invoices.
 * @returns the payment, and the id of the invoice if there is one
 * @throws INVOICE_NOT_FOUND, ORDER_NOT_FOUND, BAD_USER_INPUT if the reference was recorded before or the amount is too large
 */
export async function recordManualPayment(
  services: RecordingServices,
  principal: UserPrincipal,
  input: RecordPaymentInput,
): Promise<{ payment: Payment; invoiceId: bigint | null }> {
  const { idempotencyKey: key, ...request } = parseInput(paymentSchema(services.clock.now()), 'input', input)
  const idempotency = { principal: principalName(principal), operation: 'recordPayment', key, input: request }
  const { paymentId, invoiceId } = await runOnce(services, idempotency, async (tx) => {
    const { payment, invoiceId } = await recordReceivedPayment(tx, services, principal, request)
    await confirmMatchingReport(tx, principal, payment)
    return { paymentId: Number(payment.id), invoiceId: invoiceId === null ? null : Number(invoiceId) }
  })
  const payment = await services.db.payment.findUniqueOrThrow({ where: { id: BigInt(paymentId) } })
  return { payment, invoiceId: invoiceId === null ? null : BigInt(invoiceId) }
}

/**
 * Records a payment in a transaction, which takes the lock of the customer.
 * @throws INVOICE_NOT_FOUND, ORDER_NOT_FOUND, BAD_USER_INPUT if the reference was recorded before
 */
export async function recordReceivedPayment(
  tx: Transaction,
  services: RecordingServices,
  principal: UserPrincipal,
  request: PaymentToRecord,
): Promise<{ payment: Payment; invoiceId: bigint | null }> {
  const target = await lockTarget(tx, services, request)
  if (request.reference !== undefined) await assertNewReference(tx, target.order.id, request.reference)
  const received = await receive(tx, services, principal, target, request)
  await auditPayment(tx, principal, received.payment)
  await publishPayment(tx, target.order, received.payment)
  return received
}

/** What a payment is for. */
interface Target {
  readonly order: Order
  /** The invoice of the order; null until it is issued. */
  readonly invoice: Invoice | null
}

/**
 * Locks the customer and the order, and then reads what the payment is for.
 * @throws INVOICE_NOT_FOUND, ORDER_NOT_FOUND
 */
async function lockTarget(tx: Transaction, services: RecordingServices, { invoiceId, orderId }: PaymentToRecord): Promise<Target> {
  const found = invoiceId === undefined ? null : await tx.invoice.findUnique({ where: { id: invoiceId, kind: { not: 'CREDIT_NOTE' } } })
  if (invoiceId !== undefined && !found) throw invoiceNotFoundError(invoiceId)
  const id = found?.orderId ?? orderId ?? 0n
  const customer = await tx.order.findUnique({ where: { id }, select: { userId: true, organisationId: true } })
  if (!customer) throw orderNotFoundError(id)
  await lockUpToDate(tx, services, customer)
  const order = await lockOrder(tx, id)
  return { order, invoice: await lockInvoice(tx, found ? { id: found.id } : { orderId: id }) }
}

/** The payments of an invoice name its order as well. @throws BAD_USER_INPUT */
export async function assertNewReference(tx: Transaction, orderId: bigint, reference: string): Promise<void> {
  const where = { orderId, reference, kind: { not: PaymentMethodKind.BALANCE }, reversedAt: null }
  const recorded = await tx.payment.findFirst({ where, select: { id: true } })
  if (recorded) throw invalidInputError('input.reference', `payment ${recorded.id} was recorded with this reference already`)
}

async function receive(
  tx: Transaction,
  services: RecordingServices,
  principal: UserPrincipal,
  { order, invoice }: Target,
  { amount, kind, reference, receivedAt }: PaymentToRecord,
): Promise<{ payment: Payment; invoiceId: bigint | null }> {
  const at = services.clock.now()
  const customer = { userId: order.userId, organisationId: order.organisationId }
  const { currency } = order
  await assertRoomFor(tx, customer, { minorUnits: amount, currency }, 'input.amount')
  const recordedBy = principalName(principal)
  const received: ReceivedPayment = {
    customer,
    kind,
    currency,
    amount,
    reference: reference ?? null,
    receivedAt: receivedAt ?? at,
    recordedBy,
    at,
  }
  if (!invoice && isAwaitingPayment(order, at)) {
    const payment = await receiveOrderPayment(tx, received, order.id)
    const active = await activatePaidOrder(tx, services, principal, order)
    const issued = active && (await lockInvoice(tx, { orderId: active.id }))
    return { payment, invoiceId: issued?.id ?? null }
  }
  const { payment } = invoice
    ? await receiveInvoicePayment(tx, received, invoice)
    : { payment: await receiveSurplus(tx, received, order.id) }
  await settleCustomer(tx, services, customer, currency)
  return { payment, invoiceId: invoice?.id ?? null }
}

async function publishPayment(tx: Transaction, { id: orderId, planId, reason }: Order, payment: Payment): Promise<void> {
  const { amount, currency, createdAt: at } = payment
  const payload = { orderId, planId, amount: amount.toString(), currency, reason }
  await publishEvent(tx, { type: 'payment.received', customer: payment, payload, at })
}

function auditPayment(tx: Transaction, principal: UserPrincipal, payment: Payment): Promise<void> {
  const { id, kind, amount, currency, reference, receivedAt, orderId, invoiceId, createdAt: at } = payment
  const details = {
    paymentId: id,
    kind,
    amount: amount.toString(),
    currency,
    reference,
    receivedAt: receivedAt.toISOString(),
    orderId,
    invoiceId,
  }
  return recordAuditEntry(tx, { actor: principal, action: 'recordPayment', subject: customerName(payment), details, at })
}
