import { move, workerData } from 'piscina'
import { loadFonts } from '../../../platform/pdf/font-set.js'
import type { Picture } from '../../../platform/pdf/image.js'
import type { DocumentSnapshot } from '../invoice.rules.js'
import { drawInvoice } from './draw-invoice.js'

/** What every document is drawn with. */
export interface DrawingKit {
  logo: Picture | undefined
  /** Paths of the operator's fonts. */
  fonts: readonly string[]
}

const { logo, fonts: own } = workerData as DrawingKit
const fonts = loadFonts(own)

/** The bytes, or what was wrong: an error in the drawing is an answer, to be told from a worker that died. */
export type Drawn = Uint8Array | { problem: string }

export default function render(document: DocumentSnapshot): Drawn {
  try {
    const drawn = drawInvoice(document, fonts, logo)
    // A copy of its own memory, which is handed over instead of being copied again.
    return move(new Uint8Array(drawn)) as Uint8Array
  } catch (error) {
    return { problem: (error as Error).stack ?? String(error) }
  }
}
