import type { TestServer } from './server.js'

/** The totals of a customer in one currency, minor units. */
interface Totals {
  customer: string
  currency: string
  received: bigint
  granted: bigint
  refunded: bigint
  invoiced: bigint
  credited: bigint
  balance: bigint
  owed: bigint
  /** The sum of what the open invoices still claim. */
  due: bigint
}

/**
 * Reads what every customer has paid, got and owes, from the facts and from the ledger.
 * `received` excludes payments from the balance, `refunded` excludes refunds to the balance.
 */
async function readTotals({ services: { db } }: TestServer): Promise<Totals[]> {
  return db.$queryRaw`
    WITH facts AS (
      SELECT coalesce(organisation_id, user_id) AS customer, currency, amount AS received, 0 AS refunded, 0 AS granted, 0 AS invoiced,
        0 AS credited, 0 AS due FROM payments WHERE kind <> 'BALANCE' AND reversed_at IS NULL
      UNION ALL
      SELECT coalesce(refund.organisation_id, refund.user_id), refund.currency, 0, part.amount, 0, 0, 0, 0
      FROM refund_parts AS part JOIN refunds AS refund ON refund.id = part.refund_id
      WHERE part.status = 'DONE' AND part.destination = 'ORIGINAL'
      UNION ALL
      SELECT coalesce(organisation_id, user_id), currency, 0, 0, revenue, 0, 0, 0 FROM ledger_postings WHERE kind IN ('GRANT', 'GRANT_EXPIRY')
      UNION ALL
      SELECT coalesce(organisation_id, user_id), currency, 0, 0, 0, CASE kind WHEN 'CREDIT_NOTE' THEN 0 ELSE total END,
        CASE kind WHEN 'CREDIT_NOTE' THEN total ELSE 0 END,
        CASE kind WHEN 'CREDIT_NOTE' THEN 0 ELSE total - credited_total - paid_total END FROM invoices)
    SELECT facts.customer, facts.currency, sum(received)::bigint AS received, sum(facts.granted)::bigint AS granted,
      sum(refunded)::bigint AS refunded, sum(invoiced)::bigint AS invoiced, sum(credited)::bigint AS credited, sum(due)::bigint AS due,
      - account.balance AS balance, account.receivable AS owed
    FROM facts JOIN ledger_accounts AS account
      ON coalesce(account.organisation_id, account.user_id) = facts.customer AND account.currency = facts.currency
    GROUP BY facts.customer, facts.currency, account.id ORDER BY facts.customer, facts.currency`
}

/** The violations of DOMAIN's first law, and of the rule that a customer owes what the open invoices claim. */
export async function checkLedger(server: TestServer): Promise<string[]> {
  const totals = await readTotals(server)
  return totals.flatMap((total) => {
    const { customer, currency, received, granted, refunded, invoiced, credited, balance, owed, due } = total
    const problems: string[] = []
    const [left, right] = [received + granted - refunded, invoiced - credited + balance - owed]
    if (left !== right) problems.push(`${customer} ${currency}: received + granted - refunded is ${left}, the rest is ${right}`)
    if (owed !== due) problems.push(`${customer} ${currency}: owes ${owed}, but the open invoices claim ${due}`)
    return problems
  })
}
