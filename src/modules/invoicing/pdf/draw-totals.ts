import { lineHeight, type Style } from '../../../platform/pdf/page.js'
import { ROW_HEADER, type Tag } from '../../../platform/pdf/structure-tag.js'
import { type DocumentSnapshot, isTaxed } from '../invoice.rules.js'
import type { DocumentFormatter } from './document-formatter.js'
import { BODY, INK, LABEL, type LayoutCursor, MARGIN, RIGHT, RULE, WIDTH } from './layout-cursor.js'

const LEFT = MARGIN + 215
const TOTAL: Style = { weight: 'bold', size: 12, color: INK }

/** Net, tax by rate, total; and what must be said about them. */
export function drawTotals(sheet: LayoutCursor): void {
  const { document, writer, file } = sheet
  const { words, money, rate } = writer
  const notes = notesOf(document, writer).map((note) => sheet.fonts.wrap(note, BODY.weight, BODY.size, WIDTH))
  sheet.makeRoom(70 + lineHeight(BODY) * document.taxes.length)
  sheet.y += 8
  const body = file.root.add('Table').add('TBody')
  drawAmount(sheet, body, words.net, money(document.subtotal))
  for (const line of document.taxes.filter(isTaxed)) drawAmount(sheet, body, words.taxOf(rate(line), money(line.net)), money(line.tax))
  sheet.page.rule(LEFT, sheet.y + 1, RIGHT - LEFT, 1, RULE)
  sheet.y += 6
  drawAmount(sheet, body, `${words.total} (${document.currency})`, money(document.total), TOTAL)
  sheet.y += 14
  for (const lines of notes) {
    sheet.makeRoom(lines.length * lineHeight(BODY))
    sheet.y = sheet.page.lines(file.root.add('P'), lines, MARGIN, sheet.y, BODY) + 4
  }
}

function drawAmount(sheet: LayoutCursor, body: Tag, label: string, value: string, style?: Style): void {
  const row = body.add('TR')
  const lines = sheet.fonts.wrap(label, (style ?? LABEL).weight, (style ?? LABEL).size, RIGHT - LEFT - 130)
  const end = sheet.page.lines(row.add('TH', ROW_HEADER), lines, LEFT, sheet.y, style ?? LABEL)
  sheet.page.line(row.add('TD'), value, RIGHT, sheet.y, style ?? BODY, 'right')
  sheet.y = end + 2
}

function notesOf(
  { kind, taxes, vatIdCheck, credited, merchantOfRecord, isTest }: DocumentSnapshot,
  { words, date }: DocumentFormatter,
): string[] {
  const notes: (string | false | null | undefined)[] = [
    credited && `${words.creditFor(credited.number, date(credited.date))}.`,
    credited?.reason && `${words.reason}: ${credited.reason}`,
    taxes.some(({ category }) => category === 'REVERSE_CHARGE') && words.reverseCharge,
    vatIdCheck && words.vatIdChecked(vatIdCheck.vatId, date(vatIdCheck.at)),
    ...taxes.map(({ exemption }) => exemption),
    kind === 'PRO_FORMA' && words.proForma,
    isTest && words.testSale,
    merchantOfRecord && words.statement(merchantOfRecord.name),
    merchantOfRecord?.documentUrl && `${words.sellersDocument}: ${merchantOfRecord.documentUrl}`,
  ]
  return notes.filter((note): note is string => Boolean(note))
}
