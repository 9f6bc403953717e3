import { z } from 'zod'
import { DomainError, INVALID_TRANSITION } from '../../../core/errors.js'
import { multilineText, parseInput, rowId } from '../../../core/input.js'
import type { Transaction } from '../../../platform/postgres/client.js'
import type { Invoice, Payment } from '../../../platform/postgres/generated/client.js'
import { idempotencyKey, runOnce } from '../../../platform/postgres/idempotency.js'
import { recordAuditEntry } from '../../audit/index.js'
import { findLiveSubscription } from '../../entitlements/index.js'
import { customerName, principalName, type UserPrincipal } from '../../identity/index.js'
import { PAYMENT_NOT_FOUND, readBalance, settleOpenInvoices, takeBackPayment } from '../../ledger/index.js'
import { cancelPendingChanges } from '../../orders/index.js'
import type { Services } from '../../services.js'
import { lockUpToDate, settleCustomer } from '../../subscriptions/index.js'
import { endIfUnpaid } from './end-if-unpaid.js'
import type { ReversePaymentInput } from './manual-payment.type.js'

const reversalSchema = z.object({ paymentId: rowId('Payment'), reason: multilineText(500), idempotencyKey })

type ReversalServices = Pick<Services, 'clock' | 'config' | 'db' | 'findMissingGlyph' | 'providers'>

/**
 * Reverses a payment whose money has not remained with the seller: takes it from the balance, and from the invoices that
 * it pays. An invoice that is no longer covered is open again. Pending plan changes are then cancelled, and a cancelled
 * subscription ends at once if the invoice is for its current period.
 * @returns the reversed payment, and the invoices from which money was taken
 * @throws PAYMENT_NOT_FOUND, INVALID_TRANSITION if it cannot be reversed or its money was paid out
 */
export async function reversePayment(
  services: ReversalServices,
  principal: UserPrincipal,
  input: ReversePaymentInput,
): Promise<{ payment: Payment; invoiceIds: bigint[] }> {
  const { paymentId: id, reason, idempotencyKey: key } = parseInput(reversalSchema, 'input', input)
  const request = { principal: principalName(principal), operation: 'reversePayment', key, input: { paymentId: Number(id), reason } }
  const { invoiceIds } = await runOnce(services, request, async (tx) => {
    const payment = await lockPayment(tx, services, id)
    await assertReversible(tx, services, payment)
    const at = services.clock.now()
    const reopened = await takeBack(tx, payment, { at, reason })
    await recordAuditEntry(tx, {
      actor: principal,
      action: 'reversePayment',
      subject: customerName(payment),
      details: { paymentId: id, amount: payment.amount.toString(), currency: payment.currency, reason },
      at,
    })
    // The rest of the balance, and granted credit, which was not taken, settle open invoices as always.
    await settleOpenInvoices(tx, payment, payment.currency, at)
    await endIfUnpaid(tx, services, payment)
    await settleCustomer(tx, services, payment, payment.currency)
    return { invoiceIds: reopened.map((invoice) => invoice.id).join(',') }
  })
  const payment = await services.db.payment.findUniqueOrThrow({ where: { id } })
  return { payment, invoiceIds: invoiceIds.split(',').filter(Boolean).map(BigInt) }
}

/** Reads the payment under the lock of its customer. @throws PAYMENT_NOT_FOUND */
async function lockPayment(tx: Transaction, services: ReversalServices, id: bigint): Promise<Payment> {
  const found = await tx.payment.findUnique({ where: { id }, select: { userId: true, organisationId: true } })
  if (!found) throw new DomainError(PAYMENT_NOT_FOUND, `Payment ${id} does not exist`)
  await lockUpToDate(tx, services, found)
  return tx.payment.findUniqueOrThrow({ where: { id } })
}

/** @throws INVALID_TRANSITION */
async function assertReversible(
  tx: Transaction,
  { providers }: ReversalServices,
  { id, kind, provider, invoiceId, reversedAt }: Payment,
): Promise<void> {
  const refuse = (reason: string) => new DomainError(INVALID_TRANSITION, `Payment ${id} cannot be reversed: ${reason}`, {})
  if (reversedAt) throw refuse(`it was reversed at ${reversedAt.toISOString()}`)
  if (kind === 'BALANCE') throw refuse('it was taken from the balance; reverse the payment that the balance comes from')
  const invoice = invoiceId === null ? null : await tx.invoice.findUnique({ where: { id: invoiceId }, select: { kind: true } })
  if (invoice?.kind === 'STATEMENT' || providers.find(provider)?.merchantOfRecord)
    throw refuse('the provider is the seller and reverses its own sales')
  const refunds = await tx.refundPart.count({ where: { paymentId: id, destination: 'ORIGINAL' } })
  if (refunds > 0) throw refuse('it was refunded, or a refund of it is requested')
}

/**
 * Takes the money back. If free balance does not cover it, pending plan changes are cancelled first: the money held for
 * them becomes free, and no change takes effect while an invoice is open.
 */
async function takeBack(tx: Transaction, payment: Payment, reversal: { at: Date; reason: string }): Promise<Invoice[]> {
  const { free } = await readBalance(tx, payment, payment.currency)
  if (payment.held + free >= payment.amount) return takeBackPayment(tx, payment, reversal)
  const live = await findLiveSubscription(tx, payment)
  if (live) await cancelPendingChanges(tx, live.id, reversal.at)
  // What was held of this payment may be free now.
  const current = await tx.payment.findUniqueOrThrow({ where: { id: payment.id } })
  return takeBackPayment(tx, current, reversal)
}
