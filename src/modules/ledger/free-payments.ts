import type { Transaction } from '../../platform/postgres/client.js'
import type { Invoice } from '../../platform/postgres/generated/client.js'
import { runTogether } from '../../platform/postgres/run-statement.js'
import { bind, type RowOf } from '../../platform/postgres/statement.js'
import { amountDue, bindAllocations, listPaymentParts, type PaymentPart, splitParts } from './invoice-payments.js'
import { CREDIT_INVOICE } from './ledger.statements.js'

/** The money that a credit note frees. */
export interface FreedPayments {
  /** The parts that return to the balance or to the original payment methods, newest payment first. */
  readonly returned: readonly PaymentPart[]
  /** The parts that pay another invoice instead. */
  readonly carried: readonly PaymentPart[]
}

/** Which payments a credit note frees. Amounts are minor units. */
export interface FreeRequest {
  /** The amount to free. Default: what exceeds the amount due after the credit note. */
  readonly freed?: bigint | undefined
  /** At most this amount pays another invoice. */
  readonly carry?: bigint | undefined
  /** The payment that is freed first. */
  readonly firstPaymentId?: bigint | undefined
}

/**
 * Lists what a credit note frees of the payments of its invoice. The newest payments are returned; the others can pay
 * another invoice.
 * @param credited  amount of the credit note, minor units
 */
export async function listFreedPayments(
  tx: Transaction,
  invoice: Invoice,
  credited: bigint,
  { freed = credited - amountDue(invoice), carry = 0n, firstPaymentId }: FreeRequest = {},
): Promise<FreedPayments> {
  if (freed <= 0n) return { returned: [], carried: [] }
  const isFirst = ({ paymentId }: PaymentPart) => paymentId === firstPaymentId
  const parts = await listPaymentParts(tx, invoice.id)
  const { taken } = splitParts([...parts.filter(isFirst), ...parts.filter((part) => !isFirst(part))], freed)
  const { taken: returned, rest: carried } = splitParts(taken, freed > carry ? freed - carry : 0n)
  return { returned, carried }
}

/** Takes the freed payments from their invoice, together with the amounts of the credit note. */
export async function applyCredit(
  tx: Transaction,
  invoice: Invoice,
  creditNote: Pick<Invoice, 'total' | 'tax'>,
  { returned, carried }: FreedPayments,
  at: Date,
): Promise<Invoice> {
  const freed = [...returned, ...carried]
  const freedAmount = sumOfParts(freed)
  const stillDue = amountDue(invoice) - creditNote.total + freedAmount
  const isSettledNow = amountDue(invoice) > 0n && stillDue === 0n
  const [rows = []] = await runTogether(tx, [
    bind(CREDIT_INVOICE, {
      creditedInvoiceId: invoice.id,
      addedTotal: creditNote.total,
      addedTax: creditNote.tax,
      freedAmount,
      settledAt: isSettledNow && invoice.paidTotal > 0n ? at : null,
    }),
    ...(freed.length > 0 ? [bindAllocations(invoice.id, freed, at, -1n)] : []),
  ])
  return { ...invoice, ...(rows[0] as RowOf<typeof CREDIT_INVOICE>) }
}

export function sumOfParts(parts: readonly Pick<PaymentPart, 'amount'>[]): bigint {
  return parts.reduce((sum, { amount }) => sum + amount, 0n)
}
