/** A number in PDF syntax, rounded to a hundredth of a point. */
export function pdfNumber(value: number): string {
  return String(Math.round(value * 100) / 100)
}

/**
 * A text string: printable ASCII unchanged, other texts as UTF-16 with a byte order
 * mark. Source: ISO 32000-1, 7.9.2.2.
 */
export function pdfText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return `(${text.replace(/[\\()]/g, '\\$&')})`
  return `<feff${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`
}

/** A date in PDF syntax. Source: ISO 32000-1, 7.9.4. */
export function pdfDate(date: Date): string {
  return `(D:${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z)`
}

/** Escapes a text for XML and removes characters that XML does not allow. */
export function escapeXml(text: string): string {
  // Most texts are numbers and codes.
  if (/^[\w .:,#-]*$/.test(text)) return text
  return text.replace(NOT_IN_XML, '').replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression must match control characters
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/** An object in PDF syntax, to be used where pdfkit expects a dictionary. */
export class RawPdfObject {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** Makes pdfkit write the object with `toString`, as it does for everything that is not a plain object. */
  get [Symbol.toStringTag](): string {
    return 'RawPdfObject'
  }

  toString(): string {
    return this.#text
  }
}
