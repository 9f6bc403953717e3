import type { FontSet } from '../../../platform/pdf/font-set.js'
import { lineHeight, type PdfPage, type Style } from '../../../platform/pdf/page.js'
import { A4_PAGE, type PdfFile } from '../../../platform/pdf/pdf-file.js'
import type { Tag } from '../../../platform/pdf/structure-tag.js'
import type { DocumentSnapshot } from '../document-snapshot.js'
import type { AccentColors } from './accent-colors.js'
import type { DocumentFormatter } from './document-formatter.js'
import type { SwissBill } from './swiss-bill.rules.js'

export const MARGIN = 50
export const RIGHT = A4_PAGE.width - MARGIN
export const WIDTH = RIGHT - MARGIN
/** Four columns, to which parties, details and totals are aligned. */
export const GUTTER = 16
export const COLUMN = (WIDTH - 3 * GUTTER) / 4
/** The third column, where the seller and the totals are. */
export const MIDDLE = columnLeft(2)
/** How much of the usual space between its parts a dense document has. */
const DENSITY = 0.65
/** Where the content of all pages but the first starts, below a repeated title. */
const CONTINUED_TOP = 66

const INK = '0.106 0.122 0.141'
const MUTED = '0.357 0.396 0.439'
export const RULE = '0.871 0.89 0.91'
export const WHITE = '1 1 1'

export const BODY: Style = { weight: 'regular', size: 9.5, color: INK }
export const STRONG: Style = { ...BODY, weight: 'bold' }
export const LABEL: Style = { ...BODY, color: MUTED }
export const NOTE: Style = { weight: 'regular', size: 9, color: INK }
export const SMALL: Style = { weight: 'regular', size: 7.5, color: MUTED }
export const HEADING: Style = { weight: 'bold', size: 8, color: MUTED }

/** @param index  from 0 */
export function columnLeft(index: number): number {
  return MARGIN + index * (COLUMN + GUTTER)
}

interface Resources {
  file: PdfFile
  fonts: FontSet
  document: DocumentSnapshot
  formatter: DocumentFormatter
  colors: AccentColors
  /** Drawn at the end of the last page. */
  swissBill: SwissBill | undefined
  /** Whether the payment part is on the first page: the parts are close to each other, and the summary need not state the account. */
  isDense: boolean
  /** Only the footer is drawn below this position. */
  bottom: number
}

/** A document that is being rendered: the current position and the resources. */
export class LayoutCursor {
  readonly file: PdfFile
  readonly fonts: FontSet
  readonly document: DocumentSnapshot
  readonly formatter: DocumentFormatter
  readonly colors: AccentColors
  readonly swissBill: SwissBill | undefined
  readonly isDense: boolean
  readonly bottom: number
  page: PdfPage
  /** Distance from the top of the page in points. */
  y = 0

  constructor({ file, fonts, document, formatter, colors, swissBill, isDense, bottom }: Resources) {
    this.file = file
    this.fonts = fonts
    this.document = document
    this.formatter = formatter
    this.colors = colors
    this.swissBill = swissBill
    this.isDense = isDense
    this.bottom = bottom
    this.page = file.addPage()
  }

  /** The space between two parts of the document. */
  gap(points: number): number {
    return this.isDense ? points * DENSITY : points
  }

  /** Starts a new page if less than `height` points are left. @returns whether it did */
  makeRoom(height: number): boolean {
    return this.startPageBelow(this.bottom - height)
  }

  /** Starts a new page if the current position is below `y`. @returns whether it did */
  startPageBelow(y: number): boolean {
    if (this.y <= y) return false
    this.page = this.file.addPage()
    this.y = CONTINUED_TOP
    return true
  }

  wrap(text: string, { weight, size, fonts = this.fonts }: Style, width: number): string[] {
    return fonts.wrap(text, weight, size, width)
  }

  /** @returns points */
  widthOf(text: string, { weight, size, fonts = this.fonts }: Style): number {
    return fonts.width(text, weight, size)
  }

  /** Draws lines that may continue on the next page. */
  paragraph(tag: Tag, lines: readonly string[], x: number, style: Style): void {
    const height = lineHeight(style)
    let rest = lines
    while (rest.length > 0) {
      this.makeRoom(height)
      const count = Math.max(1, Math.floor((this.bottom - this.y) / height))
      this.y = this.page.lines(tag, rest.slice(0, count), x, this.y, style)
      rest = rest.slice(count)
    }
  }
}
