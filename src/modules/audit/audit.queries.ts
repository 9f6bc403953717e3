import { type ConnectionArguments, readPageById } from '../../core/pagination.js'
import type { Services } from '../services.js'

interface AuditFilter {
  subject?: string | null | undefined
  actor?: string | null | undefined
}

/** Newest first. */
export async function listAuditEntries({ db }: Services, { subject, actor }: AuditFilter, asked: ConnectionArguments) {
  const chosen = { ...(subject != null && { subject }), ...(actor != null && { actor }) }
  const page = await readPageById(asked, {
    read: ({ where, ...query }) => db.auditEntry.findMany({ where: { ...where, ...chosen }, ...query }),
    timeOf: ({ at }) => at,
  })
  return { ...page, count: () => db.auditEntry.count({ where: chosen }) }
}
