import type { PageRequest } from '../core/pagination.js'
import type { Database } from './client.js'
import { Prisma } from './generated/client.js'

/** Rows that belong to a holder: orders and invoices. Names are ours, never a client's. */
export interface HolderTable {
  readonly table: 'orders' | 'invoices'
  readonly time: 'placed_at' | 'issued_at'
}

/** Whose rows: everybody's, one organisation's, or a user's own with those of organisations the user manages. */
export type Whose = 'everybody' | { organisationId: number } | { userId: number }

/** What else must hold for a row, as SQL over its columns. */
export type Condition = Prisma.Sql

/**
 * Ids of a page, newest first, one more than asked for when there are more.
 * A user's page is a merge of one index scan for each holder, each stopped after a page: its cost does not grow with the table.
 */
export async function readVisible(
  db: Database,
  rows: HolderTable,
  whose: Whose,
  request: PageRequest,
  condition: Condition,
): Promise<number[]> {
  const direction = Prisma.raw(request.backward ? 'ASC' : 'DESC')
  const time = Prisma.raw(rows.time)
  const where = Prisma.sql`${condition} ${between(time, request)}`
  const order = Prisma.sql`ORDER BY ${time} ${direction}, id ${direction} LIMIT ${request.size + 1}`
  const found = await db.$queryRaw<{ id: number }[]>`
    SELECT id FROM (${branches(rows, whose, where, order)}) AS visible ${order}`
  return found.map(({ id }) => id)
}

export async function countVisible(db: Database, rows: HolderTable, whose: Whose, condition: Condition): Promise<number> {
  const found = await db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS count FROM (${branches(rows, whose, condition, Prisma.empty)}) AS visible`
  return Number(found[0]?.count ?? 0)
}

function branches({ table, time }: HolderTable, whose: Whose, where: Prisma.Sql, order: Prisma.Sql): Prisma.Sql {
  const select = Prisma.sql`SELECT id, ${Prisma.raw(time)} FROM ${Prisma.raw(table)}`
  if (whose === 'everybody') return Prisma.sql`${select} WHERE true ${where} ${order}`
  if ('organisationId' in whose) {
    return Prisma.sql`${select} WHERE organisation_id = ${whose.organisationId} ${where} ${order}`
  }
  return Prisma.sql`
    (${select} WHERE user_id = ${whose.userId} ${where} ${order})
    UNION
    (SELECT theirs.* FROM memberships
     CROSS JOIN LATERAL (${select} WHERE organisation_id = memberships.organisation_id ${where} ${order}) AS theirs
     WHERE memberships.user_id = ${whose.userId} AND memberships.role IN ('OWNER', 'ADMIN'))`
}

function between(time: Prisma.Sql, { after, before }: PageRequest): Prisma.Sql {
  const older = after ? Prisma.sql`AND (${time}, id) < (${after.at}, ${after.id})` : Prisma.empty
  const newer = before ? Prisma.sql`AND (${time}, id) > (${before.at}, ${before.id})` : Prisma.empty
  return Prisma.sql`${older} ${newer}`
}
