import { DAY_MS } from '../../core/duration.js'
import { Prisma } from '../../platform/postgres/generated/client.js'
import type { Services } from '../services.js'
import { AGES, buildReceivables, type ReceivableSum, type ReceivablesRow } from './receivables.rules.js'

/** The open invoices of all customers by currency and by how long they are overdue. */
export async function readReceivables({ clock, rawQuery }: Pick<Services, 'clock' | 'rawQuery'>): Promise<ReceivablesRow[]> {
  const now = clock.now().getTime()
  // Of each age but the first, so that the number of those that match is the index of the age.
  const hasAge = AGES.filter((days) => days !== null).map(
    (days) => Prisma.sql`(due_at <= ${new Date(now - days * DAY_MS).toISOString()}::timestamptz)::int`,
  )
  const sums = await rawQuery<ReceivableSum>(Prisma.sql`
    SELECT currency, ${Prisma.join(hasAge, ' + ')} AS age, count(*)::int AS count, sum(total - credited_total - paid_total)::bigint AS amount
    FROM invoices WHERE status = 'OPEN' GROUP BY 1, 2`)
  return buildReceivables(sums)
}
