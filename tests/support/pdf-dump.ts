import { createHash } from 'node:crypto'
import { inflateSync } from 'node:zlib'

/**
 * Converts a PDF to comparable text: every object, with its stream unpacked when it is text. Values that
 * depend on the version of zlib (lengths, offsets) are omitted.
 */
export function dumpPdf(bytes: Buffer): string {
  const file = bytes.toString('latin1')
  const dump = [file.slice(0, file.indexOf('\n'))]
  let at = 0
  for (;;) {
    const start = file.indexOf(' 0 obj\n', at)
    if (start < 0) break
    const id = file.slice(file.lastIndexOf('\n', start) + 1, start)
    const end = file.indexOf('endobj', start)
    const stream = file.indexOf('\nstream\n', start)
    const hasStream = stream >= 0 && stream < end
    const dictionary = file.slice(start + 7, hasStream ? stream : end).trim()
    dump.push(`${id}: ${printable(dictionary.replace(/\/Length \d+/, '/Length …'))}`)
    if (!hasStream) {
      at = end
      continue
    }
    const length = Number(/\/Length (\d+)/.exec(dictionary)?.[1])
    const content = bytes.subarray(stream + 8, stream + 8 + length)
    dump.push(describe(dictionary.includes('FlateDecode') ? inflateSync(content) : content))
    at = stream + 8 + length
  }
  dump.push(file.slice(file.lastIndexOf('trailer')).replace(/startxref\n\d+/, 'startxref\n…'))
  return `${dump.join('\n')}\n`
}

function describe(content: Buffer): string {
  const text = content.toString('utf8')
  const readable = !text.includes('\ufffd') && !text.includes('\0')
  return readable ? text.trim() : `(${content.length} bytes, SHA-256 ${createHash('sha256').update(content).digest('hex')})`
}

function printable(text: string): string {
  return text.replace(/[^\n -~…]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
