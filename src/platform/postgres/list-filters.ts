import { invalidInputError } from '../../core/errors.js'
import type { RowFilter, RowSource } from './filtered-page.js'
import { Prisma } from './generated/client.js'

/** A filter for a column with a fixed set of values, such as a status. */
export interface ValueFilter {
  readonly column: Prisma.Sql
  readonly values: readonly string[]
}

/**
 * @param field  path of the filter, such as `filter.status`
 * @returns no filter if the values are omitted
 * @throws BAD_USER_INPUT for an empty list
 */
export function valueFilter(field: string, column: string, values: readonly string[] | null | undefined): ValueFilter[] {
  if (values == null) return []
  if (values.length === 0) throw invalidInputError(field, 'must contain at least one value; omit it to list all')
  return [{ column: Prisma.raw(column), values: [...new Set(values)] }]
}

/** @param from  inclusive @param to  exclusive */
export function timeRange(column: string, { from, to }: { from?: Date | null; to?: Date | null }): Prisma.Sql[] {
  const time = Prisma.raw(column)
  return [...(from ? [Prisma.sql`${time} >= ${from}`] : []), ...(to ? [Prisma.sql`${time} < ${to}`] : [])]
}

/**
 * Combines filters. Without sources, those of one value filter are used: an index has the rows of one value in the
 * sort order, but not those of several values.
 */
export function combineFilters({ sources, conditions }: RowFilter, [first, ...rest]: readonly ValueFilter[]): RowFilter {
  if (!first) return { sources, conditions }
  const isSource = sources === undefined
  const others = isSource ? rest : [first, ...rest]
  return {
    sources: sources ?? [valueSource(first)],
    conditions: [...conditions, ...others.map(({ column, values }) => Prisma.sql`${column} = ANY(${values}::text[])`)],
  }
}

function valueSource({ column, values }: ValueFilter): RowSource {
  return { from: Prisma.sql`unnest(${values}::text[]) AS source (value)`, match: Prisma.sql`${column} = source.value` }
}
