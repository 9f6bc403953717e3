import { stringifyWithIds } from '../../core/json-ids.js'
import type { Transaction } from '../../platform/postgres/client.js'
import { bind } from '../../platform/postgres/statement.js'
import { type LateWrite, writeAtEnd } from '../../platform/postgres/write-at-end.js'
import { type Principal, principalName } from '../identity/index.js'
import { INSERT_AUDIT_ENTRIES } from './audit.statements.js'

/** An actor other than the sender of a request: the payment provider, the command line on the server, or a rule of billing. */
interface SystemActor {
  system: 'provider' | 'terminal' | 'rule'
}

export type Actor = Principal | SystemActor

export const PROVIDER: Actor = { system: 'provider' }
export const TERMINAL: Actor = { system: 'terminal' }
/** For what follows from a rule, without a request. */
export const RULE: Actor = { system: 'rule' }

interface NewAuditEntry {
  actor: Actor
  /** The GraphQL name of the mutation, or the name of the event. */
  action: string
  /** The subject of the action, such as "user:55" or "plan:3". */
  subject: string
  /** A bigint is an id; amounts are text. */
  details: Record<string, string | number | bigint | boolean | null>
  at: Date
}

export function actorName(actor: Actor): string {
  return 'system' in actor ? actor.system : principalName(actor)
}

const LATE_ENTRIES: LateWrite<NewAuditEntry> = {
  bind: (entries) =>
    bind(INSERT_AUDIT_ENTRIES, {
      entryTimes: entries.map(({ at }) => at),
      entryActors: entries.map(({ actor }) => actorName(actor)),
      entryActions: entries.map(({ action }) => action),
      entrySubjects: entries.map(({ subject }) => subject),
      entryDetails: entries.map(({ details }) => stringifyWithIds(details)),
    }),
}

export async function recordAuditEntry(tx: Transaction, entry: NewAuditEntry): Promise<void> {
  await writeAtEnd(tx, LATE_ENTRIES, [entry])
}
