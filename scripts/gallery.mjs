// npm run gallery: draws ten difficult invoice documents to docs/gallery/, to review after every change of
// the template. Needs pdftoppm (Debian: apt-get install poppler-utils).
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ADA, sampleInvoice } from '../bench/document.mjs'
import { buildCreditNote } from '../dist/modules/invoicing/invoice.rules.js'
import { drawInvoice } from '../dist/modules/invoicing/pdf/draw-invoice.js'
import { loadLogo } from '../dist/modules/invoicing/pdf/logo.js'
import { NOT_TAXED, onlyTax } from '../dist/modules/invoicing/tax/tax.rules.js'
import { describeLines } from '../dist/modules/orders/describe-items.js'
import { linesForPlan, singleLine } from '../dist/modules/orders/order.rules.js'
import { loadFonts } from '../dist/platform/pdf/font-set.js'

const target = fileURLToPath(new URL('../docs/gallery', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'gallery-'))
const japanese = createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf')
const fonts = loadFonts([japanese])
const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 90"><rect x="4" y="12" width="66" height="66" rx="14" fill="#0b5cad"/>
<path d="M20 45l14 15 24-30" fill="none" stroke="#fff" stroke-width="9" stroke-linecap="round"/><text x="86" y="60" font-size="42" fill="#1b1f24">Hosting</text></svg>`

const rate = (basisPoints) => onlyTax({ category: 'STANDARD', millionths: basisPoints * 100 })
const planLine = (amount, interval = 'MONTH') => linesForPlan({ name: 'Pro', interval }, amount)[0]
const line = (description, unitPrice, quantity = 1) => {
  return { kind: 'TEXT', description, quantity, unitPrice, amount: unitPrice * BigInt(quantity) }
}
/** The texts of the lines are in the language of the document. */
const invoice = ({ lines = [planLine(1500n)], locale = 'en-GB', ...changes }) =>
  sampleInvoice({ lines: describeLines(lines, locale), locale, pricesIncludeTax: true, ...changes })

const check = { vatId: 'FR83404833048', method: 'FORMAT', at: '2026-05-01T10:00:00.000Z' }
const reverseCharge = { ...onlyTax({ category: 'REVERSE_CHARGE', millionths: 0 }), check }
const names = ['Москва', 'Ελλάδα', '株式会社東京', 'שלום (בע״מ) 12', 'شركة دبي 7']

const GALLERY = {
  '01-one-line': [invoice({})],
  '02-300-lines': [
    invoice({ lines: Array.from({ length: 300 }, (_, index) => line(`Server ${index + 1}, 8 GB`, BigInt(400 + (index % 7) * 50))) }),
    'last page',
  ],
  '03-jpy': [
    invoice({ currency: 'JPY', locale: 'ja-JP', lines: [line('サーバー 8 GB', 1980n), line('バックアップ', 333n, 3)], tax: rate(1000) }),
  ],
  '04-kwd': [invoice({ currency: 'KWD', lines: [planLine(4750n), line('Extra traffic, 1 TB', 1125n, 3)], tax: NOT_TAXED })],
  '05-german-reverse-charge': [
    invoice({
      locale: 'de-DE',
      tax: reverseCharge,
      pricesIncludeTax: false,
      lines: [planLine(15_000n, 'YEAR'), line('Zusätzliches Backup', 250n, 12)],
      buyer: {
        ...ADA,
        name: 'Société Exemplaire SARL',
        address: '8 rue de la Paix',
        city: 'Paris',
        zip: '75002',
        country: 'FR',
        taxId: 'FR83404833048',
      },
    }),
  ],
  '06-cyrillic-cjk-rtl': [
    invoice({
      buyer: {
        ...ADA,
        name: names.join(' · '),
        address: 'Тверская улица 1\n千代田区 1-2-3\nرحوب 7',
        city: 'Αθήνα',
        zip: null,
        country: 'GR',
      },
      lines: names.map((name) => line(name, 100n)),
    }),
  ],
  '07-refund': [
    buildCreditNote({
      number: 'CN-2026-000007',
      invoice: invoice({}),
      creditedBefore: 0n,
      amount: 500n,
      reason: 'Outage of 3 May',
      date: new Date('2026-05-09T10:00:00.000Z'),
    }),
  ],
  '08-pro-forma': [
    invoice({
      kind: 'PRO_FORMA',
      number: null,
      paid: false,
      orderStatus: 'PENDING',
      period: null,
      dueDate: '2026-05-08T10:00:00.000Z',
      locale: 'fr-FR',
    }),
  ],
  '09-no-logo': [
    invoice({
      locale: 'es-ES',
      buyer: { ...ADA, name: 'Una empresa con un nombre tan largo que no cabe en una sola línea de la factura, S.L.U.' },
    }),
    'no logo',
  ],
  '10-discount': [
    invoice({
      pricesIncludeTax: false,
      lines: [planLine(1500n), line('Extra backup', 333n, 3), singleLine({ kind: 'DISCOUNT', parameters: { name: 'SPRING, 20%' } }, -500n)],
    }),
  ],
}

mkdirSync(target, { recursive: true })
writeFileSync(join(folder, 'logo.svg'), LOGO)
const logo = await loadLogo(join(folder, 'logo.svg'), console)
for (const [name, [document, special]] of Object.entries(GALLERY)) {
  const pdf = join(folder, `${name}.pdf`)
  writeFileSync(pdf, drawInvoice(document, fonts, special === 'no logo' ? undefined : logo))
  const pages = Number(/Pages:\s+(\d+)/.exec(execFileSync('pdfinfo', [pdf], { encoding: 'utf8' }))?.[1])
  const page = String(special === 'last page' ? pages : 1)
  execFileSync('pdftoppm', ['-png', '-r', '66', '-f', page, '-l', page, '-singlefile', pdf, join(target, name)])
  console.log(`docs/gallery/${name}.png${pages > 1 ? `, page ${page} of ${pages}` : ''}`)
}
rmSync(folder, { recursive: true })
