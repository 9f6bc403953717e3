import { Button, Group, Table, Text } from '@mantine/core'
import '@mantine/core/styles/ScrollArea.css'
import '@mantine/core/styles/Table.css'
import type { ReactNode } from 'react'
import classes from './data-table.module.css'
import { useCommonTexts } from './locale'

export interface Column<TRow> {
  readonly key: string
  readonly title: string
  readonly cell: (row: TRow) => ReactNode
  readonly align?: 'start' | 'end'
  /** The title is for screen readers only, as in a column whose cells state it. */
  readonly isTitleHidden?: boolean
}

interface DataTableProps<TRow> {
  /** What the table contains, for screen readers. */
  label: string
  columns: readonly Column<TRow>[]
  rows: readonly TRow[]
  rowKey: (row: TRow) => string
  /** Shown in place of an empty table. */
  empty?: string | undefined
}

/** A table; on narrow screens every row becomes a block with the titles of its cells. */
export function DataTable<TRow>({ label, columns, rows, rowKey, empty }: DataTableProps<TRow>) {
  const texts = useCommonTexts()
  if (rows.length === 0) return <Text c="dimmed">{empty ?? texts.empty}</Text>
  return (
    <Table className={classes.table} verticalSpacing="sm" aria-label={label}>
      <Table.Thead className={classes.head}>
        <Table.Tr>
          {columns.map(({ key, title, align, isTitleHidden }) => (
            <Table.Th key={key} scope="col" data-align={align}>
              {isTitleHidden ? <span className="visually-hidden">{title}</span> : title}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={rowKey(row)}>
            {columns.map(({ key, title, cell, align, isTitleHidden }) => (
              <Table.Td key={key} data-align={align} data-title={isTitleHidden ? undefined : title}>
                {cell(row)}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

export interface PageInfo {
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  readonly startCursor?: string | null
  readonly endCursor?: string | null
}

/** The arguments of a connection for one page of it. */
export interface PageArguments {
  first?: number
  after?: string
  last?: number
  before?: string
}

interface PaginationProps {
  /** What the pages contain, for screen readers. */
  label: string
  pageInfo: PageInfo
  pageSize: number
  onChange: (page: PageArguments) => void
}

/** The buttons to the next and the previous page of a connection. */
export function Pagination({ label, pageInfo, pageSize, onChange }: PaginationProps) {
  const texts = useCommonTexts()
  const { hasNextPage, hasPreviousPage, startCursor, endCursor } = pageInfo
  if (!hasNextPage && !hasPreviousPage) return null
  return (
    <Group component="nav" aria-label={`${texts.pages}: ${label}`} justify="flex-end" gap="xs" mt="sm">
      <PageButton isPossible={hasPreviousPage} onClick={() => onChange({ last: pageSize, before: startCursor ?? undefined })}>
        {texts.previous}
      </PageButton>
      <PageButton isPossible={hasNextPage} onClick={() => onChange({ first: pageSize, after: endCursor ?? undefined })}>
        {texts.next}
      </PageButton>
    </Group>
  )
}

/** At the end of the list it keeps the focus, which the attribute `disabled` would take away. */
function PageButton({ isPossible, onClick, children }: { isPossible: boolean; onClick: () => void; children: string }) {
  return (
    <Button
      variant="default"
      size="xs"
      data-disabled={!isPossible || undefined}
      aria-disabled={!isPossible}
      onClick={() => isPossible && onClick()}
    >
      {children}
    </Button>
  )
}
