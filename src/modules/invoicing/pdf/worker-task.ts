import { move, workerData } from 'piscina'
import { loadFonts } from '../../../platform/pdf/font-set.js'
import type { PdfImage } from '../../../platform/pdf/image.js'
import type { DocumentSnapshot } from '../invoice.rules.js'
import { drawInvoice } from './draw-invoice.js'

/** What every document is drawn with. */
export interface RenderAssets {
  logo: PdfImage | undefined
  /** Paths of the operator's fonts. */
  fonts: readonly string[]
}

const { logo, fonts: own } = workerData as RenderAssets
const fonts = loadFonts(own)

/** The bytes, or what was wrong: an error in the drawing is an answer, to be told from a worker that died. */
export type RenderResult = Uint8Array | { problem: string }

export default function renderPdf(document: DocumentSnapshot): RenderResult {
  try {
    const drawn = drawInvoice(document, fonts, logo)
    // A copy of its own memory, which is handed over instead of being copied again.
    return move(new Uint8Array(drawn)) as Uint8Array
  } catch (error) {
    return { problem: (error as Error).stack ?? String(error) }
  }
}
