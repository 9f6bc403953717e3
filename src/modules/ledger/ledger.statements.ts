import type { Payment } from '../../platform/postgres/generated/client.js'
import {
  arrayOf,
  bigint,
  char,
  defineStatement,
  insertList,
  nullable,
  omitTypes,
  type RecordTypes,
  selectList,
  text,
  textOf,
  timestamp,
} from '../../platform/postgres/statement.js'
import { defineCustomerStatement } from '../identity/index.js'

export const PAYMENT_COLUMNS = {
  id: bigint,
  userId: text,
  organisationId: nullable(text),
  kind: textOf<Payment['kind']>(),
  currency: char,
  amount: bigint,
  held: bigint,
  reference: nullable(text),
  receivedAt: timestamp,
  createdAt: timestamp,
  recordedBy: text,
  provider: nullable(text),
  providerPaymentId: nullable(text),
  orderId: nullable(bigint),
  invoiceId: nullable(bigint),
  subscriptionId: nullable(bigint),
  grantId: nullable(bigint),
  reversedAt: nullable(timestamp),
  reversalReason: nullable(text),
} satisfies RecordTypes<Payment>

/** `granted`: what was granted, less what has expired. */
export const LIST_ACCOUNTS = defineCustomerStatement({
  columns: { currency: char, balance: bigint, held: bigint, granted: bigint, cash: bigint, grantsReceived: bigint },
  sql: ({ isOf }) => `
    SELECT currency, balance, held, granted, cash, coalesce((
      SELECT sum(posting.revenue) FROM ledger_postings AS posting
      WHERE ${isOf('posting')} AND posting.currency = account.currency AND posting.balance <> 0
        AND posting.kind IN ('GRANT', 'GRANT_EXPIRY')), 0)::bigint AS "grantsReceived"
    FROM ledger_accounts AS account WHERE ${isOf('account')}`,
})

/** The payments that are held for an order, oldest first. */
export const LIST_HELD_PAYMENTS = defineStatement({
  parameters: { orderId: bigint },
  columns: PAYMENT_COLUMNS,
  sql: `
    SELECT ${selectList(PAYMENT_COLUMNS, 'held')} FROM payments AS held
    WHERE held.order_id = $orderId AND held.held > 0 ORDER BY held.id`,
})

/** The payments that are held for the plan changes of a subscription that wait for them. */
export const LIST_HELD_FOR_CHANGES = defineStatement({
  parameters: { subscriptionId: bigint },
  columns: PAYMENT_COLUMNS,
  sql: `
    SELECT ${selectList(PAYMENT_COLUMNS, 'held')} FROM payments AS held
    WHERE held.held > 0 AND held.order_id IN (
      SELECT id FROM orders WHERE subscription_id = $subscriptionId AND status = 'PENDING' AND reason = 'PLAN_CHANGE')
    ORDER BY held.id`,
})

export const LIST_HELD_FOR_SUBSCRIPTION = defineStatement({
  parameters: { subscriptionId: bigint },
  columns: PAYMENT_COLUMNS,
  sql: `
    SELECT ${selectList(PAYMENT_COLUMNS, 'held')} FROM payments AS held
    WHERE held.held > 0 AND held.subscription_id = $subscriptionId ORDER BY held.id`,
})

/** The payments of an invoice with what they pay of it, newest first. */
export const LIST_PAYMENT_PARTS = defineStatement({
  parameters: { invoiceId: bigint },
  columns: { paymentId: bigint, kind: textOf<Payment['kind']>(), amount: bigint, grantId: nullable(bigint) },
  sql: `
    SELECT payment.id AS "paymentId", payment.kind, sum(allocation.amount)::bigint AS amount, payment.grant_id AS "grantId"
    FROM payment_allocations AS allocation JOIN payments AS payment ON payment.id = allocation.payment_id
    WHERE allocation.invoice_id = $invoiceId GROUP BY payment.id HAVING sum(allocation.amount) > 0 ORDER BY payment.id DESC`,
})

const AMOUNTS = ['receivable', 'balance', 'cash', 'revenue', 'tax', 'provider_tax']

/**
 * Inserts postings, and changes the account of the customer by their sum in the same statement: a distributed table has no
 * trigger that changes another one. Under the customer's lock, nobody else inserts the account.
 */
