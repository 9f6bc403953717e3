/** A number as PDF writes it: two decimals are a hundredth of a point. */
export function number(value: number): string {
  return String(Math.round(value * 100) / 100)
}

/** A text string: plain ASCII as it is, anything else as UTF-16 with its mark. Source: ISO 32000-1, 7.9.2.2. */
export function pdfText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return `(${text.replace(/[\\()]/g, '\\$&')})`
  return `<feff${Buffer.from(text, 'utf16le').swap16().toString('hex')}>`
}

/** Source: ISO 32000-1, 7.9.4. */
export function pdfDate(date: Date): string {
  return `(D:${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z)`
}

/** What XML has no character for is left out. */
export function escapeXml(text: string): string {
  return text.replace(NOT_IN_XML, '').replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/** An object of PDF that is written by hand, where pdfkit would take a dictionary. */
export class Raw {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** pdfkit writes whatever is not a plain object by its string. */
  get [Symbol.toStringTag](): string {
    return 'Raw'
  }

  toString(): string {
    return this.#text
  }
}
