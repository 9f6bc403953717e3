import type { Transaction } from '../database/client.js'
import { callerName, type Viewer } from '../identity/viewer.js'

/** Who acts where nobody has asked. */
interface System {
  system: 'provider'
}

export const PROVIDER: System = { system: 'provider' }

interface NewAuditEntry {
  by: Viewer | System
  /** The mutation, by its GraphQL name, or what happened. */
  action: string
  /** What it was done to, such as "user:55" or "plan:3". */
  subject: string
  details: Record<string, string | number | boolean | null>
  at: Date
}

export async function appendAuditEntry(tx: Transaction, { by, action, subject, details, at }: NewAuditEntry): Promise<void> {
  await tx.auditEntry.create({ data: { actor: 'system' in by ? by.system : callerName(by), action, subject, details, at } })
}
