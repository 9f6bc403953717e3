import { stringifyWithIds } from '../../core/json-ids.js'
import type { Transaction } from '../../platform/postgres/client.js'
import { jsonObject } from '../../platform/postgres/json.js'
import { type Principal, principalName } from '../identity/index.js'

/** An actor other than the sender of a request: the payment provider, or the command line on the server. */
interface SystemActor {
  system: 'provider' | 'terminal'
}

export type Actor = Principal | SystemActor

export const PROVIDER: Actor = { system: 'provider' }
export const TERMINAL: Actor = { system: 'terminal' }

interface NewAuditEntry {
  by: Actor
  /** The GraphQL name of the mutation, or the name of the event. */
  action: string
  /** The subject of the action, such as "user:55" or "plan:3". */
  subject: string
  /** A bigint is an id; amounts are text. */
  details: Record<string, string | number | bigint | boolean | null>
  at: Date
}

export function actorName(by: Actor): string {
  return 'system' in by ? by.system : principalName(by)
}

export async function recordAuditEntry(tx: Transaction, { by, action, subject, details, at }: NewAuditEntry): Promise<void> {
  const json = jsonObject.parse(JSON.parse(stringifyWithIds(details)))
  await tx.auditEntry.create({ data: { actor: actorName(by), action, subject, details: json, at } })
}
