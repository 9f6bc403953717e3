import { invalidInputError } from '../../../core/errors.js'
import { type ConnectionArguments, readPageById } from '../../../core/pagination.js'
import { enqueue, queueName } from '../../../platform/jobs/queue.js'
import type { Database, Transaction } from '../../../platform/postgres/client.js'
import type { WebhookEvent } from '../../../platform/postgres/generated/client.js'
import { readBatches } from '../../../platform/postgres/read-batches.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../../audit/index.js'
import type { UserPrincipal } from '../../identity/index.js'
import type { Services } from '../../services.js'
import { PROCESS_WEBHOOK } from '../payment.jobs.js'
import type { WebhookEventStatus } from './webhook-event.enums.js'

/** Lists events, newest first. */
export async function listWebhookEvents(db: Database, pageArguments: ConnectionArguments, status?: WebhookEventStatus | null) {
  const filter = status ? { status } : {}
  const page = await readPageById(pageArguments, {
    read: ({ where, ...query }) => db.webhookEvent.findMany({ where: { ...where, ...filter }, ...query }),
    timeOf: (event) => event.receivedAt,
  })
  return { ...page, count: () => db.webhookEvent.count({ where: filter }) }
}

/** Enqueues the job of a stored event. Events of the same subject are processed one after another. */
export async function enqueueProcessing(
  tx: Transaction,
  { id, source, subject }: Pick<WebhookEvent, 'id' | 'source' | 'subject'>,
): Promise<void> {
  const options = subject === null ? {} : { queue: queueName(source, subject) }
  await enqueue(tx, PROCESS_WEBHOOK, { eventId: String(id) }, `${PROCESS_WEBHOOK.name}:${id}`, options)
}

/** Processes an event again, whatever its status. @throws BAD_USER_INPUT when it does not exist */
export async function replayWebhookEvent(
  { db, clock }: Pick<Services, 'clock' | 'db'>,
  principal: UserPrincipal,
  id: bigint,
): Promise<WebhookEvent> {
  return runTransaction(db, async (tx) => {
    const found = await tx.webhookEvent.findUnique({ where: { id } })
    if (!found) throw invalidInputError('id', `event ${id} does not exist`)
    const event = await tx.webhookEvent.update({ where: { id }, data: { status: 'RECEIVED', lastError: null, processedAt: null } })
    await enqueueProcessing(tx, event)
    await recordAuditEntry(tx, {
      actor: principal,
      action: 'replayWebhookEvent',
      subject: `webhook:${id}`,
      details: { name: event.name },
      at: clock.now(),
    })
    return event
  })
}

const PARKED_BATCH_SIZE = 100

type ParkedEvent = Pick<WebhookEvent, 'id' | 'source' | 'subject'>

/** Retries the events that were parked because their subject was unknown. */
export async function retryParkedEvents(tx: Transaction, subjects: readonly string[]): Promise<void> {
  const read = (last: ParkedEvent | undefined) => tx.$queryRaw<ParkedEvent[]>`
    SELECT id, source, subject FROM webhook_events
    WHERE status = 'PARKED' AND subject = ANY (${subjects}::text[]) AND id > ${last?.id ?? 0n}::bigint
    ORDER BY id LIMIT ${PARKED_BATCH_SIZE}`
  for await (const batch of readBatches(PARKED_BATCH_SIZE, read)) {
    for (const event of batch) await enqueueProcessing(tx, event)
  }
}
