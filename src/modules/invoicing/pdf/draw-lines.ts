import { lineHeight } from '../../../platform/pdf/page.js'
import { ARTIFACT, COLUMN_HEADER, type Tag } from '../../../platform/pdf/structure-tag.js'
import type { DocumentLine, DocumentSnapshot, TaxLine } from '../document-snapshot.js'
import { isTaxed, taxesOf } from '../invoice.rules.js'
import { BODY, HEADING, type LayoutCursor, MARGIN, RIGHT, RULE, WIDTH } from './layout-cursor.js'

const GAP = 16
/** Above and below the text of a row. Long tables and dense documents have less. */
const PADDING = 5.5
const DENSE_PADDING = 3.5
const MAX_WIDE_ROWS = 12
const MIN_DESCRIPTION_WIDTH = 130
/** With more taxes, only the totals state the rates. */
const MAX_RATE_COLUMNS = 2

interface TableLayout {
  titles: readonly string[]
  /** Width of the description column, which wraps. */
  width: number
  /** Right edges of the columns after the description. */
  edges: readonly number[]
  padding: number
}

/** Draws the line items, with the table header on every page. */
export function drawLines(cursor: LayoutCursor): void {
  const rows = cursor.document.lines.map((line) => rowCells(cursor, line))
  const table = measureTable(cursor, rows)
  cursor.makeRoom(60)
  const tag = cursor.file.root.add('Table')
  drawTableHeader(cursor, table, tag.add('THead').add('TR'))
  const body = tag.add('TBody')
  for (const cells of rows) drawRow(cursor, table, body.add('TR'), cells)
}

/** The taxes of a line that have a column of rates. */
function columnTaxes({ document }: LayoutCursor, line: DocumentLine | undefined): TaxLine[] {
  const taxes = line ? taxesOf(line, document).filter(isTaxed) : []
  return taxes.length <= MAX_RATE_COLUMNS ? taxes : []
}

function columnTitles(cursor: LayoutCursor): string[] {
  const { messages } = cursor.formatter
  const { document } = cursor
  if (document.kind === 'RECEIPT')
    return [messages.description, ...(hasDates(document) ? [messages.invoiceDate] : []), messages.appliedAmount]
  const rates = columnTaxes(cursor, document.lines[0]).map(({ name }) => name ?? messages.rate)
  return [messages.description, messages.quantity, messages.unitPrice, ...rates, messages.amount]
}

/** A receipt of a top-up pays no invoice. */
function hasDates({ lines }: DocumentSnapshot): boolean {
  return lines.some(({ date }) => date !== undefined)
}

function rowCells(cursor: LayoutCursor, line: DocumentLine): string[] {
  const { document, formatter } = cursor
  if (document.kind === 'RECEIPT') {
    const dates = hasDates(document) ? [line.date === undefined ? '' : formatter.date(line.date)] : []
    return [line.description, ...dates, formatter.money(line.amount)]
  }
  const rates = columnTaxes(cursor, line).map((tax) => formatter.rate(tax))
  return [line.description, String(line.quantity), formatter.unitPrice(line.unitPrice), ...rates, formatter.money(line.amount)]
}

/** The numeric columns get the width that they need, and the description gets the rest. */
function measureTable(cursor: LayoutCursor, rows: readonly string[][]): TableLayout {
  const { fonts } = cursor
  const titles = columnTitles(cursor)
  const widths = titles.slice(1).map((title, index) => {
    const cells = rows.map((row) => fonts.width(row[index + 1] ?? '', BODY.weight, BODY.size))
    return cells.reduce((widest, width) => Math.max(widest, width), fonts.width(title, HEADING.weight, HEADING.size)) + GAP
  })
  const numericWidth = Math.min(
    widths.reduce((sum, width) => sum + width, 0),
    WIDTH - MIN_DESCRIPTION_WIDTH,
  )
  let edge = RIGHT - numericWidth
  const edges = widths.map((width) => {
    edge += width
    return edge
  })
  return { titles, width: WIDTH - numericWidth, edges, padding: cursor.isDense || rows.length > MAX_WIDE_ROWS ? DENSE_PADDING : PADDING }
}

/** @param row  undefined for a repeated header, which screen readers skip */
function drawTableHeader(cursor: LayoutCursor, { titles, edges, padding }: TableLayout, row: Tag | undefined): void {
  const { page, y } = cursor
  for (const [index, title] of titles.entries()) {
    const cell = row?.add('TH', COLUMN_HEADER) ?? ARTIFACT
    const edge = edges[index - 1]
    if (edge === undefined) page.line(cell, title, MARGIN, y, HEADING)
    else page.line(cell, title, edge, y, HEADING, 'right')
  }
  const end = y + lineHeight(HEADING) + 4
  page.rule(MARGIN, end, WIDTH, 1, cursor.colors.area)
  cursor.y = end + 1 + padding
}

function drawRow(cursor: LayoutCursor, table: TableLayout, row: Tag, [description = '', ...numbers]: readonly string[]): void {
  const lines = cursor.fonts.wrap(description, BODY.weight, BODY.size, table.width)
  if (cursor.makeRoom(lines.length * lineHeight(BODY) + 2 * table.padding)) drawTableHeader(cursor, table, undefined)
  const { page, y } = cursor
  const { padding } = table
  const end = page.lines(row.add('TD'), lines, MARGIN, y, BODY)
  for (const [index, text] of numbers.entries()) page.line(row.add('TD'), text, table.edges[index] ?? RIGHT, y, BODY, 'right')
  page.rule(MARGIN, end + padding - 1, WIDTH, 0.5, RULE)
  cursor.y = end + 2 * padding - 0.5
}
