import type { Transaction } from '../../platform/postgres/client.js'
import { runTogether } from '../../platform/postgres/run-statement.js'
import type { BoundStatement } from '../../platform/postgres/statement.js'
import { bindForCustomer, type Customer } from '../identity/index.js'
import type { PostingKind } from './ledger.enums.js'
import { POST_TO_LEDGER } from './ledger.statements.js'

/** An amount per account, minor units. A positive amount is a debit; together they are zero. */
interface AccountAmounts {
  readonly receivable?: bigint
  readonly balance?: bigint
  readonly cash?: bigint
  readonly revenue?: bigint
  readonly tax?: bigint
  /** Tax that the provider collects as the seller. */
  readonly providerTax?: bigint
}

export interface Posting extends AccountAmounts {
  readonly customer: Customer
  readonly currency: string
  readonly kind: PostingKind
  readonly at: Date
  readonly invoiceId?: bigint
  readonly paymentId?: bigint
  readonly refundPartId?: bigint
  readonly grantId?: bigint
}

/** Adds a posting to the ledger, like `bindPostings`. Call it under the customer's lock. */
export async function postToLedger(tx: Transaction, posting: Posting): Promise<void> {
  await runTogether(tx, [bindPostings([posting])])
}

/**
 * The statement that adds postings of one customer in one currency to the ledger, and to the account of the customer. Checks
 * of the account ensure that the balance is never negative. Run it under the customer's lock.
 */
export function bindPostings(postings: readonly [Posting, ...Posting[]]): BoundStatement {
  const [{ customer, currency }] = postings
  return bindForCustomer(POST_TO_LEDGER, customer, {
    currency,
    postingKinds: postings.map(({ kind }) => kind),
    postingTimes: postings.map(({ at }) => at),
    postingInvoices: postings.map(({ invoiceId = null }) => invoiceId),
    postingPayments: postings.map(({ paymentId = null }) => paymentId),
    postingRefundParts: postings.map(({ refundPartId = null }) => refundPartId),
    postingGrants: postings.map(({ grantId = null }) => grantId),
    postingReceivables: postings.map(({ receivable = 0n }) => receivable),
    postingBalances: postings.map(({ balance = 0n }) => balance),
    postingCash: postings.map(({ cash = 0n }) => cash),
    postingRevenues: postings.map(({ revenue = 0n }) => revenue),
    postingTaxes: postings.map(({ tax = 0n }) => tax),
    postingProviderTaxes: postings.map(({ providerTax = 0n }) => providerTax),
  })
}
