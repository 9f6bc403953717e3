import { type Column, DataTable, Pagination } from '../../ui/data-table'
import { useLocale } from '../../ui/locale'
import { useTexts } from '../use-texts'
import classes from './blocks.module.css'
import { type Choice, type ListFilter, ListFilters } from './list-filters'
import { type ListValues, useListState } from './list-state'

const PAGE_SIZE = 20
const DESCENDING = '-'

type Value = string | number | null | undefined

export interface CompleteColumn<TRow> extends Column<TRow> {
  /** What the rows are sorted by. The search finds its text. */
  readonly value?: (row: TRow) => Value
}

/** A filter other than the search. */
export interface CompleteFilter<TRow> extends ListFilter {
  readonly matches: (row: TRow, chosen: string) => boolean
}

interface CompleteTableProps<TRow> {
  /** What the table contains, for screen readers. */
  label: string
  columns: readonly CompleteColumn<TRow>[]
  /** All of them, in the order of the API. */
  rows: readonly TRow[]
  rowKey: (row: TRow) => string
  filters?: readonly CompleteFilter<TRow>[]
  empty?: string
  /** Separates the tables of one page in the address. */
  prefix?: string
}

/**
 * A table of a list that the API returns as a whole, because it is short by its nature. It is searched, filtered, sorted
 * and divided into pages here; the address keeps how, as for a `List`.
 */
export function CompleteTable<TRow>({ label, columns, rows, rowKey, filters = [], empty, prefix = '' }: CompleteTableProps<TRow>) {
  const texts = useTexts()
  const { tag } = useLocale()
  const state = useListState(PAGE_SIZE, prefix)
  const sortable = columns.filter(({ value }) => value)
  const sorts: Choice[] = [
    { value: '', label: texts.givenOrder },
    ...sortable.flatMap(({ key, title }) => [
      { value: key, label: texts.ascending(title) },
      { value: `${DESCENDING}${key}`, label: texts.descending(title) },
    ]),
  ]
  const search: ListFilter = { name: 'search', label: texts.search, kind: 'search' }
  const isFiltered = [search, ...filters].some(({ name }) => state.values[name])
  const found = sortRows(findRows(rows, sortable, filters, state.values, tag), sortable, state.values.orderBy, tag)
  const start = startOf(state.page, found.length)
  const end = start + PAGE_SIZE
  return (
    <div className={classes.list}>
      {(rows.length > 1 || isFiltered) && <ListFilters label={label} filters={[search, ...filters]} sorts={sorts} state={state} />}
      <DataTable
        label={label}
        columns={columns}
        rows={found.slice(start, end)}
        rowKey={rowKey}
        empty={isFiltered ? texts.noMatches : (empty ?? texts.nothing)}
      />
      <Pagination
        label={label}
        pageInfo={{
          hasPreviousPage: start > 0,
          hasNextPage: end < found.length,
          startCursor: String(start),
          endCursor: String(end),
        }}
        pageSize={PAGE_SIZE}
        onChange={state.setPage}
      />
    </div>
  )
}

/** The first row of the page; the cursors in the address are positions. */
function startOf({ after, before }: { after?: string; before?: string }, count: number): number {
  const start = before === undefined ? Number(after ?? 0) : Number(before) - PAGE_SIZE
  return start > 0 && start < count ? start : 0
}

/** The rows that have every word of the search, whatever its case, and match every filter that is set. */
function findRows<TRow>(
  rows: readonly TRow[],
  columns: readonly CompleteColumn<TRow>[],
  filters: readonly CompleteFilter<TRow>[],
  values: ListValues,
  tag: string,
): TRow[] {
  const words = (values.search ?? '').toLocaleLowerCase(tag).split(/\s+/).filter(Boolean)
  const chosen = filters.flatMap(({ name, matches }) => (values[name] ? [{ matches, value: values[name] }] : []))
  return rows.filter((row) => {
    const text = columns
      .map(({ value }) => value?.(row) ?? '')
      .join(' ')
      .toLocaleLowerCase(tag)
    return words.every((word) => text.includes(word)) && chosen.every(({ matches, value }) => matches(row, value))
  })
}

/** @param orderBy  the key of a column, with a minus for descending; rows without a value come last */
function sortRows<TRow>(rows: TRow[], columns: readonly CompleteColumn<TRow>[], orderBy: string | undefined, tag: string): TRow[] {
  const isDescending = orderBy?.startsWith(DESCENDING) ?? false
  const value = columns.find(({ key }) => key === (isDescending ? orderBy?.slice(1) : orderBy))?.value
  if (!value) return rows
  const { compare } = new Intl.Collator(tag, { numeric: true, sensitivity: 'base' })
  const sign = isDescending ? -1 : 1
  return rows.toSorted((a, b) => {
    const [left, right] = [value(a), value(b)]
    if (left == null || right == null) return Number(left == null) - Number(right == null)
    return sign * (typeof left === 'number' && typeof right === 'number' ? left - right : compare(String(left), String(right)))
  })
}
