import { invalidInputError } from '../../core/errors.js'
import { MAX_MINOR_UNITS, type MoneyAmount } from '../../core/money.js'
import type { Transaction } from '../../platform/postgres/client.js'
import { readRows } from '../../platform/postgres/run-statement.js'
import type { BoundStatement, RowOf } from '../../platform/postgres/statement.js'
import { bindForCustomer, type Customer } from '../identity/index.js'
import { LIST_ACCOUNTS } from './ledger.statements.js'

/** The accounts of a customer, one for each currency, as LIST_ACCOUNTS reads them. They remain valid under the customer's lock. */
export type AccountRow = RowOf<typeof LIST_ACCOUNTS.forUser>

export function bindAccounts(customer: Customer): BoundStatement<AccountRow> {
  return bindForCustomer(LIST_ACCOUNTS, customer, {})
}

/**
 * Explains why more money would exceed what the API can represent. Credit notes may put all that a customer has paid and
 * was granted on its balance again, so that is limited, instead of the balance. Remains valid under the customer's lock.
 * @returns null if there is room for the amount
 */
export async function findExcess(tx: Transaction, customer: Customer, amount: MoneyAmount): Promise<string | null> {
  return excessOf(await readRows(tx, bindAccounts(customer)), amount)
}

function excessOf(accounts: readonly AccountRow[], { minorUnits, currency }: MoneyAmount): string | null {
  const account = accounts.find((each) => each.currency === currency)
  // Less what was paid out, was reversed or has expired.
  const room = MAX_MINOR_UNITS - (account ? account.cash + account.grantsReceived : 0n)
  if (minorUnits <= room) return null
  const possible = room > 0n ? room : 0n
  return `what the customer has paid and was granted would exceed ${MAX_MINOR_UNITS} minor units; at most ${possible} more are possible`
}

/**
 * Call it under the customer's lock, before credit is granted or a payment is recorded by hand.
 * @throws BAD_USER_INPUT naming the field
 */
export async function assertRoomFor(tx: Transaction, customer: Customer, amount: MoneyAmount, field: string): Promise<void> {
  assertRoom(await readRows(tx, bindAccounts(customer)), amount, field)
}

/** Like `assertRoomFor`. @throws BAD_USER_INPUT naming the field */
export function assertRoom(accounts: readonly AccountRow[], amount: MoneyAmount, field: string): void {
  const problem = excessOf(accounts, amount)
  if (problem) throw invalidInputError(field, problem)
}
