import { inflateSync } from 'node:zlib'
import { PNG } from 'pngjs'
import type { PdfImage } from '../../platform/pdf/image.js'

/** The logo as a file in mails. */
export interface MailLogoFile {
  readonly filename: string
  readonly contentType: string
  readonly content: Buffer
  /** Pixels. */
  readonly width: number
  readonly height: number
}

export type LoadMailLogo = () => Promise<MailLogoFile | undefined>

/** Twice the width at which mails show it. */
const MAX_WIDTH = 360
/** Every mail contains it. */
const MAX_BYTES = 150_000

/** Makes a file of the logo of invoices, smaller than they have it. @returns undefined if it is too large for a mail */
export function toMailLogo(image: PdfImage | undefined): MailLogoFile | undefined {
  if (!image) return undefined
  const file = image.filter === 'DCTDecode' ? jpegOf(image) : pngOf(image)
  return file.content.byteLength > MAX_BYTES ? undefined : file
}

function jpegOf({ width, height, data }: PdfImage): MailLogoFile {
  return { filename: 'logo.jpg', contentType: 'image/jpeg', content: Buffer.from(data), width, height }
}

function pngOf(image: PdfImage): MailLogoFile {
  const factor = Math.max(1, Math.ceil(image.width / MAX_WIDTH))
  const [width, height] = [image.width, image.height].map((side) => Math.max(1, Math.floor(side / factor))) as [number, number]
  const pixels = inflateSync(image.data)
  const png = new PNG({ width, height })
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const target = (y * width + x) * 4
      for (let channel = 0; channel < 3; channel += 1) {
        png.data[target + channel] = averageOf(pixels, image.width, { x: x * factor, y: y * factor, factor, channel })
      }
      png.data[target + 3] = 255
    }
  }
  return { filename: 'logo.png', contentType: 'image/png', content: PNG.sync.write(png, { colorType: 2 }), width, height }
}

interface Square {
  readonly x: number
  readonly y: number
  /** Pixels per side. */
  readonly factor: number
  readonly channel: number
}

function averageOf(pixels: Buffer, width: number, { x, y, factor, channel }: Square): number {
  let sum = 0
  for (let row = y; row < y + factor; row += 1) {
    for (let column = x; column < x + factor; column += 1) sum += pixels[(row * width + column) * 3 + channel] ?? 255
  }
  return Math.round(sum / (factor * factor))
}
