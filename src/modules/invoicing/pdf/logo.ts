import { open, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { deflateSync } from 'node:zlib'
import { PNG } from 'pngjs'
import type { Logger } from '../../../core/logger.js'
import type { PdfImage } from '../../../platform/pdf/image.js'

const MAX_LOGO_BYTES = 2_097_152
const MAX_LOGO_SIDE = 4096
/** Pixels: twice the resolution of print. */
const SVG_WIDTH = 900
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const JPEG_SIGNATURE = Buffer.from([0xff, 0xd8, 0xff])

let svgRenderer: Promise<void> | undefined

/**
 * Loads the logo at start. Transparent pixels become white, because archived documents should not use
 * transparency and rendering it is slow.
 * @returns undefined, with a warning in the log, if the file cannot be used; invoices are then rendered
 * without a logo
 */
export async function loadLogo(path: string | undefined, log: Logger): Promise<PdfImage | undefined> {
  if (path === undefined) return undefined
  try {
    return await decode(await readLogoFile(path))
  } catch (error) {
    log.warn({ path, reason: (error as Error).message }, 'INVOICE_LOGO_PATH: cannot load the logo, invoices are rendered without it')
    return undefined
  }
}

async function readLogoFile(path: string): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw new Error('is not a file')
    if (stat.size > MAX_LOGO_BYTES) throw new Error(`is larger than ${MAX_LOGO_BYTES} bytes`)
    return await file.readFile()
  } finally {
    await file.close()
  }
}

async function decode(bytes: Buffer): Promise<PdfImage> {
  if (bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return flatten(bytes)
  if (bytes.subarray(0, 3).equals(JPEG_SIGNATURE)) return describeJpeg(bytes)
  if (
    /^\s*(<\?xml|<!--|<!DOCTYPE svg|<svg)/.test(
      bytes
        .subarray(0, 1000)
        .toString('utf8')
        .replace(/^\ufeff/, ''),
    )
  )
    return drawSvg(bytes)
  throw new Error('is not a PNG, JPEG or SVG file')
}

function flatten(bytes: Buffer): PdfImage {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  assertSize(width, height)
  return flattenOnWhite(width, height, PNG.sync.read(bytes).data)
}

/** @param pixels  RGBA with straight alpha */
function flattenOnWhite(width: number, height: number, pixels: Uint8Array): PdfImage {
  const data = new Uint8Array(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const opacity = (pixels[pixel * 4 + 3] ?? 255) / 255
    for (let channel = 0; channel < 3; channel += 1) {
      data[pixel * 3 + channel] = Math.round((pixels[pixel * 4 + channel] ?? 0) * opacity + 255 * (1 - opacity))
    }
  }
  return { width, height, filter: 'FlateDecode', colorSpace: 'DeviceRGB', data: deflateSync(data, { level: 9 }) }
}

/** Embeds a JPEG unchanged, with the size from its frame header. Source: ITU T.81, B.2.2. */
function describeJpeg(bytes: Buffer): PdfImage {
  let at = 2
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (!isFrame) {
      at += 2 + bytes.readUInt16BE(at + 2)
      continue
    }
    const [height, width, channels] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7), bytes[at + 9]]
    assertSize(width, height)
    if (channels !== 1 && channels !== 3) throw new Error('is a CMYK JPEG; save it as RGB')
    return { width, height, filter: 'DCTDecode', colorSpace: channels === 1 ? 'DeviceGray' : 'DeviceRGB', data: new Uint8Array(bytes) }
  }
  throw new Error('is a JPEG without a frame header')
}

/** Rasterizes an SVG once. The SVG renderer loads neither files nor URLs. */
async function drawSvg(bytes: Buffer): Promise<PdfImage> {
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm')
  const { resolve } = createRequire(import.meta.url)
  svgRenderer ??= readFile(resolve('@resvg/resvg-wasm/index_bg.wasm')).then(initWasm)
  await svgRenderer
  const fontBuffers = [await readFile(resolve('@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf'))]
  const drawing = new Resvg(bytes, { fitTo: { mode: 'width', value: SVG_WIDTH }, font: { fontBuffers, defaultFontFamily: 'Noto Sans' } })
  if (drawing.height / drawing.width > MAX_LOGO_SIDE / SVG_WIDTH) throw new Error('is too tall for its width')
  const { width, height, pixels } = drawing.render()
  return flattenOnWhite(width, height, unpremultiplyAlpha(pixels))
}

/** Converts the premultiplied alpha of the SVG renderer to straight alpha. */
function unpremultiplyAlpha(pixels: Uint8Array): Uint8Array {
  const straight = new Uint8Array(pixels)
  for (let at = 0; at < straight.length; at += 4) {
    const opacity = straight[at + 3] ?? 0
    if (opacity === 0 || opacity === 255) continue
    for (let channel = at; channel < at + 3; channel += 1)
      straight[channel] = Math.min(255, Math.round(((straight[channel] ?? 0) * 255) / opacity))
  }
  return straight
}

function assertSize(width: number, height: number): void {
  if (width === 0 || height === 0) throw new Error('has no pixels')
  if (width > MAX_LOGO_SIDE || height > MAX_LOGO_SIDE) throw new Error(`is larger than ${MAX_LOGO_SIDE} x ${MAX_LOGO_SIDE} pixels`)
}
