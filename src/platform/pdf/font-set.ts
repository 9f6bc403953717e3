import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { create, type Font } from 'fontkit'
import { LRUCache } from 'lru-cache'
import { INVISIBLE, type ShapedText, shapeText } from './text-shaping.js'
import { Typeface } from './typeface.js'

export type Weight = 'regular' | 'bold'

const FONT_FILES: Record<Weight, readonly string[]> = {
  regular: [
    '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
    '@expo-google-fonts/noto-sans-hebrew/400Regular/NotoSansHebrew_400Regular.ttf',
    '@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf',
  ],
  bold: [
    '@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf',
    '@expo-google-fonts/noto-sans-hebrew/700Bold/NotoSansHebrew_700Bold.ttf',
    '@expo-google-fonts/noto-sans-arabic/700Bold/NotoSansArabic_700Bold.ttf',
  ],
}

const MAX_CACHED_TEXTS = 5000

/** The typefaces in the order of lookup: Latin, Greek and Cyrillic; Hebrew; Arabic; the operator's fonts. */
export class FontSet {
  readonly #faces: Record<Weight, Typeface[]>
  readonly #coveredTexts = new LRUCache<string, true>({ max: MAX_CACHED_TEXTS })
  readonly #shapedTexts = {
    regular: new LRUCache<string, ShapedText>({ max: MAX_CACHED_TEXTS }),
    bold: new LRUCache<string, ShapedText>({ max: MAX_CACHED_TEXTS }),
  }

  constructor(faces: Record<Weight, Typeface[]>) {
    this.#faces = faces
  }

  /**
   * Shapes a line of text, left to right on the page. Results are cached, because
   * labels and names are repeated.
   */
  shape(text: string, weight: Weight): ShapedText {
    const cached = this.#shapedTexts[weight].get(text)
    if (cached) return cached
    const shaped = shapeText(text, this.#faces[weight])
    this.#shapedTexts[weight].set(text, shaped)
    return shaped
  }

  /** @returns the first character that no typeface has, ignoring invisible characters such as soft hyphens */
  findMissingGlyph(text: string): string | undefined {
    if (this.#coveredTexts.get(text)) return undefined
    const visible = [...text.replaceAll('\n', '').replace(INVISIBLE, '')]
    const weights: Weight[] = ['regular', 'bold']
    const missing = visible.find((character) => weights.some((weight) => !this.#faces[weight].some((face) => face.has(character))))
    if (missing === undefined) this.#coveredTexts.set(text, true)
    return missing
  }

  /** @returns points */
  width(text: string, weight: Weight, size: number): number {
    return (this.shape(text, weight).advance * size) / 1000
  }

  /** Breaks text into lines at spaces, and within a word only when the word is wider than a line. */
  wrap(text: string, weight: Weight, size: number, width: number): string[] {
    if (!text.includes('\n')) return this.#wrapParagraph(text.trim(), weight, size, width)
    return text.split('\n').flatMap((paragraph) => this.#wrapParagraph(paragraph.trim(), weight, size, width))
  }

  #wrapParagraph(paragraph: string, weight: Weight, size: number, width: number): string[] {
    if (this.width(paragraph, weight, size) <= width) return [paragraph]
    const lines: string[] = []
    let line = ''
    for (const word of paragraph.split(/ +/)) {
      const longer = line ? `${line} ${word}` : word
      if (this.width(longer, weight, size) <= width) {
        line = longer
        continue
      }
      if (line) lines.push(line)
      const pieces = this.#breakWord(word, weight, size, width)
      lines.push(...pieces.slice(0, -1))
      line = pieces.at(-1) ?? ''
    }
    return line ? [...lines, line] : lines
  }

  #breakWord(word: string, weight: Weight, size: number, width: number): string[] {
    if (this.width(word, weight, size) <= width) return [word]
    const pieces = ['']
    for (const character of word) {
      const piece = pieces.at(-1) ?? ''
      const longer = `${piece}${character}`
      if (longer.length === 1 || this.width(longer, weight, size) <= width) {
        pieces[pieces.length - 1] = longer
        continue
      }
      const end = breakPosition(piece)
      pieces.splice(-1, 1, piece.slice(0, end), `${piece.slice(end)}${character}`)
    }
    return pieces
  }
}

/** Breaks after the last sign within a word, such as a hyphen or the @ of an address, if it is not too far from the end. */
function breakPosition(piece: string): number {
  const sign = Math.max(...['-', '/', '@', '.', '_'].map((each) => piece.lastIndexOf(each))) + 1
  return sign > piece.length / 2 ? sign : piece.length
}

/**
 * Loads the built-in fonts and the operator's fonts.
 * @param ownFonts  paths of the operator's fonts (TTF or OTF with TrueType outlines), used after the built-in
 *    ones
 * @throws when a file is missing or is not a supported font
 */
export function loadFonts(ownFonts: readonly string[] = []): FontSet {
  const { resolve } = createRequire(import.meta.url)
  const faces = (weight: Weight) => [...FONT_FILES[weight].map((file) => resolve(file)), ...ownFonts].map(loadTypeface)
  return new FontSet({ regular: faces('regular'), bold: faces('bold') })
}

let arimo: FontSet | undefined

/** Loads Arimo, which is Liberation Sans under another name, for forms that require it. It has Latin, Greek and Cyrillic. */
export function loadArimo(): FontSet {
  const { resolve } = createRequire(import.meta.url)
  const face = (file: string) => [loadTypeface(resolve(`@expo-google-fonts/arimo/${file}`))]
  arimo ??= new FontSet({ regular: face('400Regular/Arimo_400Regular.ttf'), bold: face('700Bold/Arimo_700Bold.ttf') })
  return arimo
}

const loadedTypefaces = new Map<string, Typeface>()

function loadTypeface(path: string): Typeface {
  const cached = loadedTypefaces.get(path)
  if (cached) return cached
  const font = create(readFileSync(path)) as Font
  if (!('createSubset' in font)) throw new Error(`${path}: font collections are not supported; use a file with one font`)
  const typeface = new Typeface(font)
  loadedTypefaces.set(path, typeface)
  return typeface
}
