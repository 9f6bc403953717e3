import type { Transaction } from '../../platform/postgres/client.js'
import { type Customer, customerKey, customerSqlFilter } from '../identity/index.js'
import type { PostingKind } from './ledger.enums.js'

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

/**
 * Adds a posting to the ledger, and to the account of the customer in the same statement: a distributed table has no
 * trigger that changes another one. Checks of the account ensure that the balance is never negative. Call it under the
 * customer's lock.
 */
export async function postToLedger(tx: Transaction, posting: Posting): Promise<void> {
  const { customer, currency, kind, at, receivable = 0n, balance = 0n, cash = 0n, revenue = 0n, tax = 0n, providerTax = 0n } = posting
  const { invoiceId = null, paymentId = null, refundPartId = null, grantId = null } = posting
  const userId = customer.organisationId === null ? customer.userId : null
  const changed = await tx.$executeRaw`
    WITH posted AS (
      INSERT INTO ledger_postings (user_id, organisation_id, currency, kind, receivable, balance, cash, revenue, tax, provider_tax, at,
        invoice_id, payment_id, refund_part_id, grant_id)
      VALUES (${userId}, ${customer.organisationId}, ${currency}, ${kind}, ${receivable}, ${balance}, ${cash}, ${revenue}, ${tax},
        ${providerTax}, ${at.toISOString()}::timestamptz, ${invoiceId}::bigint, ${paymentId}::bigint, ${refundPartId}::bigint,
        ${grantId}::bigint)
      RETURNING receivable, balance, cash, revenue, tax, provider_tax)
    UPDATE ledger_accounts AS account SET
      receivable = account.receivable + posted.receivable, balance = account.balance + posted.balance, cash = account.cash + posted.cash,
      revenue = account.revenue + posted.revenue, tax = account.tax + posted.tax, provider_tax = account.provider_tax + posted.provider_tax
    FROM posted WHERE account.currency = ${currency} AND ${customerSqlFilter(customer)}`
  if (changed > 0) return
  // The first posting of the customer in this currency.
  const amounts = { receivable, balance, cash, revenue, tax, providerTax }
  await tx.ledgerAccount.create({ data: { ...customerKey(customer), currency, ...amounts }, select: { id: true } })
}
