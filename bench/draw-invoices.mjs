import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drawInvoice } from '../dist/modules/invoicing/pdf/draw-invoice.js'
import { loadLogo } from '../dist/modules/invoicing/pdf/logo.js'
import { loadFonts } from '../dist/platform/pdf/font-set.js'
import { invoice, logoPng } from './document.mjs'
import { race } from './measure.mjs'
import { drawNaively } from './naive-pdfkit.mjs'

const { resolve } = createRequire(import.meta.url)
const NOTO = '@expo-google-fonts/noto-sans'
const EMBEDDED = { regular: resolve(`${NOTO}/400Regular/NotoSans_400Regular.ttf`), bold: resolve(`${NOTO}/700Bold/NotoSans_700Bold.ttf`) }
const STANDARD = { regular: 'Helvetica', bold: 'Helvetica-Bold' }

/**
 * Compares drawing an invoice as PDF/A-3a with embedded fonts, logo and XML
 * with pdfkit as its guide shows it.
 */
export async function benchDrawing() {
  const logo = logoPng()
  const assets = await loadRenderAssets(logo)
  return race({
    ours: { count: 600, run: (index) => drawInvoice(invoice(index), assets.fonts, assets.logo) },
    helvetica: { count: 100, run: (index) => drawNaively(invoice(index), STANDARD, logo) },
    embedded: { count: 10, run: (index) => drawNaively(invoice(index), EMBEDDED, logo) },
  })
}

export async function loadRenderAssets(png) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  await writeFile(join(folder, 'logo.png'), png)
  const logo = await loadLogo(join(folder, 'logo.png'), console)
  await rm(folder, { recursive: true })
  return { fonts: loadFonts(), logo }
}
