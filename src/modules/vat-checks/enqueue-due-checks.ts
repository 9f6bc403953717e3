import { enqueueAll } from '../../platform/jobs/queue.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { CHECK_VAT_ID, checksVatIds, VAT_ID_QUEUE, vatIdCheckOf } from '../identity/index.js'
import type { Services } from '../services.js'
import { listDueCustomers } from './vat-check.queries.js'

/** What the queue can process in a minute if VIES responds within a second. More wait in the table, in order. */
const MAX_ENQUEUED_PER_MINUTE = 60

/** Enqueues the checks that are due: repetitions, and the first checks of imported and existing customers. */
export async function enqueueDueChecks({ db, clock, config }: Pick<Services, 'clock' | 'config' | 'db'>): Promise<void> {
  if (!checksVatIds(config.invoices.issuer)) return
  const customers = await listDueCustomers(db, clock.now(), MAX_ENQUEUED_PER_MINUTE)
  if (customers.length === 0) return
  // Customers who have just entered an id go first.
  const options = { queue: VAT_ID_QUEUE, isLowPriority: true }
  await runTransaction(db, (tx) => enqueueAll(tx, CHECK_VAT_ID, customers.map(vatIdCheckOf), options))
}
