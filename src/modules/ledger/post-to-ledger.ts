import type { Transaction } from '../../platform/postgres/client.js'
import { type Customer, customerKey } from '../identity/index.js'
import type { PostingKind } from './ledger.enums.js'

/** A posting: an amount per account, minor units. A positive amount is a debit; together they are zero. */
export interface Posting {
  readonly customer: Customer
  readonly currency: string
  readonly kind: PostingKind
  readonly at: Date
  readonly receivable?: bigint
  readonly balance?: bigint
  readonly cash?: bigint
  readonly revenue?: bigint
  readonly tax?: bigint
  /** Tax that the provider collects as the seller. */
  readonly providerTax?: bigint
  readonly invoiceId?: bigint
  readonly paymentId?: bigint
  readonly refundPartId?: bigint
  readonly grantId?: bigint
}

/** Adds a posting to the ledger. Triggers add it to the account of the customer, whose balance is never negative. */
export async function postToLedger(tx: Transaction, { customer: { userId, organisationId }, ...posting }: Posting): Promise<void> {
  await tx.ledgerPosting.create({ data: { ...posting, ...customerKey({ userId, organisationId }) }, select: { id: true } })
}
