import { move, workerData } from 'piscina'
import { drawInvoice } from './draw-invoice.js'
import { loadFonts } from './fonts.js'
import type { DocumentSnapshot } from './invoice.rules.js'

const fonts = loadFonts()
const { logo } = workerData as { logo: Uint8Array | undefined }

/** The bytes, or what was wrong: an error in the drawing is an answer, to be told from a worker that died. */
export type Drawn = Uint8Array | { problem: string }

export default async function render(document: DocumentSnapshot): Promise<Drawn> {
  try {
    const drawn = await drawInvoice(document, fonts, logo)
    // A copy of its own memory, which is handed over instead of being copied again.
    return move(new Uint8Array(drawn)) as Uint8Array
  } catch (error) {
    return { problem: (error as Error).stack ?? String(error) }
  }
}
