import bidiFactory from 'bidi-js'
import type { Glyph, Slice, Typeface } from './typeface.js'

/** A stretch of glyphs of one slice, as text operators of PDF show it. */
export interface Segment {
  readonly slice: Slice
  /** The glyphs with their operator: Tj, or TJ where they are moved. */
  readonly show: string
  /** Height above the line, thousandths of the font size. */
  readonly rise: number
  /** The letters behind codes of shaped glyphs. */
  readonly shaped: readonly (readonly [code: number, letters: readonly number[]])[]
}

export interface ShapedText {
  readonly segments: readonly Segment[]
  /** Thousandths of the font size. */
  readonly advance: number
  /** Set where the order or shape of the glyphs is not that of the letters: what a screen reader is to read. */
  readonly actualText: string | undefined
}

const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u
const NEEDS_SHAPING =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Thai}\p{Script=Khmer}\p{M}]/u
export const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu

const bidi = bidiFactory()

/** Turns a line of text into glyphs, in the order in which they stand on the paper. */
export function shapeText(text: string, faces: readonly Typeface[]): ShapedText {
  const special = RIGHT_TO_LEFT.test(text) || NEEDS_SHAPING.test(text)
  const plain = text.replace(INVISIBLE, '')
  if (!special) return { ...join(glyphsOf(plain, faces)), actualText: undefined }
  const stretches = toVisualOrder(text).map(({ part, backward }) => {
    const clean = part.replace(INVISIBLE, '')
    return NEEDS_SHAPING.test(clean) ? shape(clean, faces, backward) : join(glyphsOf(backward ? reverse(clean) : clean, faces))
  })
  return {
    segments: stretches.flatMap(({ segments }) => segments),
    advance: stretches.reduce((sum, { advance }) => sum + advance, 0),
    actualText: plain,
  }
}

type ShapedRun = Omit<ShapedText, 'actualText'>

function glyphsOf(text: string, faces: readonly Typeface[]): Glyph[] {
  const glyphs: Glyph[] = []
  for (const character of text) {
    const glyph = find(character.codePointAt(0) ?? 0, faces)
    if (glyph) glyphs.push(glyph)
  }
  return glyphs
}

function find(codePoint: number, faces: readonly Typeface[]): Glyph | undefined {
  for (const face of faces) {
    const glyph = face.glyph(codePoint)
    if (glyph) return glyph
  }
  return undefined
}

function join(glyphs: readonly Glyph[]): ShapedRun {
  const segments: Segment[] = []
  let advance = 0
  let codes = ''
  for (const [index, glyph] of glyphs.entries()) {
    codes += glyph.hex
    advance += glyph.advance
    if (glyphs[index + 1]?.slice === glyph.slice) continue
    segments.push({ slice: glyph.slice, show: `<${codes}> Tj`, rise: 0, shaped: [] })
    codes = ''
  }
  return { segments, advance }
}

/** Scripts whose letters join or stack: the font says how. */
function shape(text: string, faces: readonly Typeface[], backward: boolean): ShapedRun {
  const parts = byFace(text, faces).map(({ face, part }) => shapeWith(face, part, backward))
  if (backward) parts.reverse()
  return { segments: parts.flatMap(({ segments }) => segments), advance: parts.reduce((sum, { advance }) => sum + advance, 0) }
}

function byFace(text: string, faces: readonly Typeface[]): { face: Typeface; part: string }[] {
  const covering = faces.find((face) => [...text].every((character) => face.has(character)))
  if (covering) return [{ face: covering, part: text }]
  const parts: { face: Typeface; part: string }[] = []
  for (const character of text) {
    const last = parts.at(-1)
    const face = last?.face.has(character) ? last.face : faces.find((candidate) => candidate.has(character))
    if (!face) continue
    if (last?.face === face) last.part += character
    else parts.push({ face, part: character })
  }
  return parts
}

function shapeWith(face: Typeface, text: string, backward: boolean): ShapedRun {
  const run = face.font.layout(text, undefined, undefined, undefined, backward ? 'rtl' : 'ltr')
  let advance = 0
  const segments = run.glyphs.map(({ id, codePoints }, index): Segment => {
    const glyph = face.locate(id)
    const { xAdvance, xOffset, yOffset } = scaled(run.positions[index], face.scale)
    const before = xOffset === 0 ? '' : -xOffset
    const after = glyph.advance + xOffset - xAdvance
    advance += xAdvance
    return {
      slice: glyph.slice,
      show: `[${before}<${glyph.hex}>${after || ''}] TJ`,
      rise: yOffset,
      shaped: [[glyph.code, codePoints]],
    }
  })
  return { segments, advance }
}

function scaled(position: { xAdvance: number; xOffset: number; yOffset: number } | undefined, scale: number) {
  const { xAdvance = 0, xOffset = 0, yOffset = 0 } = position ?? {}
  const to = (value: number) => Math.round(value * scale * 1000) / 1000
  return { xAdvance: to(xAdvance), xOffset: to(xOffset), yOffset: to(yOffset) }
}

interface BidiRun {
  part: string
  backward: boolean
}

/** The stretches of one direction, from left to right. Source: Unicode Standard Annex 9. */
function toVisualOrder(text: string): BidiRun[] {
  const levels = bidi.getEmbeddingLevels(text, 'auto')
  const mirrored = bidi.getMirroredCharactersMap(text, levels.levels)
  const order = bidi.getReorderedIndices(text, levels)
  const stretches: { indices: number[]; backward: boolean }[] = []
  for (const index of order) {
    const backward = ((levels.levels[index] ?? 0) & 1) === 1
    const last = stretches.at(-1)
    const adjacent = last?.backward === backward && Math.abs((last.indices.at(-1) ?? 0) - index) === 1
    if (last && adjacent) last.indices.push(index)
    else stretches.push({ indices: [index], backward })
  }
  return stretches.map(({ indices, backward }) => ({
    part: indices
      .sort((a, b) => a - b)
      .map((index) => mirrored.get(index) ?? text[index])
      .join(''),
    backward,
  }))
}

function reverse(text: string): string {
  return [...text].reverse().join('')
}
