import { createHash } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import type { Font } from 'fontkit'

/** The location of a glyph in a slice, one of the small subsets of a typeface. */
export interface Glyph {
  readonly slice: Slice
  /** The number of the glyph in the slice, from 1. */
  readonly code: number
  /** The code in hexadecimal, as in the text of a page. */
  readonly hex: string
  /** Thousandths of the font size. */
  readonly advance: number
}

/**
 * The characters of most Western invoices, which share one slice. Other glyphs get
 * slices of fixed size on demand.
 */
const BASIC_CHARACTERS = [
  ...range(0x20, 0xff),
  ...range(0x2010, 0x2014),
  0x2018,
  0x2019,
  0x201a,
  0x201c,
  0x201d,
  0x201e,
  0x2022,
  0x2026,
  0x202f,
  0x20ac,
]
const GLYPHS_PER_SLICE = 32

/**
 * A font file, parsed once per process. Documents embed slices of it. Creating a slice takes a hundred times
 * as long as drawing an invoice, so each slice is created once and then shared.
 */
export class Typeface {
  readonly font: Font
  /** 1000 / units per em */
  readonly scale: number
  readonly #glyphs = new Map<number, Glyph | undefined>()
  readonly #slices = new Map<number, Slice>()
  readonly #basic: Slice
  #characters: ReadonlyMap<number, number> | undefined

  constructor(font: Font) {
    this.font = font
    this.scale = 1000 / font.unitsPerEm
    const basic = BASIC_CHARACTERS.filter((codePoint) => font.hasGlyphForCodePoint(codePoint))
    this.#basic = new Slice(
      this,
      'basic',
      basic.map((codePoint) => font.glyphForCodePoint(codePoint).id),
    )
  }

  /** @returns undefined when the typeface does not have the character */
  glyph(codePoint: number): Glyph | undefined {
    const cached = this.#glyphs.get(codePoint)
    if (cached || this.#glyphs.has(codePoint)) return cached
    const glyph = this.font.hasGlyphForCodePoint(codePoint) ? this.locate(this.font.glyphForCodePoint(codePoint).id) : undefined
    this.#glyphs.set(codePoint, glyph)
    return glyph
  }

  has(character: string): boolean {
    return this.glyph(character.codePointAt(0) ?? 0) !== undefined
  }

  locate(id: number): Glyph {
    const slice = this.#basic.has(id) ? this.#basic : this.#sliceAt(Math.floor(id / GLYPHS_PER_SLICE))
    const code = slice.codeOf(id)
    return { slice, code, hex: hex(code), advance: this.font.getGlyph(id).advanceWidth * this.scale }
  }

  /** @returns the character of a glyph; undefined for glyphs that only result from shaping */
  characterOf(id: number): number | undefined {
    this.#characters ??= new Map(
      [...this.font.characterSet].reverse().map((codePoint) => [this.font.glyphForCodePoint(codePoint).id, codePoint]),
    )
    return this.#characters.get(id)
  }

  #sliceAt(number: number): Slice {
    const cached = this.#slices.get(number)
    if (cached) return cached
    const first = number * GLYPHS_PER_SLICE
    const last = Math.min(first + GLYPHS_PER_SLICE, this.font.numGlyphs) - 1
    const slice = new Slice(this, String(number), range(first, last))
    this.#slices.set(number, slice)
    return slice
  }
}

/** The data that embeds a slice in a document. */
export interface EmbeddableFont {
  /** Compressed TrueType program. */
  readonly program: Uint8Array
  readonly programLength: number
  /** "AAAAAA+NotoSans-Regular" */
  readonly name: string
  readonly descriptor: string
  /** The /W array: the advance of every code, from 0. */
  readonly widths: string
}

export class Slice {
  /** The name of the slice in the resources of a page. */
  readonly resource: string
  readonly #face: Typeface
  readonly #ids: readonly number[]
  readonly #codes: ReadonlyMap<number, number>
  #embeddable: EmbeddableFont | undefined
  #plainToUnicode: Uint8Array | undefined

  constructor(face: Typeface, key: string, ids: readonly number[]) {
    this.#face = face
    this.#ids = [...new Set(ids)].filter((id) => id !== 0)
    this.#codes = new Map(this.#ids.map((id, index) => [id, index + 1]))
    this.resource = `F${createHash('sha256').update(`${face.font.postscriptName} ${key}`).digest('hex').slice(0, 10)}`
  }

  has(id: number): boolean {
    return this.#codes.has(id)
  }

  codeOf(id: number): number {
    return this.#codes.get(id) ?? 0
  }

  embeddable(): EmbeddableFont {
    this.#embeddable ??= this.#createSubset()
    return this.#embeddable
  }

  #createSubset(): EmbeddableFont {
    const { font, scale } = this.#face
    const subset = font.createSubset()
    for (const id of this.#ids) subset.includeGlyph(font.getGlyph(id))
    const program = subset.encode()
    const name = `${this.#tag()}+${font.postscriptName}`
    const { bbox } = font
    const box = [bbox.minX, bbox.minY, bbox.maxX, bbox.maxY].map((value) => Math.round(value * scale)).join(' ')
    const metrics = `/Ascent ${round(font.ascent * scale)}/Descent ${round(font.descent * scale)}/CapHeight ${round((font.capHeight || font.ascent) * scale)}`
    return {
      program: deflateSync(program, { level: 9 }),
      programLength: program.length,
      name,
      descriptor: `/Type/FontDescriptor/FontName/${name}/Flags 4/FontBBox[${box}]/ItalicAngle ${font.italicAngle}${metrics}/StemV 80`,
      widths: `[0[${[0, ...this.#ids].map((id) => round(font.getGlyph(id).advanceWidth * scale)).join(' ')}]]`,
    }
  }

  /** Six letters that identify the slice within its typeface, as PDF requires for subsets. */
  #tag(): string {
    const digest = createHash('sha256').update(this.resource).digest()
    return [...digest.subarray(0, 6)].map((byte) => String.fromCharCode(65 + (byte % 26))).join('')
  }

  /**
   * Maps codes to characters, so that text can be searched and copied. Source: ISO 32000-1, 9.10.3.
   * @param shaped  the letters of codes that do not stand for a single character
   */
  toUnicode(shaped: ReadonlyMap<number, readonly number[]>): Uint8Array {
    if (shaped.size > 0) return deflateSync(this.#characterMap(shaped))
    this.#plainToUnicode ??= deflateSync(this.#characterMap(shaped))
    return this.#plainToUnicode
  }

  #characterMap(shaped: ReadonlyMap<number, readonly number[]>): string {
    const lines = this.#ids.flatMap((id, index) => {
      const character = this.#face.characterOf(id)
      const codePoints = character === undefined ? shaped.get(index + 1) : [character]
      return codePoints ? `<${hex(index + 1)}> <${utf16(codePoints)}>` : []
    })
    const blocks = []
    for (let start = 0; start < lines.length; start += 100) {
      const block = lines.slice(start, start + 100)
      blocks.push(`${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`)
    }
    return `/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
${blocks.join('\n')}
endcmap
CMapName currentdict /CMap defineresource pop
end
end`
  }
}

function hex(code: number): string {
  return code.toString(16).padStart(4, '0')
}

function utf16(codePoints: readonly number[]): string {
  return Buffer.from(String.fromCodePoint(...codePoints), 'utf16le')
    .swap16()
    .toString('hex')
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
