import { assertStorable } from '../../core/input.js'
import { type ConnectionArguments, readPageById } from '../../core/pagination.js'
import type { TimeSort } from '../../core/sort.type.js'
import { createOneByKeyLoader } from '../../platform/postgres/batch-loader.js'
import type { Services } from '../services.js'

interface AuditFilter {
  subject?: string | null | undefined
  actor?: string | null | undefined
}

/** Newest first by default. @throws BAD_USER_INPUT */
export async function listAuditEntries(
  { db }: Pick<Services, 'db'>,
  { subject, actor }: AuditFilter,
  page: ConnectionArguments,
  orderBy?: TimeSort | null,
) {
  for (const [field, value] of Object.entries({ subject, actor })) assertStorable(field, value)
  const matching = { ...(subject != null && { subject }), ...(actor != null && { actor }) }
  const result = await readPageById(page, {
    read: ({ where, ...query }) => db.auditEntry.findMany({ where: { ...where, ...matching }, ...query }),
    timeOf: ({ at }) => at,
    isOldestFirst: orderBy === 'OLDEST_FIRST',
  })
  return { ...result, count: () => db.auditEntry.count({ where: matching }) }
}

export const auditEntryLoader = ({ db }: Pick<Services, 'db'>) =>
  createOneByKeyLoader(
    (ids: bigint[]) => db.auditEntry.findMany({ where: { id: { in: ids } } }),
    (entry) => entry.id,
  )
