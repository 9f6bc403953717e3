import type { Transaction } from '../../platform/postgres/client.js'
import type { Payment } from '../../platform/postgres/generated/client.js'
import type { PaymentPart } from './invoice-payments.js'

/**
 * Returns granted credit to its grants, after it has been posted to the balance. Other money is on the balance by the
 * posting alone.
 */
export async function returnGrantedCredit(tx: Transaction, parts: readonly Pick<PaymentPart, 'grantId' | 'amount'>[]): Promise<void> {
  for (const { grantId, amount } of parts) {
    if (grantId !== null) await tx.creditGrant.update({ where: { id: grantId }, data: { remaining: { increment: amount } } })
  }
}

/** Frees what is held of payments, because their purpose has ended. Call it under the customer's lock. */
export async function freeHeldPayments(tx: Transaction, payments: readonly Payment[]): Promise<void> {
  for (const { id, held, grantId } of payments) {
    await tx.payment.update({ where: { id }, data: { held: 0n } })
    await returnGrantedCredit(tx, [{ grantId, amount: held }])
  }
}
