import { formatIban } from '../../../core/bank-account.js'
import type { FontSet } from '../../../platform/pdf/font-set.js'
import { lineHeight } from '../../../platform/pdf/page.js'
import { A4_PAGE } from '../../../platform/pdf/pdf-file.js'
import { ARTIFACT } from '../../../platform/pdf/structure-tag.js'
import type { DocumentSnapshot } from '../document-snapshot.js'
import type { DocumentFormatter } from './document-formatter.js'
import { type LayoutCursor, MARGIN, RIGHT, RULE, SMALL, WIDTH } from './layout-cursor.js'
import { addressLines, defined, registrationLine, taxIdLine } from './party-lines.js'
import { mainMethod } from './printed-methods.js'

const END = A4_PAGE.height - 34
const GAP = 8
/** Above the footer. */
const SPACE = 12
/** For the number of the page, to the right of the seller. */
const PAGE_NUMBER_WIDTH = 90
const TITLE_TOP = 34
const SEPARATOR = '  ·  '
/** Gives a line that starts with a name from right to left the direction of the page. */
const LEFT_TO_RIGHT = '\u200e'

/** The details of the seller at the end of every page. */
export interface Footer {
  readonly lines: readonly string[]
  /** The position of its rule. */
  readonly top: number
  /** The end of the content above it. */
  readonly contentEnd: number
  readonly end: number
}

export function measureFooter(document: DocumentSnapshot, formatter: DocumentFormatter, fonts: FontSet): Footer {
  const lines = joinItems(sellerItems(document, formatter), fonts)
  const top = END - lines.length * lineHeight(SMALL) - GAP
  return { lines, top, contentEnd: top - SPACE, end: END }
}

/** Name and address, registers, contact and account. */
function sellerItems(document: DocumentSnapshot, formatter: DocumentFormatter): string[] {
  const { issuer } = document
  const { messages } = formatter
  const method = mainMethod(document)
  return defined([
    issuer.name,
    addressLines(issuer, formatter).join(', '),
    registrationLine(issuer, messages),
    taxIdLine(issuer, messages),
    issuer.contact,
    issuer.phone,
    issuer.email,
    method?.iban && messages.labelled('IBAN', formatIban(method.iban)),
    method?.bic && messages.labelled('BIC', method.bic),
  ])
}

/** Breaks lines between items, and within an item only if it is wider than a line. */
function joinItems(items: readonly string[], fonts: FontSet): string[] {
  const width = WIDTH - PAGE_NUMBER_WIDTH
  const lines: string[] = []
  for (const item of items) {
    const longer = `${lines.at(-1)}${LEFT_TO_RIGHT}${SEPARATOR}${item}`
    if (lines.length > 0 && fonts.width(longer, SMALL.weight, SMALL.size) <= width) lines[lines.length - 1] = longer
    else lines.push(...fonts.wrap(`${LEFT_TO_RIGHT}${item}`, SMALL.weight, SMALL.size, width))
  }
  return lines
}

/**
 * Draws the seller and the number of the page on every page, and the title on all but the first.
 * @param last  the footer of the last page, if it is not at the same position
 */
export function drawFooters(cursor: LayoutCursor, footer: Footer, last: Footer | undefined, title: string): void {
  const { file, document, formatter } = cursor
  for (const [index, page] of file.pages.entries()) {
    const { top, lines } = index === file.pages.length - 1 ? (last ?? footer) : footer
    page.rule(MARGIN, top, WIDTH, 0.5, RULE)
    // Screen readers read the details of the seller once.
    page.lines(index === 0 ? file.root.add('P') : ARTIFACT, lines, MARGIN, top + GAP, SMALL)
    page.line(ARTIFACT, formatter.messages.page(index + 1, file.pages.length), RIGHT, top + GAP, SMALL, 'right')
    if (index === 0) continue
    page.rule(0, 0, A4_PAGE.width, 2, cursor.colors.area)
    const [company = ''] = cursor.wrap(document.issuer.company, SMALL, WIDTH / 2 - 10)
    const [start = ''] = cursor.wrap(title, SMALL, WIDTH / 2 - 10)
    page.line(ARTIFACT, start, MARGIN, TITLE_TOP, SMALL)
    page.line(ARTIFACT, company, RIGHT, TITLE_TOP, SMALL, 'right')
  }
}
