import { buildPage, type CountedPage, type PageRequest, type Position, withCount } from '../../core/pagination.js'
import { sortByKeys } from '../../core/sort-by-keys.js'
import { Prisma } from './generated/client.js'
import type { RawQuery } from './raw-query.js'

/** A list of all rows of a table. Names and expressions are constants of the code, never input of a client. */
export interface FilteredList<I> {
  readonly table:
    | 'users'
    | 'organisations'
    | 'orders'
    | 'invoices'
    | 'subscriptions'
    | 'refunds'
    | 'payments'
    | 'reported_payments'
    | 'waiting_invoices'
    | 'vat_ids'
    | 'mails'
    | 'event_deliveries'
  /** The rows are sorted by this expression and then by id. An index has both. */
  readonly sortKey: Prisma.Sql
  readonly descending: boolean
  /** The value of the sort key at a position. */
  readonly keyAt: (position: Position<I>) => Prisma.Sql
}

/** A list that is sorted by the time in a column. */
export function listByTime<I>(table: FilteredList<I>['table'], column: string, descending: boolean): FilteredList<I> {
  return { table, sortKey: Prisma.raw(column), descending, keyAt: ({ at }) => Prisma.sql`${at}` }
}

/**
 * Rows that an index finds for each row of `from`, which is called `source`. If the rows of `from` are few, a page
 * costs one short index scan for each of them, however many rows match.
 */
export interface RowSource {
  readonly from: Prisma.Sql
  readonly match: Prisma.Sql
}

export interface RowFilter {
  /** The rows of any of the sources; undefined means those of the whole table. */
  readonly sources?: readonly RowSource[] | undefined
  readonly conditions: readonly Prisma.Sql[]
}

/**
 * Reads the rows of a page in the order of reading, and one more row when more exist.
 * @param columns  of the table with the names that `R` has for them
 */
export function readFilteredRows<R extends object, I>(
  read: RawQuery,
  list: FilteredList<I>,
  columns: Prisma.Sql,
  filter: RowFilter,
  request: PageRequest<I>,
): Promise<R[]> {
  const direction = Prisma.raw(list.descending === request.backward ? 'ASC' : 'DESC')
  const order = (key: Prisma.Sql) => Prisma.sql`ORDER BY ${key} ${direction}, id ${direction} LIMIT ${request.size + 1}`
  const conditions = [...filter.conditions, ...cursorConditions(list, request)]
  const select = (selected: Prisma.Sql) =>
    selectRows(list, Prisma.sql`${list.sortKey} AS sort_key, ${selected}`, { ...filter, conditions }, order(list.sortKey))
  if (!filter.sources) return read<R>(select(columns))
  // Each source finds as many rows as the page has, so the columns, which may be subqueries, are read afterwards. With a
  // plain join, a generic plan could read the whole table.
  const table = Prisma.raw(list.table)
  return read<R>(Prisma.sql`
    SELECT page_row.*
    FROM (SELECT * FROM (${select(Prisma.sql`id`)}) AS found ${order(Prisma.sql`sort_key`)}) AS listed
    CROSS JOIN LATERAL (SELECT listed.sort_key, ${columns} FROM ${table} WHERE ${table}.id = listed.id LIMIT 1) AS page_row
    ORDER BY listed.sort_key ${direction}, listed.id ${direction}`)
}

interface FilteredPageOptions<R, I> {
  readonly list: FilteredList<I>
  readonly filter: RowFilter
  readonly request: PageRequest<I>
  /** Reads the rows with these ids, in any order. */
  readonly load: (ids: I[]) => Promise<R[]>
  readonly timeOf: (row: R) => Date
}

/** Reads the ids of a page and then its rows. */
export async function readFilteredPage<R extends { id: I }, I extends bigint | string>(
  read: RawQuery,
  { list, filter, request, load, timeOf }: FilteredPageOptions<R, I>,
): Promise<CountedPage<R>> {
  const found = await readFilteredRows<{ id: I }, I>(read, list, Prisma.sql`id`, filter, request)
  const ids = found.map(({ id }) => id)
  const rows = sortByKeys(ids, await load(ids), ({ id }) => id)
  const page = buildPage(request, rows, (row) => ({ at: timeOf(row), id: row.id }))
  return withCount(page, () => countFilteredRows(read, list, filter))
}

interface BatchOptions<R, I> {
  readonly list: FilteredList<I>
  readonly columns: Prisma.Sql
  readonly filter: RowFilter
  readonly size: number
  readonly positionOf: (row: R) => Position<I>
}

/**
 * Reads all rows of a list in batches. No connection is in use between two batches, so the consumer may be slow.
 * Rows with a higher id than the highest at the start are left out, so the list ends although rows are added.
 */
export async function* readFilteredBatches<R extends object>(
  read: RawQuery,
  { list, columns, filter, size, positionOf }: BatchOptions<R, bigint>,
): AsyncGenerator<R[]> {
  const [newest] = await read<{ id: bigint | null }>(Prisma.sql`SELECT max(id) AS id FROM ${Prisma.raw(list.table)}`)
  const bounded = { ...filter, conditions: [...filter.conditions, Prisma.sql`id <= ${newest?.id ?? 0n}`] }
  let after: Position | undefined
  for (;;) {
    // One row more than the page size is read, to detect another batch.
    const rows = await readFilteredRows<R, bigint>(read, list, columns, bounded, { size, backward: false, ...(after && { after }) })
    const batch = rows.slice(0, size)
    const last = batch.at(-1)
    if (!last) return
    yield batch
    if (rows.length <= size) return
    after = positionOf(last)
  }
}

export async function countFilteredRows<I>(read: RawQuery, list: FilteredList<I>, filter: RowFilter): Promise<number> {
  const rows = selectRows(list, Prisma.sql`id`, filter, Prisma.empty)
  const [found] = await read<{ count: bigint }>(Prisma.sql`SELECT count(*) AS count FROM (${rows}) AS listed`)
  return Number(found?.count ?? 0)
}

function selectRows<I>({ table }: FilteredList<I>, columns: Prisma.Sql, { sources, conditions }: RowFilter, tail: Prisma.Sql): Prisma.Sql {
  const select = (all: readonly Prisma.Sql[]) =>
    Prisma.sql`SELECT ${columns} FROM ${Prisma.raw(table)} ${all.length > 0 ? Prisma.sql`WHERE ${Prisma.join([...all], ' AND ')}` : Prisma.empty} ${tail}`
  if (!sources) return select(conditions)
  const branches = sources.map(
    ({ from, match }) => Prisma.sql`(SELECT found.* FROM ${from} CROSS JOIN LATERAL (${select([match, ...conditions])}) AS found)`,
  )
  // A row that several sources contain is listed once.
  return Prisma.join(branches, ' UNION ')
}

function cursorConditions<I>({ sortKey, descending, keyAt }: FilteredList<I>, { after, before }: PageRequest<I>): Prisma.Sql[] {
  const [follows, precedes] = [Prisma.raw(descending ? '<' : '>'), Prisma.raw(descending ? '>' : '<')]
  const compare = (operator: Prisma.Sql, position: Position<I>) =>
    Prisma.sql`(${sortKey}, id) ${operator} (${keyAt(position)}, ${position.id})`
  return [...(after ? [compare(follows, after)] : []), ...(before ? [compare(precedes, before)] : [])]
}
