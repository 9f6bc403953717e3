import type { Database } from '../../../platform/postgres/client.js'
import { readBatches, runForEachRow } from '../../../platform/postgres/read-batches.js'
import { runTransaction } from '../../../platform/postgres/transaction.js'
import type { Customer } from '../../identity/index.js'
import type { Services } from '../../services.js'
import { type CollectionServices, lockUpToDate } from './settle-customer.js'

const COLLECTION_BATCH_SIZE = 500
/** Customers that are renewed at the same time. It keeps process and database busy, and leaves connections of the pool for requests. */
const AT_ONCE = 4

interface DueCollection extends Customer {
  readonly id: bigint
  readonly collectAt: Date
}

/**
 * Renews, suspends and ends the subscriptions that are collected by invoice, as far as it is due. One that fails does not
 * stop the others.
 * @throws AggregateError of the failures
 */
export async function collectDueSubscriptions(services: CollectionServices & Pick<Services, 'db'>): Promise<void> {
  const { db, clock } = services
  const until = clock.now()
  const read = (last: DueCollection | undefined) => listDue(db, until, last)
  const collect = ({ userId, organisationId }: DueCollection) =>
    runTransaction(db, async (tx) => {
      await lockUpToDate(tx, services, { userId, organisationId })
    })
  await runForEachRow(readBatches(COLLECTION_BATCH_SIZE, read), collect, 'subscriptions could not be renewed', { atOnce: AT_ONCE })
}

function listDue(db: Database, until: Date, last: DueCollection | undefined): Promise<DueCollection[]> {
  return db.$queryRaw<DueCollection[]>`
    SELECT id, collect_at AS "collectAt", user_id AS "userId", organisation_id AS "organisationId" FROM subscriptions
    WHERE collect_at <= ${until} AND (collect_at, id) > (${last?.collectAt.toISOString() ?? '-infinity'}::timestamptz, ${last?.id ?? 0n})
    ORDER BY collect_at, id LIMIT ${COLLECTION_BATCH_SIZE}`
}