export const POST_TO_LEDGER = defineCustomerStatement({
  parameters: {
    postingKinds: arrayOf(text),
    postingTimes: arrayOf(timestamp),
    postingInvoices: arrayOf(nullable(bigint)),
    postingPayments: arrayOf(nullable(bigint)),
    postingRefundParts: arrayOf(nullable(bigint)),
    postingGrants: arrayOf(nullable(bigint)),
    postingReceivables: arrayOf(bigint),
    postingBalances: arrayOf(bigint),
    postingCash: arrayOf(bigint),
    postingRevenues: arrayOf(bigint),
    postingTaxes: arrayOf(bigint),
    postingProviderTaxes: arrayOf(bigint),
    currency: char,
  },
  with: ({ isOf, column }) => ({
    new_posting: `
      SELECT * FROM unnest($postingKinds, $postingTimes, $postingInvoices, $postingPayments, $postingRefundParts, $postingGrants,
        $postingReceivables, $postingBalances, $postingCash, $postingRevenues, $postingTaxes, $postingProviderTaxes) WITH ORDINALITY
        AS new (kind, at, invoice_id, payment_id, refund_part_id, grant_id, ${AMOUNTS.join(', ')}, position)`,
    posting_sum: `SELECT ${AMOUNTS.map((amount) => `sum(${amount})::bigint AS ${amount}`).join(', ')} FROM new_posting`,
    stored_posting: `
      INSERT INTO ledger_postings (${column}, currency, kind, at, invoice_id, payment_id, refund_part_id, grant_id, ${AMOUNTS.join(', ')})
      SELECT $customerId, $currency, kind, at, invoice_id, payment_id, refund_part_id, grant_id, ${AMOUNTS.join(', ')}
      FROM new_posting ORDER BY position`,
    changed_account: `
      UPDATE ledger_accounts AS account SET ${AMOUNTS.map((amount) => `${amount} = account.${amount} + posting_sum.${amount}`).join(', ')}
      FROM posting_sum WHERE account.currency = $currency AND ${isOf('account')} RETURNING 1`,
    new_account: `
      INSERT INTO ledger_accounts (${column}, currency, ${AMOUNTS.join(', ')})
      SELECT $customerId, $currency, ${AMOUNTS.join(', ')} FROM posting_sum WHERE NOT EXISTS (SELECT FROM changed_account)`,
  }),
})

const NEW_PAYMENT = omitTypes(PAYMENT_COLUMNS, 'id')

export const INSERT_PAYMENT = defineStatement({
  parameters: { ...NEW_PAYMENT, newId: nullable(bigint) },
  columns: { id: bigint },
  with: { new_payment: `INSERT INTO payments ${insertList(NEW_PAYMENT, "coalesce($newId, nextval('payments_id_seq'))")} RETURNING id` },
  sql: 'SELECT id FROM new_payment',
})

export const INSERT_ALLOCATIONS = defineStatement({
  parameters: { allocatedInvoiceId: bigint, allocatedPayments: arrayOf(bigint), allocatedAmounts: arrayOf(bigint), allocatedAt: timestamp },
  with: {
    new_allocation: `
      INSERT INTO payment_allocations (payment_id, invoice_id, amount, created_at)
      SELECT payment_id, $allocatedInvoiceId, amount, $allocatedAt
      FROM unnest($allocatedPayments, $allocatedAmounts) WITH ORDINALITY AS new (payment_id, amount, position) ORDER BY position`,
  },
})

/** A trigger derives the status from the amounts. */
export const PAY_INVOICE = defineStatement({
  parameters: { paidInvoiceId: bigint, paidAmount: bigint, paidAt: nullable(timestamp) },
  columns: {
    status: textOf<PrismaJson.InvoiceStatus>(),
    paidTotal: bigint,
    paidAt: nullable(timestamp),
    firstPaidAt: nullable(timestamp),
  },
  with: {
    paid_invoice: `
      UPDATE invoices SET paid_total = paid_total + $paidAmount, paid_at = coalesce($paidAt, paid_at) WHERE id = $paidInvoiceId
      RETURNING status, paid_total, paid_at, first_paid_at`,
  },
  sql: 'SELECT status, paid_total AS "paidTotal", paid_at AS "paidAt", first_paid_at AS "firstPaidAt" FROM paid_invoice',
})

/** Credits a part of an invoice, and takes the payments from it that this frees. A trigger derives the status from the amounts. */
export const CREDIT_INVOICE = defineStatement({
  parameters: { creditedInvoiceId: bigint, addedTotal: bigint, addedTax: bigint, freedAmount: bigint, settledAt: nullable(timestamp) },
  columns: {
    status: textOf<PrismaJson.InvoiceStatus>(),
    creditedTotal: bigint,
    creditedTax: bigint,
    paidTotal: bigint,
    paidAt: nullable(timestamp),
    firstPaidAt: nullable(timestamp),
  },
  with: {
    credited_invoice: `
      UPDATE invoices SET credited_total = credited_total + $addedTotal, credited_tax = credited_tax + $addedTax,
        paid_total = paid_total - $freedAmount, paid_at = coalesce($settledAt, paid_at)
      WHERE id = $creditedInvoiceId
      RETURNING status, credited_total, credited_tax, paid_total, paid_at, first_paid_at`,
  },
  sql: `
    SELECT status, credited_total AS "creditedTotal", credited_tax AS "creditedTax", paid_total AS "paidTotal", paid_at AS "paidAt",
      first_paid_at AS "firstPaidAt"
    FROM credited_invoice`,
})
