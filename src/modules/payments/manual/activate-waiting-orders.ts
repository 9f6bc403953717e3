import { readBatches, runForEachRow } from '../../../platform/postgres/read-batches.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import { RULE } from '../../audit/index.js'
import { listWaitingOrders } from '../../invoicing/index.js'
import { isAwaitingPayment, lockOrder } from '../../orders/index.js'
import type { Services } from '../../services.js'
import { type CollectionServices, lockUpToDate } from '../../subscriptions/index.js'
import { activatePaidOrder } from './activate-paid-order.js'

const BATCH_SIZE = 100

/**
 * Activates paid orders whose invoices waited for details of the seller or the buyer, if those are set by now. One that fails
 * does not stop the others.
 * @throws AggregateError of the failures
 */
export async function activateWaitingOrders(services: CollectionServices & Pick<Services, 'db'>): Promise<void> {
  const { db, clock } = services
  const waiting = readBatches(BATCH_SIZE, (last: Awaited<ReturnType<typeof listWaitingOrders>>[number] | undefined) =>
    listWaitingOrders(db, last, BATCH_SIZE),
  )
  const activate = ({ orderId, userId, organisationId }: { orderId: bigint; userId: string; organisationId: string | null }) =>
    runTransaction(db, async (tx) => {
      await lockUpToDate(tx, services, { userId, organisationId })
      const order = await lockOrder(tx, orderId)
      if (isAwaitingPayment(order, clock.now())) await activatePaidOrder(tx, services, RULE, order)
      else await tx.waitingInvoice.deleteMany({ where: { orderId } })
    })
  await runForEachRow(waiting, activate, 'paid orders could not be activated')
}
