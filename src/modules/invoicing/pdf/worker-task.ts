import { move, workerData } from 'piscina'
import { loadFonts } from '../../../platform/pdf/font-set.js'
import type { PdfImage } from '../../../platform/pdf/image.js'
import type { DocumentSnapshot } from '../document-snapshot.js'
import { drawInvoice } from './draw-invoice.js'

/** Resources that are the same for every document. */
export interface RenderAssets {
  logo: PdfImage | undefined
  /** "#rrggbb". Default: that of Quittance. */
  accentColor?: string
  /** Paths of additional fonts, configured by the operator. */
  fonts: readonly string[]
}

const { logo, accentColor, fonts: fontPaths } = workerData as RenderAssets
const fonts = loadFonts(fontPaths)

/**
 * The bytes or the problem. A rendering error is a result, so that it can be distinguished from a worker that
 * died.
 */
export type RenderResult = Uint8Array | { problem: string }

export default function renderPdf(document: DocumentSnapshot): RenderResult {
  try {
    const bytes = drawInvoice(document, fonts, logo, accentColor)
    // Copied into separate memory, which is transferred to the main thread without another copy.
    return move(new Uint8Array(bytes)) as Uint8Array
  } catch (error) {
    return { problem: (error as Error).stack ?? String(error) }
  }
}
