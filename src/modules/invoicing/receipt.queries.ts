import { DomainError } from '../../core/errors.js'
import type { Database, Transaction } from '../../platform/postgres/client.js'
import type { Prisma } from '../../platform/postgres/generated/client.js'
import { canView, type UserPrincipal } from '../identity/index.js'
import { PAYMENT_NOT_FOUND } from '../ledger/index.js'
import type { Services } from '../services.js'
import { RECEIPT_NOT_FOUND } from './invoice.errors.js'

/** What a receipt states of a payment. Of refunds, only the parts that have returned to the payment method. */
const RECEIPT_PARTS = {
  invoice: { select: { kind: true } },
  allocations: { select: { invoiceId: true, amount: true, createdAt: true }, orderBy: { id: 'asc' } },
  refundParts: { where: { destination: 'ORIGINAL', status: 'DONE' }, orderBy: { id: 'asc' } },
} satisfies Prisma.PaymentInclude

export type ReceiptPayment = Prisma.PaymentGetPayload<{ include: typeof RECEIPT_PARTS }>

/**
 * Reads a payment with the parts that its receipt states.
 * @param principal  undefined for a valid link
 * @throws PAYMENT_NOT_FOUND when the payment does not exist or the principal may not view it
 */
export async function getReceiptPayment(db: Database, principal: UserPrincipal | undefined, id: bigint): Promise<ReceiptPayment> {
  const payment = await db.payment.findUnique({ where: { id }, include: RECEIPT_PARTS })
  if (!payment || (principal && !(await canView(db, principal, payment)))) {
    throw new DomainError(PAYMENT_NOT_FOUND, `Payment ${id} does not exist, or you may not view it`)
  }
  return payment
}

/** Whether the payment provider is the seller. The payment statement of the sale states the payment then. */
export function isOfOtherSeller(
  { providers }: Pick<Services, 'providers'>,
  { provider, invoice }: { provider: string | null; invoice: { kind: PrismaJson.InvoiceKind } | null },
): boolean {
  // The provider may no longer be configured.
  return invoice?.kind === 'STATEMENT' || providers.find(provider)?.merchantOfRecord != null
}

/** @throws RECEIPT_NOT_FOUND */
export function assertHasReceipt(services: Pick<Services, 'providers'>, payment: ReceiptPayment): void {
  if (!isOfOtherSeller(services, payment)) return
  throw new DomainError(RECEIPT_NOT_FOUND, `Payment ${payment.id} has no receipt: its provider is the seller; open the payment statement`)
}

/** The credit notes of invoices. */
export function listCreditNotes(tx: Transaction, invoiceIds: bigint[]): Promise<{ creditedInvoiceId: bigint | null; issuedAt: Date }[]> {
  return tx.invoice.findMany({ where: { creditedInvoiceId: { in: invoiceIds } }, select: { creditedInvoiceId: true, issuedAt: true } })
}

/** The payments for an order that adds money to the balance, oldest first. A payout of the balance belongs to no payment. */
export function listTopUpPayments(tx: Transaction, { id: orderId, currency }: { id: bigint; currency: string }): Promise<ReceiptPayment[]> {
  return tx.payment.findMany({
    where: { orderId, currency, kind: { not: 'BALANCE' } },
    include: RECEIPT_PARTS,
    orderBy: { id: 'asc' },
  })
}
