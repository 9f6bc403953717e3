import { Prisma } from './generated/client.js'
import type { RawQuery } from './raw-query.js'
import type { Types } from './statement.js'

/** Reads rows that are made of the values of their columns. */
interface ColumnReader {
  /** One array for each column. */
  readonly selection: Prisma.Sql
  readonly bigints: readonly string[]
  readonly columns: readonly (readonly [name: string, parse: ((json: unknown) => unknown) | undefined])[]
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
    const reader = readerFor(types)
    const [arrays = {}] = await read<Arrays>(Prisma.sql`SELECT ${reader.selection} FROM (${statement}) AS listed`)
    return isExact(reader, arrays) ? (toRows(reader, arrays) as R[]) : read<R>(statement)
  }
}

function readerFor(types: Types): ColumnReader {
  const existing = readers.get(types)
  if (existing) return existing
  const entries = Object.entries(types)
  const reader = {
    selection: Prisma.raw(entries.map(([name]) => `json_agg("${name}") AS "${name}"`).join(', ')),
    bigints: entries.flatMap(([name, { sql }]) => (sql === 'bigint' ? [name] : [])),
    columns: entries.map(([name, { sql }]) => [name, PARSERS[sql]] as const),
  }
  readers.set(types, reader)
  return reader
}

/** By the type in SQL. Other values are in JSON as they are in rows. */
const PARSERS: Readonly<Record<string, (json: unknown) => unknown>> = {
  bigint: (json) => (json === null ? null : BigInt(json as number)),
  timestamptz: (json) => (json === null ? null : new Date(json as string)),
}

/** Whether no number was rounded when its JSON was parsed. Ids and amounts are far below 2^53. */
function isExact({ bigints }: ColumnReader, arrays: Arrays): boolean {
  return bigints.every((name) => arrays[name]?.every((value) => value === null || Number.isSafeInteger(value)) ?? true)
}

function toRows({ columns }: ColumnReader, arrays: Arrays): Record<string, unknown>[] {
  const [[first] = ['']] = columns
  const rows: Record<string, unknown>[] = []
  // Without rows, the arrays are null.
  for (let index = 0; index < (arrays[first]?.length ?? 0); index += 1) {
    const row: Record<string, unknown> = {}
    for (const [name, parse] of columns) {
      const value = arrays[name]?.[index]
      row[name] = parse ? parse(value) : value
    }
    rows.push(row)
  }
  return rows
}
