import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { create, type Font } from 'fontkit'

/** Parsed once and reused for every document: parsing is most of the cost of a small PDF. */
export interface Fonts {
  regular: Font
  bold: Font
}

const FAMILY = '@expo-google-fonts/noto-sans'

export function loadFonts(): Fonts {
  return { regular: load('400Regular/NotoSans_400Regular.ttf'), bold: load('700Bold/NotoSans_700Bold.ttf') }
}

function load(file: string): Font {
  return create(readFileSync(createRequire(import.meta.url).resolve(`${FAMILY}/${file}`))) as Font
}
