import type { PageRequest } from '../../core/pagination.js'
import type { Database } from './client.js'
import { Prisma } from './generated/client.js'
import type { RawQuery } from './raw-query.js'

/** A table scope rows belong to customers. The names are constants of the code, never input of a client. */
export interface CustomerTable {
  readonly table: 'orders' | 'invoices'
  readonly time: 'placed_at' | 'issued_at'
  /** The name of the time column in the result. */
  readonly timeField: 'placedAt' | 'issuedAt'
}

/**
 * The rows to list: all, those of one organisation, or those of a user and of the
 * organisations that the user manages.
 */
export type ListScope = 'everybody' | { organisationId: string } | { userId: string }

/** An additional condition on the columns of a row. */
export type SqlCondition = Prisma.Sql

/**
 * Reads the rows of a page, newest first, and one more row when more exist. The page of a user merges one
 * index scan per customer, each limited to a page, so its cost does not grow with the table.
 * @param columns  of the table with the names that `R` has for them, including `id` and the time
 */
export function readVisibleRows<R extends object>(
  read: RawQuery,
  rows: CustomerTable,
  columns: Prisma.Sql,
  scope: ListScope,
  request: PageRequest,
  condition: SqlCondition,
): Promise<R[]> {
  const direction = Prisma.raw(request.backward ? 'ASC' : 'DESC')
  const [time, timeField] = [Prisma.raw(rows.time), Prisma.raw(`"${rows.timeField}"`)]
  const limit = Prisma.sql`LIMIT ${request.size + 1}`
  const where = Prisma.sql`${condition} ${cursorCondition(time, request)}`
  const order = Prisma.sql`ORDER BY ${time} ${direction}, id ${direction} ${limit}`
  return read<R>(Prisma.sql`
    SELECT * FROM (${unionBranches(rows, columns, scope, where, order)}) AS visible ORDER BY ${timeField} ${direction}, id ${direction} ${limit}`)
}

export async function countVisibleRows(db: Database, rows: CustomerTable, scope: ListScope, condition: SqlCondition): Promise<number> {
  const found = await db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS count FROM (${unionBranches(rows, Prisma.sql`id`, scope, condition, Prisma.empty)}) AS visible`
  return Number(found[0]?.count ?? 0)
}

/** Users or organisations whose rows are read together. */
export interface CustomerIds {
  readonly column: 'user_id' | 'organisation_id'
  readonly ids: readonly string[]
}

/**
 * Reads a page for each of many customers with one statement, as `readVisibleRows` reads one page. The rows of a user
 * are those without an organisation.
 * @returns the rows of all pages, each with the id of its customer; those of one customer in the order of reading
 */
export function readCustomerPages<R extends object>(
  read: RawQuery,
  rows: CustomerTable,
  columns: Prisma.Sql,
  customers: CustomerIds,
  request: PageRequest,
  condition: SqlCondition,
): Promise<(R & { customerId: string })[]> {
  const direction = Prisma.raw(request.backward ? 'ASC' : 'DESC')
  const [time, timeField] = [Prisma.raw(rows.time), Prisma.raw(`"${rows.timeField}"`)]
  const customerTable = Prisma.raw(customers.column === 'user_id' ? 'users' : 'organisations')
  return read(Prisma.sql`
    SELECT customers.id AS "customerId", page.* FROM ${customerTable} AS customers
    CROSS JOIN LATERAL (
      SELECT ${columns} FROM ${Prisma.raw(rows.table)}
      WHERE ${ownedBy(customers, Prisma.sql`= customers.id`)} ${condition} ${cursorCondition(time, request)}
      ORDER BY ${time} ${direction}, id ${direction} LIMIT ${request.size + 1}) AS page
    WHERE customers.id = ANY (${[...customers.ids]}::text[])
    ORDER BY page.${timeField} ${direction}, page.id ${direction}`)
}

/** Counts the rows of each of many customers with one statement. Customers without rows are missing in the result. */
export async function countCustomerRows(
  read: RawQuery,
  { table }: CustomerTable,
  customers: CustomerIds,
  condition: SqlCondition,
): Promise<{ customerId: string; count: bigint }[]> {
  const column = Prisma.raw(customers.column)
  return read(Prisma.sql`
    SELECT ${column} AS "customerId", count(*) AS count FROM ${Prisma.raw(table)}
    WHERE ${ownedBy(customers, Prisma.sql`= ANY (${[...customers.ids]}::text[])`)} ${condition} GROUP BY ${column}`)
}

function ownedBy({ column }: CustomerIds, comparison: Prisma.Sql): Prisma.Sql {
  const own = column === 'user_id' ? Prisma.sql`AND organisation_id IS NULL` : Prisma.empty
  return Prisma.sql`${Prisma.raw(column)} ${comparison} ${own}`
}

function unionBranches({ table }: CustomerTable, columns: Prisma.Sql, scope: ListScope, where: Prisma.Sql, order: Prisma.Sql): Prisma.Sql {
  const select = Prisma.sql`SELECT ${columns} FROM ${Prisma.raw(table)}`
  if (scope === 'everybody') return Prisma.sql`${select} WHERE true ${where} ${order}`
  if ('organisationId' in scope) {
    return Prisma.sql`${select} WHERE organisation_id = ${scope.organisationId} ${where} ${order}`
  }
  // The first branch already contains the rows that the user has created for an organisation.
  return Prisma.sql`
    (${select} WHERE user_id = ${scope.userId} ${where} ${order})
    UNION ALL
    (SELECT managed.* FROM memberships
     CROSS JOIN LATERAL (
       ${select} WHERE organisation_id = memberships.organisation_id AND ${Prisma.raw(table)}.user_id <> ${scope.userId} ${where} ${order}) AS managed
     WHERE memberships.user_id = ${scope.userId} AND memberships.role IN ('OWNER', 'ADMIN'))`
}

function cursorCondition(time: Prisma.Sql, { after, before }: PageRequest): Prisma.Sql {
  const older = after ? Prisma.sql`AND (${time}, id) < (${after.at}, ${after.id})` : Prisma.empty
  const newer = before ? Prisma.sql`AND (${time}, id) > (${before.at}, ${before.id})` : Prisma.empty
  return Prisma.sql`${older} ${newer}`
}
