import { z } from 'zod'
import { invalidInputError } from '../../core/errors.js'
import { parsePanelId } from '../../core/ids.js'
import { line, parseInput } from '../../core/input.js'
import { jsonCustomerId } from '../../core/json-ids.js'
import type { Database, Transaction } from '../../platform/postgres/client.js'
import type { Membership, Organisation, User } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { OrganisationRole, type Principal, principalName } from '../identity/index.js'
import type { Services } from '../services.js'
import type { SetMembershipInput, UpsertOrganisationInput, UpsertUserInput } from './sync.type.js'

/** Maximum number of rows in one call. */
const MAX_ROWS_PER_CALL = 1000

const userSchema = z.object({ id: z.string(), email: z.email('must be an e-mail address').max(254).nullish(), name: line(200).nullish() })
const organisationSchema = z.object({ id: z.string(), name: line(200) })
const membershipSchema = z.object({ organisationId: z.string(), userId: z.string(), role: z.enum(OrganisationRole).nullish() })

/** The principal; null for the import, which writes one audit log entry of its own. */
type SyncPrincipal = Principal | null
type SyncStore = Pick<Services, 'db' | 'clock'>

/**
 * Creates or updates users. Omitted fields do not change.
 * @throws BAD_USER_INPUT with the position of the invalid row; nothing is stored then
 */
export async function upsertUsers(
  { db, clock }: SyncStore,
  principal: SyncPrincipal,
  input: readonly UpsertUserInput[],
  prefix = 'input',
): Promise<User[]> {
  const users = parseAll(userSchema, prefix, input, ({ id }, field) => [parsePanelId(`${field}.id`, id)])
  const ids = users.flatMap((row) => row.ids)
  await runTransaction(db, async (tx) => {
    const changed = await tx.$queryRaw<ChangedRow[]>`
    INSERT INTO users (id, email, name)
    SELECT * FROM unnest(${users.map(({ ids: [id] }) => id)}::text[], ${users.map(({ email }) => email ?? null)}::text[],
      ${users.map(({ name }) => name ?? null)}::text[]) AS input (id, email, name) ORDER BY id
    ON CONFLICT (id) DO UPDATE SET email = COALESCE(excluded.email, users.email), name = COALESCE(excluded.name, users.name)
      WHERE (COALESCE(excluded.email, users.email), COALESCE(excluded.name, users.name)) IS DISTINCT FROM (users.email, users.name)
      RETURNING id`
    const entries = changed.map(({ id }) => ({ subject: `user:${id}`, details: {} }))
    await recordSync(tx, { actor: principal, action: 'upsertUsers', at: clock.now() }, entries)
  })
  return sortByKey(ids, await db.user.findMany({ where: { id: { in: ids } } }))
}

/** Creates or renames organisations. @throws BAD_USER_INPUT as upsertUsers does */
export async function upsertOrganisations(
  { db, clock }: SyncStore,
  principal: SyncPrincipal,
  input: readonly UpsertOrganisationInput[],
  prefix = 'input',
): Promise<Organisation[]> {
  const organisations = parseAll(organisationSchema, prefix, input, ({ id }, field) => [parsePanelId(`${field}.id`, id)])
  const ids = organisations.flatMap((row) => row.ids)
  await runTransaction(db, async (tx) => {
    const changed = await tx.$queryRaw<ChangedRow[]>`
    INSERT INTO organisations (id, name)
    SELECT * FROM unnest(${organisations.map(({ ids: [id] }) => id)}::text[], ${organisations.map(({ name }) => name)}::text[])
      AS input (id, name) ORDER BY id
    ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE organisations.name <> excluded.name
    RETURNING id`
    const entries = changed.map(({ id }) => ({ subject: `organisation:${id}`, details: {} }))
    await recordSync(tx, { actor: principal, action: 'upsertOrganisations', at: clock.now() }, entries)
  })
  return sortByKey(ids, await db.organisation.findMany({ where: { id: { in: ids } } }))
}

/**
 * Sets or ends memberships.
 * @returns the memberships as they are stored, in the order of the input, without those that were ended
 * @throws BAD_USER_INPUT also if a user or an organisation does not exist
 */
