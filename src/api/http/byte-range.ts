import type { ByteRange } from '../../modules/invoicing/index.js'

/** The first and last position, or only the number of last bytes. */
const SINGLE_RANGE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i

/**
 * Parses the header `Range`.
 * @param size  size of the whole file, at least 1 byte
 * @returns undefined for several ranges, another unit and malformed ranges, for which the whole file is sent as the
 *   RFC allows
 * Source: RFC 9110, section 14.
 */
export function parseByteRange(header: string, size: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = SINGLE_RANGE.exec(header) ?? []
  if (first === '') {
    if (last === '') return undefined
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size }
  }
  const start = Number(first)
  const end = last === '' ? size : Number(last) + 1
  if (last !== '' && Number(last) < start) return undefined
  return start < size ? { start, end: Math.min(end, size) } : 'unsatisfiable'
}
