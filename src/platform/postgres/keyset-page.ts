import type { PageRequest } from '../../core/pagination.js'
import type { Database } from './client.js'
import { Prisma } from './generated/client.js'
import type { RawQuery } from './raw-query.js'

/** Rows that belong to a holder: orders and invoices. Names are ours, never a client's. */
export interface CustomerTable {
  readonly table: 'orders' | 'invoices'
  readonly time: 'placed_at' | 'issued_at'
  /** The name of the time in the rows that are read. */
  readonly timeField: 'placedAt' | 'issuedAt'
}

/** Whose rows: everybody's, one organisation's, or a user's own with those of organisations the user manages. */
export type ListScope = 'everybody' | { organisationId: number } | { userId: number }

/** What else must hold for a row, as SQL over its columns. */
export type SqlCondition = Prisma.Sql

/**
 * The rows of a page, newest first, one more than asked for when there are more.
 * A user's page is a merge of one index scan for each holder, each stopped after a page: its cost does not grow with the table.
 * @param columns  of the table, under the names that `R` has for them, `id` and the time among them
 */
export function readVisibleRows<R extends object>(
  read: RawQuery,
  rows: CustomerTable,
  columns: Prisma.Sql,
  whose: ListScope,
  request: PageRequest,
  condition: SqlCondition,
): Promise<R[]> {
  const direction = Prisma.raw(request.backward ? 'ASC' : 'DESC')
  const [time, timeField] = [Prisma.raw(rows.time), Prisma.raw(`"${rows.timeField}"`)]
  const limit = Prisma.sql`LIMIT ${request.size + 1}`
  const where = Prisma.sql`${condition} ${cursorCondition(time, request)}`
  const order = Prisma.sql`ORDER BY ${time} ${direction}, id ${direction} ${limit}`
  return read<R>(Prisma.sql`
    SELECT * FROM (${unionBranches(rows, columns, whose, where, order)}) AS visible ORDER BY ${timeField} ${direction}, id ${direction} ${limit}`)
}

export async function countVisibleRows(db: Database, rows: CustomerTable, whose: ListScope, condition: SqlCondition): Promise<number> {
  const found = await db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS count FROM (${unionBranches(rows, Prisma.sql`id`, whose, condition, Prisma.empty)}) AS visible`
  return Number(found[0]?.count ?? 0)
}

function unionBranches({ table }: CustomerTable, columns: Prisma.Sql, whose: ListScope, where: Prisma.Sql, order: Prisma.Sql): Prisma.Sql {
  const select = Prisma.sql`SELECT ${columns} FROM ${Prisma.raw(table)}`
  if (whose === 'everybody') return Prisma.sql`${select} WHERE true ${where} ${order}`
  if ('organisationId' in whose) {
    return Prisma.sql`${select} WHERE organisation_id = ${whose.organisationId} ${where} ${order}`
  }
  // What the viewer has bought for an organisation is the viewer's own already.
  return Prisma.sql`
    (${select} WHERE user_id = ${whose.userId} ${where} ${order})
    UNION ALL
    (SELECT theirs.* FROM memberships
     CROSS JOIN LATERAL (
       ${select} WHERE organisation_id = memberships.organisation_id AND ${Prisma.raw(table)}.user_id <> ${whose.userId} ${where} ${order}) AS theirs
     WHERE memberships.user_id = ${whose.userId} AND memberships.role IN ('OWNER', 'ADMIN'))`
}

function cursorCondition(time: Prisma.Sql, { after, before }: PageRequest): Prisma.Sql {
  const older = after ? Prisma.sql`AND (${time}, id) < (${after.at}, ${after.id})` : Prisma.empty
  const newer = before ? Prisma.sql`AND (${time}, id) > (${before.at}, ${before.id})` : Prisma.empty
  return Prisma.sql`${older} ${newer}`
}
