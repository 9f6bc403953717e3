import { jsonCustomerId } from '../../core/json-ids.js'
import type { Transaction } from '../../platform/postgres/client.js'
import type { Order } from '../../platform/postgres/generated/client.js'
import { notifyAfterCommit } from '../../platform/postgres/notifications.js'

/** Tells the subscribers of live updates about new orders and changed statuses, after the commit. */
export function notifyOfOrders(tx: Transaction, orders: readonly Pick<Order, 'id' | 'userId' | 'organisationId'>[]): void {
  for (const { id, userId, organisationId } of orders) {
    notifyAfterCommit(tx, {
      order: Number(id),
      userId: jsonCustomerId(userId),
      organisationId: organisationId === null ? null : jsonCustomerId(organisationId),
    })
  }
}
