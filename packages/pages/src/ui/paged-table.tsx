import { useRef, useState } from 'react'
import { type Column, DataTable, type PageArguments, type PageInfo, Pagination } from './data-table'
import { ErrorNotice } from './error-notice'
import { useLoaded } from './graphql'
import type { PageOperation } from './operation'

const PAGE_SIZE = 20

/** A page of a connection. */
export interface ListPage<TRow> {
  readonly nodes: readonly TRow[]
  readonly pageInfo: PageInfo
}

interface PagedTableProps<TRow, TResult, TVariables> {
  /** What the table contains, for screen readers. */
  label: string
  columns: readonly Column<TRow>[]
  /** Shown in place of an empty table. */
  empty?: string | undefined
  /** The first page, which was loaded with what is around the table. */
  firstPage: ListPage<TRow>
  /** Reads any other page. */
  operation: PageOperation<TResult, TVariables>
  /** The variables of the operation, without those of the page. Others need another key: a position in one list is none in another. */
  variables: Omit<TVariables, keyof PageArguments>
  pageOf: (data: TResult) => ListPage<TRow> | null | undefined
}

/** A table that shows a connection page by page. A page stays until the next one is there, so that its buttons keep the focus. */
export function PagedTable<TRow extends { id: string }, TResult, TVariables extends object>(
  props: PagedTableProps<TRow, TResult, TVariables>,
) {
  const { label, columns, empty, firstPage, operation, variables, pageOf } = props
  const [chosen, setChosen] = useState<PageArguments>()
  const loaded = useLoaded(operation, { ...variables, ...chosen } as TVariables, { pause: !chosen })
  const current = chosen ? loaded.data && pageOf(loaded.data) : firstPage
  const shown = useRef(firstPage)
  if (current) shown.current = current
  const { nodes, pageInfo } = shown.current
  return (
    <div aria-busy={loaded.isLoading}>
      {chosen && loaded.error && <ErrorNotice error={loaded.error} retry={loaded.reload} />}
      <DataTable label={label} columns={columns} rows={nodes} rowKey={({ id }) => id} empty={empty} />
      <Pagination label={label} pageInfo={pageInfo} pageSize={PAGE_SIZE} onChange={setChosen} />
    </div>
  )
}
