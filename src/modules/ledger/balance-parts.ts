import type { Transaction } from '../../platform/postgres/client.js'
import type { Payment } from '../../platform/postgres/generated/client.js'
import { type Customer, customerSqlFilter } from '../identity/index.js'

// The account of a customer stores two sums: the held part of the balance, and the granted part. They change in the
// transaction of the posting: before one that takes the money from the balance, and after one that adds it. Call these
// functions under the customer's lock.

/**
 * Changes the part of the balance that is held for a purpose.
 * @param by  minor units; negative for a decrease
 */
export async function changeHeld(tx: Transaction, customer: Customer, currency: string, by: bigint): Promise<void> {
  if (by === 0n) return
  const changed = await tx.$executeRaw`
    UPDATE ledger_accounts SET held = held + ${by} WHERE currency = ${currency} AND ${customerSqlFilter(customer)}`
  if (changed === 0) throw new Error(`the customer has no account in ${currency} whose held part could change`)
}

/**
 * Spends granted credit, returns it to its grant, or removes it.
 * @param by  minor units; negative for a decrease
 */
export async function changeGrant(tx: Transaction, grantId: bigint, by: bigint): Promise<void> {
  if (by === 0n) return
  const { userId, organisationId, currency } = await tx.creditGrant.update({
    where: { id: grantId },
    data: { remaining: { increment: by } },
    select: { userId: true, organisationId: true, currency: true },
  })
  const customer = { userId: userId ?? '', organisationId }
  const changed = await tx.$executeRaw`
    UPDATE ledger_accounts SET granted = granted + ${by} WHERE currency = ${currency} AND ${customerSqlFilter(customer)}`
  if (changed === 0) throw new Error(`the customer of grant ${grantId} has no account in ${currency}`)
}

/** Ends the hold on a payment, whose money then pays an invoice or becomes free. */
export async function endHold(tx: Transaction, { id, held, userId, organisationId, currency }: Payment): Promise<void> {
  if (held === 0n) return
  await tx.payment.update({ where: { id }, data: { held: 0n } })
  await changeHeld(tx, { userId, organisationId }, currency, -held)
}
