import { invalidInput } from '../core/errors.js'
import { type ConnectionArguments, page, pageRequest } from '../core/pagination.js'
import type { Database } from '../database/client.js'
import { enqueue } from '../database/enqueue.js'
import { Prisma, type WebhookEvent } from '../database/generated/client.js'
import type { WebhookEventStatus } from '../database/generated/enums.js'
import { transact } from '../database/transaction.js'
import { appendAuditEntry } from '../events/append-audit-entry.js'
import type { Viewer } from '../identity/viewer.js'
import type { Services } from '../services.js'

/** A page of events, newest first. */
export async function listWebhookEvents(db: Database, pageArguments: ConnectionArguments, status?: WebhookEventStatus | null) {
  const request = pageRequest(pageArguments)
  const { after, before, backward, size } = request
  const place = { ...(after && { lt: BigInt(after.id) }), ...(before && { gt: BigInt(before.id) }) }
  const where: Prisma.WebhookEventWhereInput = { ...(status && { status }), ...((after ?? before) && { id: place }) }
  const rows = await db.webhookEvent.findMany({ where, orderBy: { id: backward ? 'asc' : 'desc' }, take: size + 1 })
  return {
    ...page(request, rows, (event: WebhookEvent) => ({ at: event.receivedAt, id: Number(event.id) })),
    count: () => db.webhookEvent.count({ where: status ? { status } : {} }),
  }
}

/** Processes an event again, whatever became of it. @throws BAD_USER_INPUT when there is none */
export async function replayWebhookEvent({ db, clock }: Services, by: Viewer, id: number): Promise<WebhookEvent> {
  return transact(db, async (tx) => {
    const found = await tx.webhookEvent.findUnique({ where: { id } })
    if (!found) throw invalidInput('id', `there is no event ${id}`)
    const event = await tx.webhookEvent.update({ where: { id }, data: { status: 'RECEIVED', lastError: null, processedAt: null } })
    await enqueue(
      tx,
      'processWebhook',
      { eventId: String(id) },
      `processWebhook:${id}`,
      event.subject ? { queue: `${event.source}:${event.subject}` } : {},
    )
    await appendAuditEntry(tx, {
      by,
      action: 'replayWebhookEvent',
      subject: `webhook:${id}`,
      details: { name: event.name },
      at: clock.now(),
    })
    return event
  })
}
