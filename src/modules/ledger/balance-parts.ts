import type { Transaction } from '../../platform/postgres/client.js'
import type { Payment } from '../../platform/postgres/generated/client.js'
import { type Customer, customerSqlFilter } from '../identity/index.js'

// The account of a customer has the sums of what is held of the balance, and of what was granted. They change together
// with what they are the sums of: before a posting that takes the money from the balance, and after one that puts it
// there. Call these under the customer's lock.

/**
 * Changes the part of the balance that is held for a purpose.
 * @param by  minor units; negative for a decrease
 */
export async function changeHeld(tx: Transaction, customer: Customer, currency: string, by: bigint): Promise<void> {
  if (by === 0n) return
  const changed = await tx.$executeRaw`
    UPDATE ledger_accounts SET held = held + ${by} WHERE currency = ${currency} AND ${customerSqlFilter(customer)}`
  if (changed === 0) throw new Error('money is held that is not on the balance')
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
  if (changed === 0) throw new Error(`grant ${grantId} is not on the balance`)
}

/** Ends what is held of a payment, which then pays an invoice or becomes free. */
export async function endHold(tx: Transaction, { id, held, userId, organisationId, currency }: Payment): Promise<void> {
  if (held === 0n) return
  await tx.payment.update({ where: { id }, data: { held: 0n } })
  await changeHeld(tx, { userId, organisationId }, currency, -held)
}
