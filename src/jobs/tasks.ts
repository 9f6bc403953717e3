import type { TaskList } from 'graphile-worker'
import type { Tasks } from '../database/enqueue.js'
import type { Documents } from '../invoices/documents.js'

type Work = { [T in keyof Tasks]: (payload: Tasks[T]) => Promise<unknown> }

/** Background work by its name. Every task may run twice, and the second run changes nothing. */
export function createTasks(documents: Documents): TaskList {
  const work: Work = {
    drawDocument: ({ invoiceId }) => documents.of(invoiceId),
  }
  const tasks = Object.entries(work).map(([name, run]) => [name, async (payload: unknown) => void (await run(payload as never))])
  return Object.fromEntries(tasks)
}
