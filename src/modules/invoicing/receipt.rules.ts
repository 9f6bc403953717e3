import { isolate } from '../../core/right-to-left.js'
import type { DocumentLine, DocumentSnapshot, StatedPayment } from './document-snapshot.js'
import type { Messages } from './i18n/messages.js'

/** A change of what a payment pays of an invoice, minor units; negative if a part of it was taken back. */
interface Allocation {
  readonly invoiceId: bigint
  readonly amount: bigint
}

/**
 * What a payment paid of each invoice when its money was first used. Money that was taken back from an invoice and then pays
 * another one, as in a plan change, stays with the first one: the credit note of that invoice states it.
 * @param allocations  oldest first
 * @returns minor units by the id of the invoice, in the order of the payments
 */
export function firstUses(allocations: readonly Allocation[]): Map<bigint, bigint> {
  const uses = new Map<bigint, bigint>()
  let used = 0n
  let maxUsed = 0n
  for (const { invoiceId, amount } of allocations) {
    used += amount
    if (used <= maxUsed) continue
    uses.set(invoiceId, (uses.get(invoiceId) ?? 0n) + used - maxUsed)
    maxUsed = used
  }
  return uses
}

/**
 * What was taken from the invoices of a payment because money of the balance has not remained with the seller. What a credit
 * note has freed is not included.
 */
export function takenBack<A extends Allocation & { readonly createdAt: Date }>(
  allocations: readonly A[],
  creditNotes: readonly { readonly creditedInvoiceId: bigint | null; readonly issuedAt: Date }[],
): A[] {
  const isFreed = ({ invoiceId, createdAt }: A) =>
    creditNotes.some((note) => note.creditedInvoiceId === invoiceId && note.issuedAt.getTime() === createdAt.getTime())
  return allocations.filter((allocation) => allocation.amount < 0n && !isFreed(allocation))
}

/** The invoice that a payment pays, as its receipt states it. */
export interface ReceiptInvoice {
  readonly kind: DocumentSnapshot['kind']
  readonly number: string
  readonly issuedAt: Date
}

interface UsedPayment {
  readonly kind: StatedPayment['kind']
  readonly amount: bigint
  readonly held: bigint
  readonly orderId: bigint | null
  readonly allocations: readonly Allocation[]
}

/** The lines of a payment on its receipt: the invoices, the part that is held, and the rest. Together they are its amount. */
export function receiptLines(
  { kind, amount, held, orderId, allocations }: UsedPayment,
  invoices: ReadonlyMap<bigint, ReceiptInvoice>,
  messages: Messages,
): DocumentLine[] {
  const uses = firstUses(allocations)
  const lines = [...uses].map(([invoiceId, part]) => {
    const invoice = invoices.get(invoiceId)
    if (!invoice) throw new Error(`invoice ${invoiceId} was not read, although a payment pays it`)
    return { ...receiptLine(`${messages.titles[invoice.kind]} ${invoice.number}`, part), date: invoice.issuedAt.toISOString() }
  })
  const rest = amount - held - sumOf([...uses.values()])
  return [
    ...lines,
    ...(held > 0n ? [receiptLine(messages.held(orderId === null ? null : Number(orderId)), held)] : []),
    ...(rest > 0n ? [receiptLine(kind === 'BALANCE' ? messages.returnedToBalance : messages.addedToBalance, rest)] : []),
  ]
}

function receiptLine(description: string, amount: bigint): DocumentLine {
  return { description, quantity: 1, unitPrice: amount.toString(), amount: amount.toString() }
}

/** What has remained of payments with the seller, minor units. */
export function remainingOf(payments: readonly Pick<StatedPayment, 'amount' | 'returned'>[]): bigint {
  return sumOf(payments.flatMap(({ amount, returned = [] }) => [BigInt(amount), ...returned.map((part) => -BigInt(part.amount))]))
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n)
}

/** A payment in words: "Bank transfer RF18". */
export function paymentText({ kind, reference }: Pick<StatedPayment, 'kind' | 'reference'>, { paymentKinds }: Messages): string {
  return reference === null ? paymentKinds[kind] : `${paymentKinds[kind]} ${isolate(reference)}`
}
