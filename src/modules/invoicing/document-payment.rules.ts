import type { PaymentMethodKind } from '../ledger/index.js'
import type { DocumentSnapshot } from './document-snapshot.js'

/** A payment as it is known when the document is issued. */
export interface DocumentPayment {
  readonly kind: PaymentMethodKind
  readonly reference: string | null
  /** Minor units. */
  readonly amount: bigint
  readonly receivedAt: Date
}

/** The part of payments that is held for the sale. */
export function heldParts(payments: readonly (DocumentPayment & { readonly held: bigint })[]): DocumentPayment[] {
  return payments.map(({ kind, reference, held, receivedAt }) => ({ kind, reference, amount: held, receivedAt }))
}

/** @param amount  minor units */
export function partFromBalance(amount: bigint, receivedAt: Date): DocumentPayment {
  return { kind: 'BALANCE', reference: null, amount, receivedAt }
}

/** The payments as the document states them, without what exceeds the amount due. @param due  minor units */
export function statePayments(payments: readonly DocumentPayment[], due: bigint): NonNullable<DocumentSnapshot['payments']> {
  let rest = due
  return payments.flatMap(({ kind, reference, amount, receivedAt }) => {
    const part = amount < rest ? amount : rest
    rest -= part
    return part > 0n ? [{ kind, reference, amount: part.toString(), at: receivedAt.toISOString() }] : []
  })
}
