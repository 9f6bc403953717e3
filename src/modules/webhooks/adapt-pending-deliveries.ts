import type { Transaction } from '../../platform/postgres/client.js'
import { Prisma, type WebhookEndpoint } from '../../platform/postgres/generated/client.js'
import { ESCLUSE_EVENT_TYPES, SELECT_ESCLUSE_DETAILS } from './escluse-format.js'

/** Prepares the pending deliveries of an endpoint for its new format. @returns how many were deleted */
export async function adaptPendingDeliveries(tx: Transaction, { id, format }: WebhookEndpoint): Promise<number> {
  if (format !== 'ESCLUSE') return 0
  await addEscluseDetails(tx, id)
  return deleteUnsupportedDeliveries(tx, id)
}

/** Adds the details to the pending events of an endpoint: they have none if no other endpoint had the format. */
async function addEscluseDetails(tx: Transaction, endpointId: bigint): Promise<void> {
  await tx.$executeRaw`
    UPDATE outbox_events AS stored SET escluse_details = details.escluse_details
    FROM (SELECT id, type, payload FROM outbox_events WHERE escluse_details IS NULL AND id IN (
      SELECT event_id FROM event_deliveries WHERE endpoint_id = ${endpointId} AND status = 'PENDING')) AS new
    CROSS JOIN LATERAL (${Prisma.raw(SELECT_ESCLUSE_DETAILS)}) AS details
    WHERE stored.id = new.id`
}

/** Deletes the pending deliveries that cannot be sent in the Escluse format. @returns how many */
async function deleteUnsupportedDeliveries(tx: Transaction, endpointId: bigint): Promise<number> {
  const event = { OR: [{ type: { notIn: [...ESCLUSE_EVENT_TYPES] } }, { escluseDetails: { equals: Prisma.DbNull } }] }
  return (await tx.webhookDelivery.deleteMany({ where: { endpointId, status: 'PENDING', event } })).count
}
