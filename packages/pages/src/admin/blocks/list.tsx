import { Text } from '@mantine/core'
import { type Column, DataTable, type PageInfo, Pagination } from '../../ui/data-table'
import { useLoaded } from '../../ui/graphql'
import { LoadedContent } from '../../ui/loaded-content'
import { useLocale } from '../../ui/locale'
import type { PageOperation } from '../../ui/operation'
import { useTexts } from '../use-texts'
import classes from './blocks.module.css'
import { type Choice, type ListFilter, ListFilters } from './list-filters'
import { type ListValues, useListState } from './list-state'

const PAGE_SIZE = 20

export interface Connection<TRow> {
  readonly nodes: readonly TRow[]
  readonly pageInfo: PageInfo
  readonly totalCount: number
}

/** For an object that does not exist. */
export const NO_ENTRIES = { nodes: [], pageInfo: { hasNextPage: false, hasPreviousPage: false }, totalCount: 0 }

interface ListProps<TResult, TVariables, TRow> {
  /** What the table contains, for screen readers. */
  label: string
  operation: PageOperation<TResult, TVariables>
  connection: (data: TResult) => Connection<TRow>
  columns: readonly Column<TRow>[]
  rowKey?: (row: TRow) => string
  filters?: readonly ListFilter[]
  /** The values of `orderBy`; the first one is the default. */
  sorts?: readonly Choice[]
  /** The variables of the operation, without those of the page. */
  variables?: (values: ListValues) => Partial<TVariables>
  empty?: string
  pageSize?: number
  /** Whether filters and sort order are shown only when there are several rows, for one of many tables on a page. */
  isBrief?: boolean
  /** Separates the tables of one page in the address. */
  prefix?: string
}

const idOf = (row: unknown) => (row as { id: string }).id

/** A table of a connection of the API: filters, sort order and position are in the address, and the API applies them. */
export function List<TResult, TVariables extends object, TRow>(props: ListProps<TResult, TVariables, TRow>) {
  const { label, operation, connection, columns, rowKey = idOf, filters = [], sorts = [], variables, empty, pageSize = PAGE_SIZE } = props
  const texts = useTexts()
  const { number } = useLocale()
  const state = useListState(pageSize, props.prefix)
  const orderBy = sorts.length > 0 ? { orderBy: state.values.orderBy ?? sorts[0]?.value } : {}
  const loaded = useLoaded(operation, { ...state.page, ...orderBy, ...variables?.(state.values) } as unknown as TVariables)
  const isFiltered = filters.some(({ name }) => state.values[name])
  const hasFilters = !props.isBrief || isFiltered || (loaded.data && connection(loaded.data).totalCount > 1)
  return (
    <div className={classes.list}>
      {hasFilters && <ListFilters label={label} filters={filters} sorts={sorts} state={state} />}
      <LoadedContent loaded={loaded}>
        {(data) => {
          const { nodes, pageInfo, totalCount } = connection(data)
          return (
            <>
              <DataTable
                label={label}
                columns={columns}
                rows={nodes}
                rowKey={rowKey}
                empty={isFiltered ? texts.noMatches : (empty ?? texts.nothing)}
              />
              <div className={classes.footer} data-empty={totalCount === 0 || undefined}>
                <Text size="sm" c="dimmed" role="status">
                  {totalCount > 0 && texts.entries(totalCount, number(totalCount))}
                </Text>
                <Pagination label={label} pageInfo={pageInfo} pageSize={pageSize} onChange={state.setPage} />
              </div>
            </>
          )
        }}
      </LoadedContent>
    </div>
  )
}
