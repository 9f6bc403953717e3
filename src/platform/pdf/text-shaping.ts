import bidiFactory from 'bidi-js'
import { RIGHT_TO_LEFT } from '../../core/right-to-left.js'
import type { Glyph, Slice, Typeface } from './typeface.js'

/** Consecutive glyphs of one slice with their PDF text operator. */
export interface Segment {
  readonly slice: Slice
  /** The glyphs with their operator: Tj, or TJ when they are moved. */
  readonly show: string
  /** The height above the baseline, thousandths of the font size. */
  readonly rise: number
  /** The letters that shaped glyphs stand for, by code. */
  readonly shaped: readonly (readonly [code: number, letters: readonly number[]])[]
}

export interface ShapedText {
  readonly segments: readonly Segment[]
  /** Thousandths of the font size. */
  readonly advance: number
  /** The text for screen readers; set when the glyphs differ from the letters in order or shape. */
  readonly actualText: string | undefined
}

const NEEDS_SHAPING =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Thai}\p{Script=Khmer}\p{M}]/u
export const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu

/** Most texts: Latin letters, digits and signs, which are neither shaped nor reversed nor invisible. One test is faster than four. */
const PLAIN = /^[\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u202f\u20ac]*$/

const bidi = bidiFactory()

/** Converts a line of text to glyphs in visual order. */
export function shapeText(text: string, faces: readonly Typeface[]): ShapedText {
  const plainText = PLAIN.test(text) ? shapePlain(text, faces[0]) : undefined
  if (plainText) return plainText
  const isComplex = RIGHT_TO_LEFT.test(text) || NEEDS_SHAPING.test(text)
  const plain = text.replace(INVISIBLE, '')
  if (!isComplex) return { ...joinGlyphs(glyphsOf(plain, faces)), actualText: undefined }
  const runs = toVisualOrder(text).map(({ text, isRightToLeft }) => {
    const clean = text.replace(INVISIBLE, '')
    return NEEDS_SHAPING.test(clean)
      ? shapeComplex(clean, faces, isRightToLeft)
      : joinGlyphs(glyphsOf(isRightToLeft ? reverse(clean) : clean, faces))
  })
  return {
    segments: runs.flatMap(({ segments }) => segments),
    advance: runs.reduce((sum, { advance }) => sum + advance, 0),
    actualText: plain,
  }
}

const NOT_SHAPED: Segment['shaped'] = []

/** Converts a plain text to the glyphs of one slice, which is faster. @returns undefined if it needs more than one */
function shapePlain(text: string, face: Typeface | undefined): ShapedText | undefined {
  let slice: Slice | undefined
  let codes = ''
  let advance = 0
  for (let index = 0; index < text.length; index += 1) {
    const glyph = face?.glyph(text.charCodeAt(index))
    slice ??= glyph?.slice
    if (!glyph || glyph.slice !== slice) return undefined
    codes += glyph.hex
    advance += glyph.advance
  }
  const segments = slice ? [{ slice, show: `<${codes}> Tj`, rise: 0, shaped: NOT_SHAPED }] : []
  return { segments, advance, actualText: undefined }
}

type ShapedRun = Omit<ShapedText, 'actualText'>

function glyphsOf(text: string, faces: readonly Typeface[]): Glyph[] {
  const glyphs: Glyph[] = []
  for (const character of text) {
    const glyph = findGlyph(character.codePointAt(0) ?? 0, faces)
    if (glyph) glyphs.push(glyph)
  }
  return glyphs
}

function findGlyph(codePoint: number, faces: readonly Typeface[]): Glyph | undefined {
  for (const face of faces) {
    const glyph = face.glyph(codePoint)
    if (glyph) return glyph
  }
  return undefined
}

function joinGlyphs(glyphs: readonly Glyph[]): ShapedRun {
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

/** Shapes text in scripts whose letters join or stack, as the font defines it. */
function shapeComplex(text: string, faces: readonly Typeface[], isRightToLeft: boolean): ShapedRun {
  const parts = splitByTypeface(text, faces).map(({ face, text }) => shapeWith(face, text, isRightToLeft))
  if (isRightToLeft) parts.reverse()
  return { segments: parts.flatMap(({ segments }) => segments), advance: parts.reduce((sum, { advance }) => sum + advance, 0) }
}

function splitByTypeface(text: string, faces: readonly Typeface[]): { face: Typeface; text: string }[] {
  const covering = faces.find((face) => [...text].every((character) => face.has(character)))
  if (covering) return [{ face: covering, text }]
  const parts: { face: Typeface; text: string }[] = []
  for (const character of text) {
    const last = parts.at(-1)
    const face = last?.face.has(character) ? last.face : faces.find((candidate) => candidate.has(character))
    if (!face) continue
    if (last?.face === face) last.text += character
    else parts.push({ face, text: character })
  }
  return parts
}

function shapeWith(face: Typeface, text: string, isRightToLeft: boolean): ShapedRun {
  const run = face.font.layout(text, undefined, undefined, undefined, isRightToLeft ? 'rtl' : 'ltr')
  let advance = 0
  const segments = run.glyphs.map(({ id, codePoints }, index): Segment => {
    const glyph = face.locate(id)
    const { xAdvance, xOffset, yOffset } = scalePosition(run.positions[index], face.scale)
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

function scalePosition(position: { xAdvance: number; xOffset: number; yOffset: number } | undefined, scale: number) {
  const { xAdvance = 0, xOffset = 0, yOffset = 0 } = position ?? {}
  const to = (value: number) => Math.round(value * scale * 1000) / 1000
  return { xAdvance: to(xAdvance), xOffset: to(xOffset), yOffset: to(yOffset) }
}

interface BidiRun {
  text: string
  isRightToLeft: boolean
}

/** Splits text into runs of one direction, from left to right. Source: Unicode Standard Annex 9. */
function toVisualOrder(text: string): BidiRun[] {
  const levels = bidi.getEmbeddingLevels(text, 'auto')
  const mirrored = bidi.getMirroredCharactersMap(text, levels.levels)
  const order = bidi.getReorderedIndices(text, levels)
  const runs: { indices: number[]; isRightToLeft: boolean }[] = []
  for (const index of order) {
    const isRightToLeft = ((levels.levels[index] ?? 0) & 1) === 1
    const last = runs.at(-1)
    const adjacent = last?.isRightToLeft === isRightToLeft && Math.abs((last.indices.at(-1) ?? 0) - index) === 1
    if (last && adjacent) last.indices.push(index)
    else runs.push({ indices: [index], isRightToLeft })
  }
  return runs.map(({ indices, isRightToLeft }) => ({
    text: indices
      .sort((a, b) => a - b)
      .map((index) => mirrored.get(index) ?? text[index])
      .join(''),
    isRightToLeft,
  }))
}

function reverse(text: string): string {
  return [...text].reverse().join('')
}
