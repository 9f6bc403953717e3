import type { Transaction } from '../../platform/postgres/client.js'
import type { Payment } from '../../platform/postgres/generated/client.js'
import { changeGrant, endHold } from './balance-parts.js'
import type { PaymentPart } from './invoice-payments.js'

/**
 * Returns granted credit to its grants, after it has been posted to the balance. Other money is on the balance by the
 * posting alone.
 */
export async function returnGrantedCredit(tx: Transaction, parts: readonly Pick<PaymentPart, 'grantId' | 'amount'>[]): Promise<void> {
  for (const { grantId, amount } of parts) {
    if (grantId !== null) await changeGrant(tx, grantId, amount)
  }
}

/** Frees what is held of payments, because their purpose has ended. Call it under the customer's lock. */
export async function freeHeldPayments(tx: Transaction, payments: readonly Payment[]): Promise<void> {
  for (const payment of payments) {
    await endHold(tx, payment)
    await returnGrantedCredit(tx, [{ grantId: payment.grantId, amount: payment.held }])
  }
}
