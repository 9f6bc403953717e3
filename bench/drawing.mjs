// Drawing an invoice as PDF/A-3a with embedded fonts, logo and XML, compared with other libraries as their guides show them.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drawInvoice } from '../dist/modules/invoicing/pdf/draw-invoice.js'
import { loadLogo } from '../dist/modules/invoicing/pdf/logo.js'
import { loadFonts } from '../dist/platform/pdf/font-set.js'
import { invoice, logoPng } from './document.mjs'
import { installPeers } from './install-peers.mjs'
import { race } from './measure.mjs'
import { sized } from './size.mjs'

const { resolve } = createRequire(import.meta.url)
const NOTO = '@expo-google-fonts/noto-sans'
const EMBEDDED = { regular: resolve(`${NOTO}/400Regular/NotoSans_400Regular.ttf`), bold: resolve(`${NOTO}/700Bold/NotoSans_700Bold.ttf`) }
const STANDARD = { regular: 'Helvetica', bold: 'Helvetica-Bold' }

export async function benchDrawing() {
  installPeers()
  // Installed only now.
  const { drawWithPdfkit } = await import('./peers/draw-pdfkit.mjs')
  const { drawWithPdfLib } = await import('./peers/draw-pdf-lib.mjs')
  const { configurePdfmake, drawWithPdfmake } = await import('./peers/draw-pdfmake.mjs')
  const { configureReactPdf, drawWithReactPdf } = await import('./peers/draw-react-pdf.mjs')
  configurePdfmake(EMBEDDED)
  configureReactPdf(EMBEDDED)
  const logo = logoPng()
  const assets = await loadRenderAssets(logo)
  const bytes = { regular: await readFile(EMBEDDED.regular), bold: await readFile(EMBEDDED.bold) }
  return race('documents', {
    ours: { count: sized(400, 2), run: (index) => drawInvoice(invoice(index), assets.fonts, assets.logo) },
    helvetica: { count: sized(100, 2), run: (index) => drawWithPdfkit(invoice(index), STANDARD, logo) },
    embedded: { count: sized(8, 1), run: (index) => drawWithPdfkit(invoice(index), EMBEDDED, logo) },
    pdfLib: { count: sized(20, 1), run: (index) => drawWithPdfLib(invoice(index), bytes, logo) },
    pdfmake: { count: sized(20, 1), run: (index) => drawWithPdfmake(invoice(index), logo) },
    reactPdf: { count: sized(20, 1), run: (index) => drawWithReactPdf(invoice(index), logo) },
  })
}

export async function loadRenderAssets(png) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  await writeFile(join(folder, 'logo.png'), png)
  const logo = await loadLogo(join(folder, 'logo.png'), console)
  await rm(folder, { recursive: true })
  return { fonts: loadFonts(), logo }
}
