import type { Box } from './page.js'
import { A4_PAGE } from './pdf-file.js'
import { pdfNumber } from './syntax.js'

/** The distance of the control points of a curve that looks like a quarter of a circle. */
const QUARTER_CIRCLE = 0.5523

/** A rectangle with rounded corners, in path operators. */
export function roundedRectangle({ x, y, width, height }: Box, radius: number): string {
  const [right, bottom] = [x + width, y + height]
  const bend = radius * (1 - QUARTER_CIRCLE)
  const operators: [string, ...number[]][] = [
    ['m', x + radius, y],
    ['l', right - radius, y],
    ['c', right - bend, y, right, y + bend, right, y + radius],
    ['l', right, bottom - radius],
    ['c', right, bottom - bend, right - bend, bottom, right - radius, bottom],
    ['l', x + radius, bottom],
    ['c', x + bend, bottom, x, bottom - bend, x, bottom - radius],
    ['l', x, y + radius],
    ['c', x, y + bend, x + bend, y, x + radius, y],
  ]
  return operators.map(([operator, ...numbers]) => `${numbers.map(pdfNumber).join(' ')} ${operator}`).join(' ')
}

/** Straight lines through points, in path operators. */
export function polyline(points: readonly (readonly [x: number, y: number])[]): string {
  return points.map(([x, y], index) => `${pdfNumber(x)} ${pdfNumber(y)} ${index === 0 ? 'm' : 'l'}`).join(' ')
}

/** The attributes of a figure, which must state where on the page it is. Source: ISO 32000-1, 14.8.5.4. */
export function figureAttributes({ x, y, width, height }: Box): string {
  const corners = [x, A4_PAGE.height - y - height, x + width, A4_PAGE.height - y]
  return `<</O/Layout/BBox[${corners.map(pdfNumber).join(' ')}]>>`
}
