import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { create, type Font } from 'fontkit'
import { INVISIBLE, type ShapedText, shapeText } from './text-shaping.js'
import { Typeface } from './typeface.js'

export type Weight = 'regular' | 'bold'

const FILES: Record<Weight, readonly string[]> = {
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

/** Typefaces in the order in which they are asked for a character: Latin, Greek and Cyrillic, Hebrew, Arabic, the operator's own. */
export class FontSet {
  readonly #faces: Record<Weight, Typeface[]>
  readonly #printable = new Set<string>()
  readonly #laid: Record<Weight, Map<string, ShapedText>> = { regular: new Map(), bold: new Map() }

  constructor(faces: Record<Weight, Typeface[]>) {
    this.#faces = faces
  }

  /** How a line of text is drawn, left to right on the paper. Labels and names come again and again, so it is remembered. */
  lay(text: string, weight: Weight): ShapedText {
    const known = this.#laid[weight].get(text)
    if (known) return known
    const laid = shapeText(text, this.#faces[weight])
    if (this.#laid[weight].size >= MAX_CACHED_TEXTS) this.#laid[weight].clear()
    this.#laid[weight].set(text, laid)
    return laid
  }

  /** @returns the first character that no typeface has; what is never drawn, such as a soft hyphen, is none */
  unprintable(text: string): string | undefined {
    if (this.#printable.has(text)) return undefined
    const drawn = [...text.replaceAll('\n', '').replace(INVISIBLE, '')]
    const weights: Weight[] = ['regular', 'bold']
    const missing = drawn.find((character) => weights.some((weight) => !this.#faces[weight].some((face) => face.has(character))))
    if (this.#printable.size >= MAX_CACHED_TEXTS) this.#printable.clear()
    if (missing === undefined) this.#printable.add(text)
    return missing
  }

  /** @returns points */
  width(text: string, weight: Weight, size: number): number {
    return (this.lay(text, weight).advance * size) / 1000
  }

  /** Breaks text at spaces, and within a word only where it is wider than the line. */
  wrap(text: string, weight: Weight, size: number, width: number): string[] {
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
      const longer = `${pieces.at(-1)}${character}`
      if (longer.length > 1 && this.width(longer, weight, size) > width) pieces.push(character)
      else pieces[pieces.length - 1] = longer
    }
    return pieces
  }
}

/**
 * @param own  paths of the operator's fonts (TTF or OTF with TrueType outlines), asked after ours
 * @throws when a file is missing or no such font
 */
export function loadFonts(own: readonly string[] = []): FontSet {
  const { resolve } = createRequire(import.meta.url)
  const faces = (weight: Weight) => [...FILES[weight].map((file) => resolve(file)), ...own].map(load)
  return new FontSet({ regular: faces('regular'), bold: faces('bold') })
}

const loaded = new Map<string, Typeface>()

function load(path: string): Typeface {
  const known = loaded.get(path)
  if (known) return known
  const font = create(readFileSync(path)) as Font
  if (!('createSubset' in font)) throw new Error('a collection of fonts; one font a file is needed')
  const typeface = new Typeface(font)
  loaded.set(path, typeface)
  return typeface
}
