import { DomainError, INVALID_TRANSITION } from '../../core/errors.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice, Payment } from '../../platform/postgres/generated/client.js'
import { type Customer, customerSqlFilter } from '../identity/index.js'
import { readBalance } from './balance.queries.js'
import { endHold } from './balance-parts.js'
import { sumOfParts } from './free-payments.js'
import { storeAllocations } from './invoice-payments.js'
import { postToLedger } from './post-to-ledger.js'

/** The part of a payment that is taken from an invoice, minor units. */
export interface TakenPart {
  readonly invoiceId: bigint
  readonly paymentId: bigint
  readonly amount: bigint
}

/**
 * Reverses a payment in the ledger: takes its money from where it is now. That is its held part, the invoices that it
 * pays, and for the rest free balance, then the invoices that were paid from free balance, the newest payment first.
 * Granted credit is never taken. The invoices are open again, and due now at the earliest. Call it under the customer's
 * lock; then settle the open invoices, so that free balance takes the place of the reversed payment.
 * @returns the invoices that are open now
 * @throws INVALID_TRANSITION if the money was paid out
 */
export async function takeBackPayment(
  tx: Transaction,
  payment: Payment,
  { at, reason }: { readonly at: Date; readonly reason: string },
): Promise<Invoice[]> {
  const { id: paymentId, userId, organisationId, currency, amount, held } = payment
  const customer = { userId, organisationId }
  const { free } = await readBalance(tx, customer, currency)
  const direct = await listDirectParts(tx, paymentId)
  const onBalance = amount - held - sumOfParts(direct)
  const fromFree = free < onBalance ? free : onBalance
  const fromBalance = held + fromFree
  const parts = [...direct, ...(await listSpentBalance(tx, customer, currency, onBalance - fromFree))]
  const fromInvoices = sumOfParts(parts)
  if (fromBalance + fromInvoices < amount) throw paidOutError(payment, fromBalance + fromInvoices)
  const reopened = await reopenInvoices(tx, parts, at)
  await endHold(tx, payment)
  await tx.payment.update({ where: { id: paymentId }, data: { reversedAt: at, reversalReason: reason } })
  await postToLedger(tx, {
    customer,
    currency,
    kind: 'REVERSAL',
    at,
    receivable: fromInvoices,
    balance: fromBalance,
    cash: -amount,
    paymentId,
  })
  return reopened
}

/** What the payment pays of invoices, newest invoice first. */
function listDirectParts(tx: Transaction, paymentId: bigint): Promise<TakenPart[]> {
  return tx.$queryRaw<TakenPart[]>`
    SELECT invoice_id AS "invoiceId", payment_id AS "paymentId", sum(amount)::bigint AS amount FROM payment_allocations
    WHERE payment_id = ${paymentId} GROUP BY invoice_id, payment_id HAVING sum(amount) > 0 ORDER BY invoice_id DESC`
}

/** What free balance pays of the customer's invoices, newest payment first. */
function listBalanceParts(tx: Transaction, customer: Customer, currency: string): Promise<TakenPart[]> {
  return tx.$queryRaw<TakenPart[]>`
    SELECT allocation.invoice_id AS "invoiceId", payment.id AS "paymentId", sum(allocation.amount)::bigint AS amount
    FROM (SELECT id FROM payments WHERE ${customerSqlFilter(customer)}
      AND currency = ${currency} AND kind = 'BALANCE' AND grant_id IS NULL) AS payment
    JOIN payment_allocations AS allocation ON allocation.payment_id = payment.id
    GROUP BY payment.id, allocation.invoice_id HAVING sum(allocation.amount) > 0
    ORDER BY payment.id DESC, allocation.invoice_id DESC`
}

/** What free balance pays of the customer's invoices, up to an amount: the newest payment first. */
export async function listSpentBalance(tx: Transaction, customer: Customer, currency: string, amount: bigint): Promise<TakenPart[]> {
  return amount > 0n ? takeParts(await listBalanceParts(tx, customer, currency), amount) : []
}

/** The first parts up to an amount; all of them if their sum is less. */
function takeParts(parts: readonly TakenPart[], amount: bigint): TakenPart[] {
  let missing = amount
  return parts.flatMap((part) => {
    const taken = part.amount < missing ? part.amount : missing
    missing -= taken
    return taken > 0n ? [{ ...part, amount: taken }] : []
  })
}

/** Takes parts of payments from their invoices, which are open again, due now at the earliest. Add the posting. */
export async function reopenInvoices(tx: Transaction, parts: readonly TakenPart[], at: Date): Promise<Invoice[]> {
  const reopened: Invoice[] = []
  for (const invoiceId of new Set(parts.map((part) => part.invoiceId))) {
    const lost = parts.filter((part) => part.invoiceId === invoiceId)
    reopened.push(await reopenInvoice(tx, invoiceId, lost, at))
  }
  return reopened
}

async function reopenInvoice(tx: Transaction, id: bigint, parts: readonly TakenPart[], at: Date): Promise<Invoice> {
  await storeAllocations(tx, id, parts, at, -1n)
  const { dueAt, status } = await tx.invoice.findUniqueOrThrow({ where: { id }, select: { dueAt: true, status: true } })
  const isDueLater = status === 'OPEN' || dueAt > at
  return tx.invoice.update({
    where: { id },
    data: { paidTotal: { decrement: sumOfParts(parts) }, paidAt: null, dueAt: isDueLater ? dueAt : at },
  })
}

function paidOutError({ id, amount, currency }: Payment, available: bigint): DomainError {
  const found = available === 0n ? 'none' : `only ${available}`
  return new DomainError(
    INVALID_TRANSITION,
    `Payment ${id} cannot be reversed: ${found} of its ${amount} minor units of ${currency} can be taken back; the missing amount was paid out or is held for another purpose`,
    {},
  )
}
