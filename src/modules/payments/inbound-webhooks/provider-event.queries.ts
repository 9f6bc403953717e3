import { invalidInputError } from '../../../core/errors.js'
import { parseId } from '../../../core/ids.js'
import { assertStorable } from '../../../core/input.js'
import { type ConnectionArguments, readPageById } from '../../../core/pagination.js'
import type { TimeSort } from '../../../core/sort.type.js'
import { enqueue, queueName } from '../../../platform/jobs/queue.js'
import type { Database, Transaction } from '../../../platform/postgres/client.js'
import type { ProviderEvent } from '../../../platform/postgres/generated/client.js'
import { readBatches } from '../../../platform/postgres/read-batches.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import { recordAuditEntry } from '../../audit/index.js'
import type { UserPrincipal } from '../../identity/index.js'
import type { Services } from '../../services.js'
import { PROCESS_WEBHOOK } from '../payment.jobs.js'
import type { ReplayProviderEventInput } from '../payment.type.js'
import type { ProviderEventStatus } from './provider-event.enums.js'

interface ProviderEventFilter {
  status?: ProviderEventStatus | null | undefined
  subject?: string | null | undefined
}

/** Lists events, newest first by default. @throws BAD_USER_INPUT */
export async function listProviderEvents(
  db: Database,
  { status, subject }: ProviderEventFilter,
  pageArguments: ConnectionArguments,
  orderBy?: TimeSort | null,
) {
  assertStorable('subject', subject)
  const filter = { ...(status && { status }), ...(subject != null && { subject }) }
  const page = await readPageById(pageArguments, {
    read: ({ where, ...query }) => db.providerEvent.findMany({ where: { ...where, ...filter }, ...query }),
    timeOf: (event) => event.receivedAt,
    isOldestFirst: orderBy === 'OLDEST_FIRST',
  })
  return { ...page, count: () => db.providerEvent.count({ where: filter }) }
}

/** Enqueues the job of a stored event. Events of the same subject are processed one after another. */
export async function enqueueProcessing(
  tx: Transaction,
  { id, source, subject }: Pick<ProviderEvent, 'id' | 'source' | 'subject'>,
): Promise<void> {
  const options = subject === null ? {} : { queue: queueName(source, subject) }
  await enqueue(tx, PROCESS_WEBHOOK, { eventId: String(id) }, `${PROCESS_WEBHOOK.name}:${id}`, options)
}

/** Processes an event again, whatever its status. @throws BAD_USER_INPUT when it does not exist */
export async function replayProviderEvent(
  { db, clock }: Pick<Services, 'clock' | 'db'>,
  principal: UserPrincipal,
  { eventId }: ReplayProviderEventInput,
): Promise<ProviderEvent> {
  const id = parseId('input.eventId', eventId, 'ProviderEvent')
  return runTransaction(db, async (tx) => {
    const found = await tx.providerEvent.findUnique({ where: { id } })
    if (!found) throw invalidInputError('input.eventId', `event ${id} does not exist`)
    const event = await tx.providerEvent.update({ where: { id }, data: { status: 'RECEIVED', lastError: null, processedAt: null } })
    await enqueueProcessing(tx, event)
    await recordAuditEntry(tx, {
      actor: principal,
      action: 'replayProviderEvent',
      subject: `providerEvent:${id}`,
      details: { name: event.name },
      at: clock.now(),
    })
    return event
  })
}

const PARKED_BATCH_SIZE = 100

type ParkedEvent = Pick<ProviderEvent, 'id' | 'source' | 'subject'>

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
