import type { FindMissingGlyph } from '../../core/input.js'
import type { FontSet } from './font-set.js'

/**
 * Characters that the built-in fonts are known to have, so that most texts are
 * checked without loading a font.
 */
const ALWAYS_PRINTABLE = /^[\n\x20-\x7e\u00a1-\u00ac\u00ae-\u017f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f]*$/

/** @param ownFonts  paths of the operator's fonts */
export function createMissingGlyphFinder(ownFonts: readonly string[]): FindMissingGlyph {
  let fonts: FontSet | undefined
  return async (text) => {
    if (ALWAYS_PRINTABLE.test(text)) return undefined
    const { loadFonts } = await import('./font-set.js')
    fonts ??= loadFonts(ownFonts)
    return fonts.findMissingGlyph(text)
  }
}
