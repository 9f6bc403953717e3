import type { ReactNode } from 'react'
import { type Column, DataTable } from '../../ui/data-table'
import { Disclosure } from '../blocks/disclosure'
import { Section } from '../blocks/section'
import { useTexts } from '../use-texts'

interface ChartCardProps<TRow> {
  title: string
  text?: string
  rows: readonly TRow[]
  rowKey: (row: TRow) => string
  columns: readonly Column<TRow>[]
  /** Shown instead of the chart if there is nothing to draw. */
  isEmpty: boolean
  children: ReactNode
}

/** A chart, and its numbers as a table for those who cannot or do not want to read the chart. */
export function ChartCard<TRow>({ title, text, rows, rowKey, columns, isEmpty, children }: ChartCardProps<TRow>) {
  const { nothing, asTable } = useTexts()
  return (
    <Section title={title} text={text}>
      {isEmpty ? (
        nothing
      ) : (
        <>
          <div aria-hidden="true">{children}</div>
          <Disclosure label={asTable}>
            <DataTable label={title} columns={columns} rows={rows} rowKey={rowKey} />
          </Disclosure>
        </>
      )}
    </Section>
  )
}