export async function setMemberships(
  { db, clock }: SyncStore,
  principal: SyncPrincipal,
  input: readonly SetMembershipInput[],
  prefix = 'input',
): Promise<Membership[]> {
  const rows = parseAll(membershipSchema, prefix, input, ({ organisationId, userId }, field) => [
    parsePanelId(`${field}.organisationId`, organisationId),
    parsePanelId(`${field}.userId`, userId),
  ])
  const pairs = rows.map(({ ids: [organisationId = '', userId = ''], role }) => ({ organisationId, userId, role: role ?? null }))
  await runTransaction(db, async (tx) => {
    await assertExists(tx, pairs, prefix, input.length)
    const columnsOf = (list: typeof pairs) => [list.map(({ organisationId }) => organisationId), list.map(({ userId }) => userId)] as const
    const [endedOrganisations, endedUsers] = columnsOf(pairs.filter(({ role }) => role === null))
    const ended = await tx.$queryRaw<MembershipKey[]>`
      DELETE FROM memberships USING unnest(${endedOrganisations}::text[], ${endedUsers}::text[]) AS input (organisation_id, user_id)
      WHERE memberships.organisation_id = input.organisation_id AND memberships.user_id = input.user_id
      RETURNING memberships.organisation_id AS "organisationId", memberships.user_id AS "userId", NULL AS role`
    const active = pairs.filter(({ role }) => role !== null)
    const [activeOrganisations, activeUsers] = columnsOf(active)
    const changed = await tx.$queryRaw<MembershipKey[]>`
      INSERT INTO memberships (organisation_id, user_id, role)
      SELECT organisation_id, user_id, role
      FROM unnest(${activeOrganisations}::text[], ${activeUsers}::text[], ${active.map(({ role }) => role)}::text[])
        AS input (organisation_id, user_id, role)
      ORDER BY organisation_id, user_id
      ON CONFLICT (organisation_id, user_id) DO UPDATE SET role = excluded.role WHERE memberships.role <> excluded.role
      RETURNING organisation_id AS "organisationId", user_id AS "userId", role`
    const entries = [...ended, ...changed].map(({ organisationId, userId, role }) => ({
      subject: `organisation:${organisationId}`,
      details: { userId: jsonCustomerId(userId), role },
    }))
    await recordSync(tx, { actor: principal, action: 'setMemberships', at: clock.now() }, entries)
  })
  return listStored(db, pairs)
}

async function listStored(db: Database, pairs: readonly Pick<Membership, 'organisationId' | 'userId'>[]): Promise<Membership[]> {
  const [organisationIds, userIds] = [pairs.map(({ organisationId }) => organisationId), pairs.map(({ userId }) => userId)]
  return db.$queryRaw<Membership[]>`
    SELECT organisation_id AS "organisationId", user_id AS "userId", role FROM memberships
    JOIN unnest(${organisationIds}::text[], ${userIds}::text[]) WITH ORDINALITY AS input (organisation_id, user_id, position)
      USING (organisation_id, user_id)
    ORDER BY position`
}

/** A row that was inserted or updated. Unchanged rows get no entry in the audit log. */
interface ChangedRow {
  id: string
}

interface MembershipKey {
  organisationId: string
  userId: string
  role: string | null
}

interface SyncAuditEntry {
  subject: string
  details: Record<string, string | number | null>
}

interface AuditContext {
  actor: SyncPrincipal
  action: string
  at: Date
}

async function recordSync(tx: Transaction, { actor, action, at }: AuditContext, entries: readonly SyncAuditEntry[]): Promise<void> {
  if (!actor) return
  await tx.auditEntry.createMany({ data: entries.map((entry) => ({ ...entry, actor: principalName(actor), action, at })) })
}

type SyncedRow<T> = T & { ids: string[] }

/**
 * Parses a list without duplicates.
 * @param prefix  path of the list; errors name `input` without an index for a single call
 */
function parseAll<T extends z.ZodType<object>>(
  schema: T,
  prefix: string,
  input: readonly unknown[],
  idsOf: (entry: z.output<T>, field: string) => string[],
): SyncedRow<z.output<T>>[] {
  if (input.length < 1 || input.length > MAX_ROWS_PER_CALL) throw invalidInputError(prefix, `must have 1 to ${MAX_ROWS_PER_CALL} entries`)
  const seen = new Set<string>()
  return input.map((entry, index) => {
    const field = fieldAt(prefix, index, input.length)
    const parsed = parseInput(schema, field, entry)
    const ids = idsOf(parsed, field)
    if (seen.has(ids.join())) throw invalidInputError(field, 'duplicate entry')
    seen.add(ids.join())
    return { ...parsed, ids }
  })
}

function fieldAt(prefix: string, index: number, length: number): string {
  return prefix === 'input' && length === 1 ? prefix : `${prefix}[${index}]`
}

async function assertExists(
  tx: Transaction,
  pairs: readonly { organisationId: string; userId: string }[],
  prefix: string,
  length: number,
): Promise<void> {
  const users = await tx.user.findMany({ where: { id: { in: pairs.map(({ userId }) => userId) } }, select: { id: true } })
  const organisations = await tx.organisation.findMany({
    where: { id: { in: pairs.map(({ organisationId }) => organisationId) } },
    select: { id: true },
  })
  const existingUsers = new Set(users.map(({ id }) => id))
  const existingOrganisations = new Set(organisations.map(({ id }) => id))
  for (const [index, { organisationId, userId }] of pairs.entries()) {
    const field = fieldAt(prefix, index, length)
    if (!existingUsers.has(userId))
      throw invalidInputError(`${field}.userId`, `user ${userId} does not exist; create it with upsertUser first`)
    if (!existingOrganisations.has(organisationId)) {
      throw invalidInputError(
        `${field}.organisationId`,
        `organisation ${organisationId} does not exist; create it with upsertOrganisation first`,
      )
    }
  }
}

function sortByKey<R extends { id: string }>(ids: readonly string[], rows: readonly R[]): R[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}
