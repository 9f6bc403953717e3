import { lineHeight } from '../../../platform/pdf/page.js'
import { ARTIFACT, COLUMN_HEADER, type Tag } from '../../../platform/pdf/structure-tag.js'
import { type DocumentLine, isTaxed } from '../invoice.rules.js'
import { BODY, HEADING, type LayoutCursor, MARGIN, RIGHT, RULE, WIDTH } from './layout-cursor.js'

const GAP = 14
const PADDING = 5
const MIN_DESCRIPTION_WIDTH = 130

interface Table {
  titles: readonly string[]
  /** Width of the description, which wraps, and the right edges of the columns after it. */
  width: number
  edges: readonly number[]
}

/** The items, with their header on every page. */
export function drawLines(sheet: LayoutCursor): void {
  const rows = sheet.document.lines.map((line) => cellsOf(sheet, line))
  const table = measure(sheet, rows)
  sheet.makeRoom(60)
  const tag = sheet.file.root.add('Table')
  drawTableHeader(sheet, table, tag.add('THead').add('TR'))
  const body = tag.add('TBody')
  for (const cells of rows) drawRow(sheet, table, body.add('TR'), cells)
}

/** Only where there is tax do lines have a rate. */
function columnsOf({ document, writer: { words } }: LayoutCursor): string[] {
  const rate = document.taxes.some(isTaxed) ? [words.rate] : []
  return [words.description, words.quantity, words.unitPrice, ...rate, words.amount]
}

function cellsOf({ document, writer }: LayoutCursor, line: DocumentLine): string[] {
  const rate = document.taxes.filter(isTaxed).map((tax) => writer.rate(tax))
  return [line.description, String(line.quantity), writer.unitPrice(line.unitPrice), ...rate, writer.money(line.amount)]
}

/** Numbers get what they need, the description the rest. */
function measure(sheet: LayoutCursor, rows: readonly string[][]): Table {
  const { fonts } = sheet
  const titles = columnsOf(sheet)
  const widths = titles.slice(1).map((title, index) => {
    const cells = rows.map((row) => fonts.width(row[index + 1] ?? '', BODY.weight, BODY.size))
    return cells.reduce((widest, width) => Math.max(widest, width), fonts.width(title, HEADING.weight, HEADING.size)) + GAP
  })
  const numbers = Math.min(
    widths.reduce((sum, width) => sum + width, 0),
    WIDTH - MIN_DESCRIPTION_WIDTH,
  )
  let edge = RIGHT - numbers
  const edges = widths.map((width) => {
    edge += width
    return edge
  })
  return { titles, width: WIDTH - numbers, edges }
}

/** @param row  undefined where the header is repeated: it is read once */
function drawTableHeader(sheet: LayoutCursor, { titles, edges }: Table, row: Tag | undefined): void {
  const { page, y } = sheet
  for (const [index, title] of titles.entries()) {
    const cell = row?.add('TH', COLUMN_HEADER) ?? ARTIFACT
    const edge = edges[index - 1]
    if (edge === undefined) page.line(cell, title, MARGIN, y, HEADING)
    else page.line(cell, title, edge, y, HEADING, 'right')
  }
  const end = y + lineHeight(HEADING) + 3
  page.rule(MARGIN, end, WIDTH, 1, RULE)
  sheet.y = end + PADDING
}

function drawRow(sheet: LayoutCursor, table: Table, row: Tag, [description = '', ...numbers]: readonly string[]): void {
  const lines = sheet.fonts.wrap(description, BODY.weight, BODY.size, table.width)
  if (sheet.makeRoom(lines.length * lineHeight(BODY) + PADDING)) drawTableHeader(sheet, table, undefined)
  const { page, y } = sheet
  const end = page.lines(row.add('TD'), lines, MARGIN, y, BODY)
  for (const [index, text] of numbers.entries()) page.line(row.add('TD'), text, table.edges[index] ?? RIGHT, y, BODY, 'right')
  page.rule(MARGIN, end + 1, WIDTH, 0.5, RULE)
  sheet.y = end + PADDING
}
