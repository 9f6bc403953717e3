import { Prisma } from './generated/client.js'
import type { RawQuery } from './raw-query.js'
import type { Types } from './statement.js'

/** Reads rows that are made of the values of their columns. */
interface ColumnReader {
  /** One array for each column. */
  readonly selection: Prisma.Sql
  readonly columns: readonly (readonly [name: string, fromJson: (json: unknown) => unknown])[]
}

type Arrays = Readonly<Record<string, readonly unknown[] | null>>

/** By the types, which are the same object while an operation is cached. */
const readers = new WeakMap<Types, ColumnReader>()

/**
 * Reads the rows of a list as one JSON array for each column. This takes half of the time in this process, which otherwise
 * decodes every value of every row separately, and little more in PostgreSQL. The rows are the same, in the same order.
 * @param types  of the columns that are read, by their names in the rows
 */
export function readByColumn(read: RawQuery, types: Types): RawQuery {
  return async <R extends object>(statement: Prisma.Sql) => {
    const { selection, columns } = readerFor(types)
    const [arrays = {}] = await read<Arrays>(Prisma.sql`SELECT ${selection} FROM (${statement}) AS listed`)
    return toRows(columns, arrays) as R[]
  }
}

function readerFor(types: Types): ColumnReader {
  const existing = readers.get(types)
  if (existing) return existing
  const entries = Object.entries(types)
  const reader = {
    selection: Prisma.raw(entries.map(([name, { toJson }]) => `json_agg(${toJson(`"${name}"`)}) AS "${name}"`).join(', ')),
    columns: entries.map(([name, { fromJson }]) => [name, fromJson] as const),
  }
  readers.set(types, reader)
  return reader
}

function toRows(columns: ColumnReader['columns'], arrays: Arrays): Record<string, unknown>[] {
  const [[first] = ['']] = columns
  const rows: Record<string, unknown>[] = []
  // Without rows, the arrays are null.
  for (let index = 0; index < (arrays[first]?.length ?? 0); index += 1) {
    const row: Record<string, unknown> = {}
    for (const [name, fromJson] of columns) row[name] = fromJson(arrays[name]?.[index])
    rows.push(row)
  }
  return rows
}
