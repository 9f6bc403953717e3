import { LEDGER_LAWS } from '../../dist/chaos/ledger-laws.js'

const POSTED_ONCE = (id, kind) => `(SELECT count(*) FROM ledger_postings AS posting WHERE posting.${id} AND posting.kind = '${kind}') <> 1`

/** Rules of the ledger for the database after the load. Each query returns the violations. */
export const LEDGER_RULES = {
  ...LEDGER_LAWS,
  'accounts are the sums of their postings': `
    SELECT 'account ' || account.id AS wrong FROM ledger_accounts AS account
      LEFT JOIN ledger_postings AS posting ON posting.currency = account.currency
        AND (posting.user_id, posting.organisation_id) IS NOT DISTINCT FROM (account.user_id, account.organisation_id)
    GROUP BY account.id HAVING (account.receivable, account.balance, account.cash, account.revenue, account.tax, account.provider_tax)
      IS DISTINCT FROM (sum(posting.receivable), sum(posting.balance), sum(posting.cash), sum(posting.revenue), sum(posting.tax), sum(posting.provider_tax))`,
  'no payment pays more than was received': `
    SELECT 'payment ' || id AS wrong FROM payments CROSS JOIN LATERAL (
      SELECT coalesce(sum(amount), 0) AS allocated FROM payment_allocations WHERE payment_id = payments.id) AS parts
    WHERE allocated < 0 OR allocated + held > amount`,
  'every invoice is posted once': `
    SELECT number AS wrong FROM invoices AS document WHERE kind <> 'CREDIT_NOTE' AND total > 0 AND (
      SELECT count(*) FROM ledger_postings AS posting WHERE posting.invoice_id = document.id AND posting.kind = 'INVOICE' AND receivable = total) <> 1`,
  'every credit note is posted once': `
    SELECT number AS wrong FROM invoices AS document WHERE kind = 'CREDIT_NOTE' AND total > 0 AND (
      SELECT count(*) FROM ledger_postings AS posting
      WHERE posting.invoice_id = document.id AND posting.kind = 'CREDIT_NOTE' AND revenue + posting.tax + posting.provider_tax = total) <> 1`,
  'every payment is posted once, and every reversal': `
    SELECT 'payment ' || id AS wrong FROM payments WHERE kind <> 'BALANCE' AND amount > 0
      AND (${POSTED_ONCE('payment_id = payments.id', 'PAYMENT')} OR reversed_at IS NOT NULL AND ${POSTED_ONCE('payment_id = payments.id', 'REVERSAL')})`,
  'every grant of credit is posted once': `
    SELECT 'grant ' || id AS wrong FROM credit_grants WHERE ${POSTED_ONCE('grant_id = credit_grants.id', 'GRANT')}`,
  'what a refund has paid out is posted': `
    SELECT 'refund ' || refund.id AS wrong FROM refunds AS refund
    WHERE (SELECT coalesce(sum(amount), 0) FROM refund_parts WHERE refund_id = refund.id AND status = 'DONE' AND destination = 'ORIGINAL') <> - (
      SELECT coalesce(sum(posting.cash), 0) FROM ledger_postings AS posting LEFT JOIN invoices AS note ON note.id = posting.invoice_id
        LEFT JOIN refund_parts AS part ON part.id = posting.refund_part_id
      WHERE posting.kind IN ('CREDIT_NOTE', 'REFUND') AND coalesce(note.refund_id, part.refund_id) = refund.id)`,
  'a refund is as much as its parts and its credit notes': `
    SELECT 'refund ' || id AS wrong FROM refunds AS refund WHERE amount <> (SELECT coalesce(sum(amount), 0) FROM refund_parts WHERE refund_id = refund.id)
      OR order_id IS NOT NULL AND amount <> (SELECT coalesce(sum(total), 0) FROM invoices WHERE refund_id = refund.id)`,
  'no invoice is open while the customer has free balance': `
    SELECT number AS wrong FROM invoices JOIN ledger_accounts AS account ON account.currency = invoices.currency
      AND coalesce(account.organisation_id, account.user_id) = coalesce(invoices.organisation_id, invoices.user_id)
    WHERE status = 'OPEN' AND - balance > held + granted`,
  'every payment of the sandbox is recorded': `
    SELECT 'sandbox payment ' || record.id AS wrong FROM sandbox_records AS record
    WHERE type = 'subscription-invoices' AND NOT EXISTS (
      SELECT FROM payments WHERE kind = 'PROVIDER' AND provider = 'sandbox' AND provider_payment_id = record.id::text)`,
}
