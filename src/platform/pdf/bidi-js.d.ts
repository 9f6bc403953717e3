/** Types for the used part of bidi-js, which has none. Indices count UTF-16 code units. */
declare module 'bidi-js' {
  interface EmbeddingLevels {
    readonly levels: Uint8Array
    readonly paragraphs: readonly { start: number; end: number; level: number }[]
  }
  interface Bidi {
    getEmbeddingLevels(text: string, direction?: 'ltr' | 'rtl' | 'auto'): EmbeddingLevels
    getMirroredCharactersMap(text: string, levels: Uint8Array): Map<number, string>
    getReorderedIndices(text: string, levels: EmbeddingLevels): number[]
  }
  export default function bidiFactory(): Bidi
}
