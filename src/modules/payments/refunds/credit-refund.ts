import type { Transaction } from '../../../platform/postgres/client.js'
import type { Payment, Prisma, Refund, RefundPart } from '../../../platform/postgres/generated/client.js'
import { type CreditReason, issueCreditNote, lockInvoice } from '../../invoicing/index.js'
import { changeHeld, type PaymentPart } from '../../ledger/index.js'
import type { Services } from '../../services.js'
import type { RefundDestination } from './refund.enums.js'

type CreditServices = Pick<Services, 'clock' | 'config'>

/** Stores a refund. Its parts and credit notes follow in the same transaction. */
export function storeRefund(
  tx: Transaction,
  refund: Pick<
    Prisma.RefundUncheckedCreateInput,
    'orderId' | 'type' | 'reason' | 'isRequestedByCustomer' | 'provider' | 'providerRefundId'
  > &
    Pick<Refund, 'userId' | 'organisationId' | 'currency' | 'amount' | 'days' | 'createdAt'>,
): Promise<Refund> {
  return tx.refund.create({ data: { ...refund, tax: 0n, status: 'REQUESTED' } })
}

/** A part of a refund that names its payment. */
export type CreditedPart = Pick<PaymentPart, 'paymentId' | 'kind' | 'amount'>

export interface InvoiceShare {
  readonly invoiceId: bigint
  /** At most this amount of the invoice is credited, minor units. */
  readonly max: bigint
}

interface RefundCredit {
  readonly refund: Pick<Refund, 'id'>
  /** Minor units, tax included. */
  readonly amount: bigint
  /** Printed on the credit notes. */
  readonly reason: CreditReason
  /** The payment that is returned first. Default: the newest. */
  readonly firstPaymentId?: bigint
  /** Whether the money has left already, so that it never reaches the balance. */
  readonly isPaidOut?: boolean
}

/**
 * Issues the credit notes of a refund, on the invoices in their order. Each frees exactly its amount of the payments,
 * so that what is still due of an invoice stays due. Call it late in a transaction, under the customer's lock.
 * @returns the payments that are freed, newest first; the credited amount of each invoice by its id
 */
export async function creditInvoices(
  tx: Transaction,
  services: CreditServices,
  shares: readonly InvoiceShare[],
  { refund, amount, ...credit }: RefundCredit,
): Promise<{ parts: CreditedPart[]; creditedBy: ReadonlyMap<bigint, bigint> }> {
  const returned: PaymentPart[] = []
  const creditedBy = new Map<bigint, bigint>()
  let missing = amount
  let tax = 0n
  for (const { invoiceId: id, max } of shares) {
    const taken = max < missing ? max : missing
    const invoice = taken > 0n ? await lockInvoice(tx, { id }) : null
    if (!invoice) continue
    const issued = await issueCreditNote(tx, services, invoice, { ...credit, amount: taken, freed: taken, refundId: refund.id })
    returned.push(...issued.returned)
    creditedBy.set(id, taken)
    tax += issued.creditNote.tax
    missing -= taken
  }
  if (missing > 0n) throw new Error(`refund ${refund.id} is ${missing} minor units more than what its invoices are paid with`)
  await tx.refund.update({ where: { id: refund.id }, data: { tax } })
  return { parts: addUpByPayment(returned), creditedBy }
}

/** One part per payment, newest payment first. */
function addUpByPayment(parts: readonly PaymentPart[]): CreditedPart[] {
  const sums = new Map<bigint, CreditedPart>()
  for (const { paymentId, kind, amount } of parts) {
    sums.set(paymentId, { paymentId, kind, amount: (sums.get(paymentId)?.amount ?? 0n) + amount })
  }
  return [...sums.values()].toSorted((a, b) => (a.paymentId < b.paymentId ? 1 : -1))
}

/**
 * Stores the parts of a refund whose credit notes have put the money on the balance. What was paid from the balance
 * stays there; the rest is held until it is paid out.
 */
export async function storeParts(
  tx: Transaction,
  refund: Pick<Refund, 'id' | 'userId' | 'organisationId' | 'currency' | 'createdAt'>,
  parts: readonly CreditedPart[],
  to: RefundDestination,
): Promise<(RefundPart & { payment: Payment | null })[]> {
  const stored: (RefundPart & { payment: Payment | null })[] = []
  for (const { paymentId, kind, amount } of parts) {
    const destination = kind === 'BALANCE' ? 'BALANCE' : to
    const state =
      destination === 'BALANCE' ? ({ status: 'DONE', doneAt: refund.createdAt } as const) : ({ status: 'REQUESTED', held: true } as const)
    const data = { refundId: refund.id, paymentId, destination, amount, ...state }
    stored.push(await tx.refundPart.create({ data, include: { payment: true } }))
    if (data.status === 'REQUESTED') await changeHeld(tx, refund, refund.currency, amount)
  }
  return stored
}
