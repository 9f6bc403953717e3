import qrcode from 'qrcode-generator'

/** Modules of light space that must surround a QR code. Source: ISO/IEC 18004, 9.1. */
export const QUIET_ZONE = 4

/** A QR code that is ready to be drawn. */
export interface QrCode {
  /** Modules per side. */
  readonly size: number
  /** The dark modules as rectangles, in path operators; the side of a module is 1. */
  readonly modules: string
}

// The library encodes Latin-1 by default. Readers expect UTF-8.
qrcode.stringToBytes = (text) => [...Buffer.from(text)]

/** Encodes a text as UTF-8, in the smallest size with error correction level M, as banks require. */
export function encodeQrCode(text: string): QrCode {
  const code = qrcode(0, 'M')
  code.addData(text, 'Byte')
  code.make()
  const size = code.getModuleCount()
  const rectangles: string[] = []
  for (let row = 0; row < size; row += 1) {
    let start = 0
    for (let column = 0; column <= size; column += 1) {
      if (column < size && code.isDark(row, column)) continue
      if (column > start) rectangles.push(`${start} ${row} ${column - start} 1 re`)
      start = column + 1
    }
  }
  return { size, modules: rectangles.join(' ') }
}
