import { invalidInputError } from '../../core/errors.js'
import { MAX_MINOR_UNITS, type MoneyAmount } from '../../core/money.js'
import type { Transaction } from '../../platform/postgres/client.js'
import { type Customer, customerSqlFilter } from '../identity/index.js'

/**
 * Explains why more money would exceed what the API can represent. Credit notes may put all that a customer has paid and
 * was granted on its balance again, so that is limited, instead of the balance. Remains valid under the customer's lock.
 * @returns null if there is room for the amount
 */
export async function findExcess(tx: Transaction, customer: Customer, { minorUnits, currency }: MoneyAmount): Promise<string | null> {
  const room = MAX_MINOR_UNITS - (await readReceivedAndGranted(tx, customer, currency))
  if (minorUnits <= room) return null
  const possible = room > 0n ? room : 0n
  return `what the customer has paid and was granted would exceed ${MAX_MINOR_UNITS} minor units; at most ${possible} more are possible`
}

/**
 * Call it under the customer's lock, before credit is granted or a payment is recorded by hand.
 * @throws BAD_USER_INPUT naming the field
 */
export async function assertRoomFor(tx: Transaction, customer: Customer, amount: MoneyAmount, field: string): Promise<void> {
  const problem = await findExcess(tx, customer, amount)
  if (problem) throw invalidInputError(field, problem)
}

/** Minor units, less what was paid out, was reversed or has expired. */
async function readReceivedAndGranted(tx: Transaction, customer: Customer, currency: string): Promise<bigint> {
  const isOfCustomer = customerSqlFilter(customer)
  const [sums] = await tx.$queryRaw<{ total: bigint }[]>`
    SELECT coalesce((SELECT cash FROM ledger_accounts WHERE ${isOfCustomer} AND currency = ${currency}), 0) + coalesce((
      SELECT sum(revenue) FROM ledger_postings
      WHERE ${isOfCustomer} AND currency = ${currency} AND balance <> 0 AND kind IN ('GRANT', 'GRANT_EXPIRY')), 0)::bigint AS total`
  return sums?.total ?? 0n
}
