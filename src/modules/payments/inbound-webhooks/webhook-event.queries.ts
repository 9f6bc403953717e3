import { invalidInputError } from '../../../core/errors.js'
import { type ConnectionArguments, readPageById } from '../../../core/pagination.js'
import { enqueue } from '../../../platform/jobs/queue.js'
import type { Database } from '../../../platform/postgres/client.js'
import type { WebhookEvent } from '../../../platform/postgres/generated/client.js'
import type { WebhookEventStatus } from '../../../platform/postgres/generated/enums.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../../audit/index.js'
import type { UserPrincipal } from '../../identity/index.js'
import type { Services } from '../../services.js'

/** A page of events, newest first. */
export async function listWebhookEvents(db: Database, pageArguments: ConnectionArguments, status?: WebhookEventStatus | null) {
  const chosen = status ? { status } : {}
  const page = await readPageById(pageArguments, {
    read: ({ where, ...query }) => db.webhookEvent.findMany({ where: { ...where, ...chosen }, ...query }),
    timeOf: (event) => event.receivedAt,
  })
  return { ...page, count: () => db.webhookEvent.count({ where: chosen }) }
}

/** Processes an event again, whatever became of it. @throws BAD_USER_INPUT when there is none */
export async function replayWebhookEvent({ db, clock }: Services, by: UserPrincipal, id: number): Promise<WebhookEvent> {
  return runTransaction(db, async (tx) => {
    const found = await tx.webhookEvent.findUnique({ where: { id } })
    if (!found) throw invalidInputError('id', `there is no event ${id}`)
    const event = await tx.webhookEvent.update({ where: { id }, data: { status: 'RECEIVED', lastError: null, processedAt: null } })
    await enqueue(
      tx,
      'processWebhook',
      { eventId: String(id) },
      `processWebhook:${id}`,
      event.subject ? { queue: `${event.source}:${event.subject}` } : {},
    )
    await recordAuditEntry(tx, {
      by,
      action: 'replayWebhookEvent',
      subject: `webhook:${id}`,
      details: { name: event.name },
      at: clock.now(),
    })
    return event
  })
}
