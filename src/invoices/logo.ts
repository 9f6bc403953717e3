import { open } from 'node:fs/promises'
import { PNG } from 'pngjs'

const MAX_BYTES = 2_097_152
const MAX_SIDE = 4096
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const JPEG_SIGNATURE = Buffer.from([0xff, 0xd8, 0xff])

interface Log {
  warn(details: object, message: string): void
}

/**
 * Reads the logo once, at start. A PNG is flattened onto white, because drawing with transparency is slow and a
 * broken transparent one would bring down the process that draws it.
 * @returns undefined, with a line in the log, when there is no usable picture: invoices are drawn without it
 */
export async function loadLogo(path: string | undefined, log: Log): Promise<Buffer | undefined> {
  if (path === undefined) return undefined
  try {
    return await decode(await read(path))
  } catch (error) {
    log.warn({ path, reason: (error as Error).message }, 'INVOICE_LOGO_PATH: no usable picture, invoices are drawn without a logo')
    return undefined
  }
}

async function read(path: string): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw new Error('not a file')
    if (stat.size > MAX_BYTES) throw new Error(`larger than ${MAX_BYTES} bytes`)
    return await file.readFile()
  } finally {
    await file.close()
  }
}

async function decode(bytes: Buffer): Promise<Buffer> {
  if (bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return flatten(bytes)
  if (!bytes.subarray(0, 3).equals(JPEG_SIGNATURE)) throw new Error('neither PNG nor JPEG')
  const { default: PDFDocument } = await import('pdfkit')
  new PDFDocument().image(bytes, 0, 0)
  return bytes
}

function flatten(bytes: Buffer): Buffer {
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  if (width > MAX_SIDE || height > MAX_SIDE) throw new Error(`larger than ${MAX_SIDE} x ${MAX_SIDE} pixels`)
  const { data } = PNG.sync.read(bytes)
  for (let at = 0; at < data.length; at += 4) {
    const opacity = (data[at + 3] ?? 255) / 255
    for (let channel = at; channel < at + 3; channel += 1) {
      data[channel] = Math.round((data[channel] ?? 0) * opacity + 255 * (1 - opacity))
    }
    data[at + 3] = 255
  }
  const picture = new PNG({ width, height })
  data.copy(picture.data)
  return PNG.sync.write(picture, { colorType: 2 })
}
