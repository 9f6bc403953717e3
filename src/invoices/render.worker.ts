import { move, workerData } from 'piscina'
import { drawInvoice } from './draw-invoice.js'
import { loadFonts } from './fonts.js'
import type { DocumentSnapshot } from './invoice.rules.js'

const fonts = loadFonts()
const { logo } = workerData as { logo: Uint8Array | undefined }

export type Drawn = { pdf: Uint8Array } | { problem: string }

/** An error in the drawing itself is an answer, so that the caller can tell it from a worker that died. */
export default async function render(document: DocumentSnapshot): Promise<Drawn> {
  try {
    const drawn = await drawInvoice(document, fonts, logo)
    const bytes = new Uint8Array(drawn.byteLength)
    bytes.set(drawn)
    return move({ pdf: bytes } as never) as unknown as Drawn
  } catch (error) {
    return { problem: (error as Error).stack ?? String(error) }
  }
}
