import type { Transaction } from '../database/client.js'
import { callerName, type Viewer } from '../identity/viewer.js'

interface NewAuditEntry {
  by: Viewer
  /** The mutation, by its GraphQL name. */
  action: string
  /** What it was done to, such as "user:55" or "plan:3". */
  subject: string
  details: Record<string, string | number | boolean | null>
  at: Date
}

export async function appendAuditEntry(tx: Transaction, { by, action, subject, details, at }: NewAuditEntry): Promise<void> {
  await tx.auditEntry.create({ data: { actor: callerName(by), action, subject, details, at } })
}
