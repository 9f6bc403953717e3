import type { FontSet, Weight } from './font-set.js'
import type { PdfImage } from './image.js'
import type { QrCode } from './qr-code.js'
import { ARTIFACT, type Tag } from './structure-tag.js'
import { pdfNumber, pdfText } from './syntax.js'
import type { ShapedText } from './text-shaping.js'
import type { Slice } from './typeface.js'

export interface Style {
  weight: Weight
  /** Points. */
  size: number
  /** Red, green, blue, 0 to 1: "0.1 0.1 0.1". */
  color: string
  /** Default: those of the file. */
  fonts?: FontSet
}

/** A rectangle, measured in points from the upper left corner of the page. */
export interface Box {
  x: number
  y: number
  width: number
  height: number
}

const LINE_HEIGHT = 1.35
const BASELINE = 1.02

/** The slices of a document with the letters of their shaped glyphs, by code. */
export type UsedSlices = Map<Slice, Map<number, readonly number[]>>

/** The content of one page. Coordinates are points from the upper left corner. */
export class PdfPage {
  readonly slices = new Set<Slice>()
  readonly images = new Set<PdfImage>()
  /** The tag of every marked-content sequence, by its number (MCID). */
  readonly marks: Tag[] = []
  readonly #index: number
  readonly #fonts: FontSet
  readonly #used: UsedSlices
  readonly #content: string[] = []
  #color = ''

  constructor(index: number, fonts: FontSet, used: UsedSlices) {
    this.#index = index
    this.#fonts = fonts
    this.#used = used
  }

  get content(): string {
    return this.#content.join('\n')
  }

  /** Draws one line that starts at `x`, or ends at `x` when it is aligned to the right. */
  line(tag: Tag | typeof ARTIFACT, text: string, x: number, y: number, style: Style, align: 'left' | 'right' = 'left'): void {
    this.lines(tag, [text], x, y, style, align)
  }

  /** Draws lines below each other as one marked text. @returns the y coordinate of their end */
  lines(
    tag: Tag | typeof ARTIFACT,
    lines: readonly string[],
    x: number,
    y: number,
    style: Style,
    align: 'left' | 'right' = 'left',
  ): number {
    this.#open(tag)
    if (this.#color !== style.color) this.#content.push(`${style.color} rg`)
    this.#color = style.color
    let top = y
    for (const line of lines) {
      const shaped = (style.fonts ?? this.#fonts).shape(line, style.weight)
      const left = align === 'left' ? x : x - (shaped.advance * style.size) / 1000
      this.#show(shaped, left, top + style.size * BASELINE, style.size)
      top += lineHeight(style)
    }
    this.#content.push('EMC')
    return top
  }

  rule(x: number, y: number, width: number, thickness: number, color: string): void {
    this.#open(ARTIFACT)
    this.#content.push(`${color} rg ${pdfNumber(x)} ${pdfNumber(y)} ${pdfNumber(width)} ${pdfNumber(thickness)} re f`, 'EMC')
    this.#color = color
  }

  /** Fills a shape. @param path  PDF path operators in the coordinates of the page */
  fill(path: string, color: string): void {
    this.#open(ARTIFACT)
    this.#content.push(`${color} rg ${path} f`, 'EMC')
    this.#color = color
  }

  /** Draws the outline of a shape. @param dash  lengths of the dashes and of the gaps between them, points */
  stroke(path: string, thickness: number, color: string, dash = ''): void {
    this.#open(ARTIFACT)
    this.#content.push(`q ${color} RG ${pdfNumber(thickness)} w [${dash}] 0 d ${path} S Q`, 'EMC')
  }

  /** Draws the dark modules of a QR code as one shape, so that no gaps appear between them. */
  qrCode(tag: Tag, { size, modules }: QrCode, { x, y, width }: Box, color: string): void {
    this.#open(tag)
    const scale = Math.round((width / size) * 100_000) / 100_000
    this.#content.push(`${color} rg q ${scale} 0 0 ${scale} ${pdfNumber(x)} ${pdfNumber(y)} cm ${modules} f Q`, 'EMC')
    this.#color = color
  }

  image(tag: Tag, image: PdfImage, { x, y, width, height }: Box): void {
    this.images.add(image)
    this.#open(tag)
    this.#content.push(`q ${pdfNumber(width)} 0 0 ${pdfNumber(-height)} ${pdfNumber(x)} ${pdfNumber(y + height)} cm /Logo Do Q`, 'EMC')
  }

  #open(tag: Tag | typeof ARTIFACT): void {
    if (tag === ARTIFACT) {
      this.#content.push('/Artifact BMC')
      return
    }
    const mark = this.marks.length
    this.marks.push(tag)
    tag.kids.push({ page: this.#index, mark })
    this.#content.push(`/${tag.type} <</MCID ${mark}>> BDC`)
  }

  #show({ segments, actualText }: ShapedText, x: number, y: number, size: number): void {
    let slice: Slice | undefined
    let rise = 0
    const operators = [`BT 1 0 0 -1 ${pdfNumber(x)} ${pdfNumber(y)} Tm`]
    if (actualText !== undefined) operators.unshift(`/Span <</ActualText ${pdfText(actualText)}>> BDC`)
    for (const segment of segments) {
      if (segment.slice !== slice) operators.push(`/${segment.slice.resource} ${pdfNumber(size)} Tf`)
      if (segment.rise !== rise) operators.push(`${pdfNumber((segment.rise * size) / 1000)} Ts`)
      operators.push(segment.show)
      slice = segment.slice
      rise = segment.rise
      this.slices.add(slice)
      const shaped = this.#used.get(slice) ?? new Map()
      for (const [code, letters] of segment.shaped) shaped.set(code, letters)
      this.#used.set(slice, shaped)
    }
    if (rise !== 0) operators.push('0 Ts')
    operators.push(actualText === undefined ? 'ET' : 'ET EMC')
    this.#content.push(operators.join(' '))
  }
}

/** The distance from the top of one line to the top of the next, points. */
export function lineHeight({ size }: Style): number {
  return size * LINE_HEIGHT
}
