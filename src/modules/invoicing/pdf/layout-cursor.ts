import type { FontSet } from '../../../platform/pdf/font-set.js'
import type { PdfPage, Style } from '../../../platform/pdf/page.js'
import { A4_PAGE, type PdfFile } from '../../../platform/pdf/pdf-file.js'
import type { DocumentSnapshot } from '../document-snapshot.js'
import type { DocumentFormatter } from './document-formatter.js'

export const MARGIN = 50
export const RIGHT = A4_PAGE.width - MARGIN
export const WIDTH = RIGHT - MARGIN
/** Only the footer is drawn below this position. */
export const BOTTOM = A4_PAGE.height - 76

export const INK = '0.106 0.122 0.141'
export const MUTED = '0.357 0.396 0.439'
export const RULE = '0.835 0.859 0.882'
export const ACCENT = '0.043 0.361 0.678'

export const BODY: Style = { weight: 'regular', size: 9.5, color: INK }
export const STRONG: Style = { ...BODY, weight: 'bold' }
export const LABEL: Style = { ...BODY, color: MUTED }
export const SMALL: Style = { weight: 'regular', size: 8.5, color: MUTED }
export const HEADING: Style = { weight: 'bold', size: 8.5, color: MUTED }

/** A document that is being rendered: the current position and the resources. */
export class LayoutCursor {
  readonly file: PdfFile
  readonly fonts: FontSet
  readonly document: DocumentSnapshot
  readonly formatter: DocumentFormatter
  page: PdfPage
  /** Distance from the top of the page in points. */
  y = MARGIN

  constructor(file: PdfFile, fonts: FontSet, document: DocumentSnapshot, formatter: DocumentFormatter) {
    this.file = file
    this.fonts = fonts
    this.document = document
    this.formatter = formatter
    this.page = file.addPage()
  }

  /** Starts a new page if less than `height` points are left. @returns whether it did */
  makeRoom(height: number): boolean {
    if (this.y + height <= BOTTOM) return false
    this.page = this.file.addPage()
    this.y = MARGIN
    return true
  }
}
