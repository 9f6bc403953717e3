import { z } from 'zod'
import { type InputProblem, invalidInputsError } from '../../core/errors.js'
import { line, panelId, parseInput } from '../../core/input.js'
import { jsonCustomerId } from '../../core/json-ids.js'
import { sortByKeys } from '../../core/sort-by-keys.js'
import type { Database, Transaction } from '../../platform/postgres/client.js'
import type { Membership, Organisation, User } from '../../platform/postgres/generated/client.js'
import { runTransaction } from '../../platform/postgres/transaction.js'
import { OrganisationRole, type Principal, principalName } from '../identity/index.js'
import type { Services } from '../services.js'
import type { SetMembershipInput, UpsertOrganisationInput, UpsertUserInput } from './sync.type.js'

/** Maximum number of rows in one call. */
const MAX_ROWS_PER_CALL = 1000

const userSchema = z.object({ id: panelId(), email: z.email('must be an e-mail address').max(254).nullish(), name: line(200).nullish() })
const organisationSchema = z.object({ id: panelId(), name: line(200) })
const membershipSchema = z.object({ organisationId: panelId(), userId: panelId(), role: z.enum(OrganisationRole).nullish() })

const usersSchema = listWithoutDuplicates(userSchema, ({ id }) => id)
const organisationsSchema = listWithoutDuplicates(organisationSchema, ({ id }) => id)
const membershipsSchema = listWithoutDuplicates(membershipSchema, ({ organisationId, userId }) => `${organisationId}/${userId}`)

/** The principal; null for the import, which writes one audit log entry of its own. */
type SyncPrincipal = Principal | null
type SyncStore = Pick<Services, 'db' | 'clock'>

/** Path of the input of a mutation that has one row. */
const SINGLE = 'input'

/**
 * Creates or updates users. Omitted fields do not change.
 * @param prefix  path of the list, such as `input.users`; `input` for a single row
 * @returns the stored rows in the order of the input, including unchanged ones
 * @throws BAD_USER_INPUT with the positions of the invalid rows; nothing is stored then
 */
export async function upsertUsers(
  { db, clock }: SyncStore,
  principal: SyncPrincipal,
  input: readonly UpsertUserInput[],
  prefix = SINGLE,
): Promise<User[]> {
  const users = prefix === SINGLE ? input.map((row) => parseInput(userSchema, prefix, row)) : parseInput(usersSchema, prefix, input)
  const ids = users.map(({ id }) => id)
  await runTransaction(db, async (tx) => {
    const changed = await tx.$queryRaw<ChangedRow[]>`
    INSERT INTO users (id, email, name)
    SELECT * FROM unnest(${ids}::text[], ${users.map(({ email }) => email ?? null)}::text[],
      ${users.map(({ name }) => name ?? null)}::text[]) AS input (id, email, name) ORDER BY id
    ON CONFLICT (id) DO UPDATE SET email = COALESCE(excluded.email, users.email), name = COALESCE(excluded.name, users.name)
      WHERE (COALESCE(excluded.email, users.email), COALESCE(excluded.name, users.name)) IS DISTINCT FROM (users.email, users.name)
      RETURNING id`
    const entries = changed.map(({ id }) => ({ subject: `user:${id}`, details: {} }))
    await recordSync(tx, { actor: principal, action: 'upsertUsers', at: clock.now() }, entries)
  })
  return sortByKeys(ids, await db.user.findMany({ where: { id: { in: ids } } }), ({ id }) => id)
}

/** Creates or renames organisations. @throws BAD_USER_INPUT as upsertUsers does */
export async function upsertOrganisations(
  { db, clock }: SyncStore,
  principal: SyncPrincipal,
  input: readonly UpsertOrganisationInput[],
  prefix = SINGLE,
): Promise<Organisation[]> {
  const organisations =
    prefix === SINGLE ? input.map((row) => parseInput(organisationSchema, prefix, row)) : parseInput(organisationsSchema, prefix, input)
  const ids = organisations.map(({ id }) => id)
  await runTransaction(db, async (tx) => {
    const changed = await tx.$queryRaw<ChangedRow[]>`
    INSERT INTO organisations (id, name)
    SELECT * FROM unnest(${ids}::text[], ${organisations.map(({ name }) => name)}::text[])
      AS input (id, name) ORDER BY id
    ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE organisations.name <> excluded.name
    RETURNING id`
    const entries = changed.map(({ id }) => ({ subject: `organisation:${id}`, details: {} }))
    await recordSync(tx, { actor: principal, action: 'upsertOrganisations', at: clock.now() }, entries)
  })
  return sortByKeys(ids, await db.organisation.findMany({ where: { id: { in: ids } } }), ({ id }) => id)
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
  prefix = SINGLE,
): Promise<Membership[]> {
  const rows =
    prefix === SINGLE ? input.map((row) => parseInput(membershipSchema, prefix, row)) : parseInput(membershipsSchema, prefix, input)
  const pairs = rows.map(({ role = null, ...pair }) => ({ ...pair, role }))
  await runTransaction(db, async (tx) => {
    await assertExists(tx, pairs, prefix)
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

/** A list of rows with different keys: for two rows with the same key, it would be unclear which one is meant. */
function listWithoutDuplicates<T extends z.ZodType>(row: T, keyOf: (row: z.output<T>) => string) {
  const size = `must have 1 to ${MAX_ROWS_PER_CALL} entries`
  const reportDuplicates = (rows: z.output<T>[], context: z.RefinementCtx) => {
    const seen = new Set<string>()
    for (const [index, key] of rows.map(keyOf).entries()) {
      if (seen.has(key)) context.addIssue({ code: 'custom', path: [index], message: 'duplicate entry' })
      seen.add(key)
    }
  }
  return z
    .array(row)
    .min(1, size)
    .max(MAX_ROWS_PER_CALL, size)
    .superRefine(reportDuplicates, { when: () => true })
}

type MembershipIds = Pick<Membership, 'organisationId' | 'userId'>

/** @throws BAD_USER_INPUT naming every user and organisation that does not exist */
async function assertExists(tx: Transaction, pairs: readonly MembershipIds[], prefix: string): Promise<void> {
  const users = await tx.user.findMany({ where: { id: { in: pairs.map(({ userId }) => userId) } }, select: { id: true } })
  const organisations = await tx.organisation.findMany({
    where: { id: { in: pairs.map(({ organisationId }) => organisationId) } },
    select: { id: true },
  })
  const [existingUsers, existingOrganisations] = [users, organisations].map((rows) => new Set(rows.map(({ id }) => id)))
  const problems = pairs.flatMap(({ organisationId, userId }, index): InputProblem[] => {
    const field = prefix === SINGLE ? prefix : `${prefix}.${index}`
    const unknownUser = { field: `${field}.userId`, message: `user ${userId} does not exist; create it with upsertUser first` }
    const unknownOrganisation = {
      field: `${field}.organisationId`,
      message: `organisation ${organisationId} does not exist; create it with upsertOrganisation first`,
    }
    return [
      ...(existingUsers?.has(userId) ? [] : [unknownUser]),
      ...(existingOrganisations?.has(organisationId) ? [] : [unknownOrganisation]),
    ]
  })
  const [first, ...others] = problems
  if (first) throw invalidInputsError(first, others)
}
