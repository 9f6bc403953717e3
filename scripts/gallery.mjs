// npm run gallery: draws sixteen invoice documents to docs/gallery/, and docs/invoice.png, to review after every
// change of the template. Needs poppler-utils. To look closely: node scripts/gallery.mjs <folder> <dpi>.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ADA, sampleInvoice } from '../bench/document.mjs'
import { parseConfig } from '../dist/config/config.js'
import { withDemoSeller } from '../dist/demo/demo-seller.js'
import { buildCreditNote } from '../dist/modules/invoicing/credit-note.rules.js'
import { messagesFor } from '../dist/modules/invoicing/i18n/languages.js'
import { drawInvoice } from '../dist/modules/invoicing/pdf/draw-invoice.js'
import { loadLogo } from '../dist/modules/invoicing/pdf/logo.js'
import { NOT_TAXED, onlyTax } from '../dist/modules/invoicing/tax/tax.rules.js'
import { describeLines } from '../dist/modules/orders/describe-items.js'
import { linesForPlan, singleLine } from '../dist/modules/orders/order.rules.js'
import { loadFonts } from '../dist/platform/pdf/font-set.js'

const docs = fileURLToPath(new URL('../docs', import.meta.url))
const [target = join(docs, 'gallery'), dpi = '80'] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'gallery-'))
const japanese = createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf')
const fonts = loadFonts([japanese])
/** The seller of the demo. */
const demo = withDemoSeller(parseConfig({})).invoices
const logo = await loadLogo(demo.logoPath, console)

const rate = (millionths, name = null) => ({ category: 'STANDARD', millionths, name, exemption: null })
const planLine = (amount, interval = 'MONTH') => linesForPlan({ name: 'Pro', interval }, amount)[0]
const line = (description, unitPrice, quantity = 1) => {
  return { kind: 'TEXT', description, quantity, unitPrice, amount: unitPrice * BigInt(quantity) }
}
const paid = (kind, reference, amount, at = '2026-05-01T10:00:00.000Z') => ({ kind, reference, amount: String(amount), at })
const transfer = (name, instructions, iban = 'DE89370400440532013000', bic = 'COBADEFFXXX') => ({ name, instructions, iban, bic })
const byHand = (name, instructions) => ({ name, instructions, iban: null, bic: null })
/** The texts of the lines are in the language of the document. */
const invoice = ({ lines = [planLine(1500n)], locale = 'en-GB', issuer, ...changes }) =>
  sampleInvoice({
    lines: describeLines(lines, locale),
    locale,
    pricesIncludeTax: true,
    ...(issuer === undefined ? {} : { issuer }),
    ...changes,
  })
const open = (methods, changes) => invoice({ paid: false, dueDate: '2026-05-15T10:00:00.000Z', howToPay: { methods }, ...changes })

const GERMAN = {
  company: 'Hosting GmbH',
  name: 'Hosting GmbH',
  address: 'Hauptstraße 1',
  zip: '10115',
  city: 'Berlin',
  country: 'DE',
  taxId: 'DE136695976',
  email: 'rechnung@hosting.example',
  registrationId: 'HRB 123456 B',
  register: 'Amtsgericht Charlottenburg',
  contact: 'Erika Mustermann',
  phone: '+49 30 23125 0123',
}
const SWISS = {
  company: 'Hébergement SA',
  name: 'Hébergement Romandie SA',
  address: 'Rue du Lac 7',
  zip: '1003',
  city: 'Lausanne',
  country: 'CH',
  taxId: 'CHE-123.456.788 TVA',
  email: 'factures@hebergement.example',
  registrationId: 'CHE-123.456.788',
  register: 'Registre du commerce du canton de Vaud',
}
const CANADIAN = {
  company: 'Érable Cloud',
  name: 'Érable Cloud Inc.',
  address: '400 rue Saint-Paul',
  city: 'Montréal',
  state: 'QC',
  zip: 'H2Y 2A1',
  country: 'CA',
  taxId: '123456789 RT0001',
  email: 'billing@erable.example',
}
const check = { vatId: 'FR83404833048', method: 'FORMAT', at: '2026-05-01T10:00:00.000Z' }
const reverseCharge = { ...onlyTax({ category: 'REVERSE_CHARGE', millionths: 0 }), check }
const names = ['Москва', 'Ελλάδα', '株式会社東京', 'שלום (בע״מ) 12', 'شركة دبي 7']

/** As the receipt of a payment has them that exceeds its invoice. */
const { messages } = messagesFor('en-GB')
const receiptLine = (description, amount, date) => ({ description, quantity: 1, unitPrice: String(amount), amount: String(amount), date })
const receipt = (lines, payment, changes = {}) => {
  const total = lines.reduce((sum, { amount }) => sum + BigInt(amount), 0n)
  const parts = { kind: 'RECEIPT', number: null, period: null, issuer: demo.issuer, tax: NOT_TAXED, date: payment.at }
  return { ...invoice({ ...parts, ...changes }), lines, subtotal: String(total), total: String(total), taxes: [], payments: [payment] }
}

const GALLERY = {
  '01-one-line': [invoice({ issuer: demo.issuer, tax: { taxes: [rate(230_000)], check: null }, payments: [paid('PROVIDER', null, 1500)] })],
  '02-300-lines': [
    invoice({
      lines: Array.from({ length: 300 }, (_, index) => line(`Server ${index + 1}, 8 GB`, BigInt(400 + (index % 7) * 50))),
      payments: [paid('BANK_TRANSFER', 'RF18 5390 0754 7034', 163_650, '2026-05-04T10:00:00.000Z')],
    }),
    'last page',
  ],
  '03-jpy': [
    invoice({
      currency: 'JPY',
      locale: 'ja-JP',
      lines: [line('サーバー 8 GB', 1980n), line('バックアップ', 333n, 3)],
      tax: { taxes: [rate(100_000)], check: null },
    }),
  ],
  '04-kwd': [
    open([byHand('Transfer', 'Kuwait Example Bank, account 0123456789.\nPlease state {invoice}.')], {
      currency: 'KWD',
      lines: [planLine(4750n), line('Extra traffic, 1 TB', 1125n, 3)],
      tax: NOT_TAXED,
    }),
  ],
  '05-german-reverse-charge': [
    open(
      [
        transfer('Überweisung', 'Bitte überweisen Sie den Betrag ohne Abzug.'),
        byHand('SEPA-Lastschrift', 'Erteilen Sie uns ein Mandat im Kundenportal.'),
      ],
      {
        locale: 'de-DE',
        issuer: GERMAN,
        tax: reverseCharge,
        pricesIncludeTax: false,
        lines: [
          planLine(15_000n, 'YEAR'),
          line('Zusätzliches Backup', 250n, 12),
          line('Hochverfügbarkeitsdatenbankserver mit Notfallwiederherstellungsvereinbarung', 12_900n),
        ],
        period: { start: '2026-05-01T10:00:00.000Z', end: '2027-05-01T10:00:00.000Z' },
        buyer: {
          ...ADA,
          name: 'Société Exemplaire SARL',
          email: 'comptabilite@exemplaire.example',
          address: '8 rue de la Paix',
          city: 'Paris',
          zip: '75002',
          country: 'FR',
          taxId: 'FR83404833048',
          purchaseOrder: 'BC-2026-0815',
        },
      },
    ),
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
      payments: [paid('CASH', null, 500)],
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
    open([transfer('Virement bancaire', null, 'CH9300762011623852957', null)], {
      kind: 'PRO_FORMA',
      number: null,
      orderStatus: 'PENDING',
      period: null,
      dueDate: '2026-05-08T10:00:00.000Z',
      locale: 'fr-CH',
      timeZone: 'Europe/Zurich',
      currency: 'CHF',
      issuer: SWISS,
      tax: { taxes: [rate(81_000)], check: null },
      buyer: {
        ...ADA,
        name: 'Atelier Jardin Sàrl',
        email: 'info@jardin.example',
        address: 'Chemin des Vignes 12',
        zip: '1814',
        city: 'La Tour-de-Peilz',
        country: 'CH',
      },
    }),
  ],
  '09-no-logo': [
    invoice({
      locale: 'es-ES',
      buyer: {
        ...ADA,
        name: 'Una empresa con un nombre tan largo que no cabe en una sola línea de la factura, S.L.U.',
        country: 'ES',
        city: 'Sevilla',
        zip: '41001',
        address: 'Calle de la Alfalfa 3',
      },
      payments: [paid('BANK_TRANSFER', 'F-2026-42', 1000), paid('BALANCE', null, 500)],
    }),
    'no logo',
  ],
  '10-discount': [
    invoice({
      pricesIncludeTax: false,
      lines: [planLine(1500n), line('Extra backup', 333n, 3), singleLine({ kind: 'DISCOUNT', parameters: { name: 'SPRING, 20%' } }, -500n)],
      payments: [paid('PROVIDER', null, 2379)],
    }),
  ],
  '11-open-qr-code': [
    open(
      [
        transfer('Bank transfer', 'Please transfer {amount} within 14 days.'),
        byHand('Cash', 'At our office, Monday to Friday, 9:00 to 17:00.'),
      ],
      {
        issuer: demo.issuer,
        tax: { taxes: [rate(230_000)], check: null },
        lines: [planLine(1500n), line('Extra backup, 100 GB', 499n, 2)],
        buyer: {
          ...ADA,
          name: 'Analytical Engines Ltd',
          email: 'accounts@engines.example',
          city: 'Cork',
          zip: 'T12 X70A',
          address: '12 South Mall',
          country: 'IE',
        },
        prepaid: '500',
      },
    ),
  ],
  '12-receipt': [
    receipt(
      [
        receiptLine(`${messages.titles.INVOICE} INV-2026-000042`, 1500, '2026-05-01T10:00:00.000Z'),
        receiptLine(messages.addedToBalance, 500),
      ],
      { ...paid('BANK_TRANSFER', 'RF18 5390 0754 7034', 2000, '2026-05-04T10:00:00.000Z'), id: 7 },
    ),
  ],
  '13-xrechnung': [
    open([transfer('Überweisung', null)], {
      format: 'XRECHNUNG',
      locale: 'de-DE',
      issuer: GERMAN,
      pricesIncludeTax: false,
      lines: [planLine(14_900n), line('Einrichtung und Schulung vor Ort, je Stunde', 9500n, 6)],
      buyer: {
        ...ADA,
        name: 'Bundesamt für Beispielwesen',
        email: 'eingang@beispielwesen.example',
        address: 'Abteilung Informationstechnik\nBeispielallee 17',
        zip: '53113',
        city: 'Bonn',
        country: 'DE',
        reference: '991-12345-67',
        purchaseOrder: 'B-2026-4711',
      },
      notes: [{ subject: null, text: 'Zahlbar innerhalb von 14 Tagen ohne Abzug.' }],
    }),
  ],
  '14-out-of-scope': [
    invoice({
      issuer: {
        ...demo.issuer,
        country: 'CH',
        city: 'Zürich',
        zip: '8001',
        address: 'Beispielgasse 5',
        taxId: 'CHE-123.456.788 MWST',
        register: 'Handelsregister Zürich',
        registrationId: 'CHE-123.456.788',
        phone: undefined,
      },
      currency: 'USD',
      locale: 'en-US',
      tax: onlyTax({ category: 'OUT_OF_SCOPE', millionths: 0, customerOwesTax: true }),
      buyer: {
        ...ADA,
        name: 'Difference Machines, Inc.',
        email: 'ap@difference.example',
        address: '500 Market Street, Suite 12',
        city: 'San Francisco',
        state: 'CA',
        zip: '94105',
        country: 'US',
      },
      payments: [paid('PROVIDER', 'ch_3PqX81', 1500)],
    }),
  ],
  '15-two-taxes': [
    invoice({
      issuer: CANADIAN,
      currency: 'CAD',
      locale: 'fr-CA',
      timeZone: 'America/Montreal',
      pricesIncludeTax: false,
      lines: [planLine(4900n), line('Sauvegarde supplémentaire, 100 Go', 750n, 2)],
      tax: { taxes: [rate(50_000, 'TPS'), rate(99_750, 'TVQ')], check: null },
      buyer: {
        ...ADA,
        name: 'Boulangerie du Vieux-Port',
        email: 'caisse@vieux-port.example',
        address: '12 place Jacques-Cartier',
        city: 'Montréal',
        state: 'QC',
        zip: 'H2Y 3B2',
        country: 'CA',
      },
      payments: [paid('BANK_TRANSFER', 'VIR-20260501', 7358)],
    }),
  ],
  '16-statement': [
    invoice({
      kind: 'STATEMENT',
      number: 'ST-2026-000042',
      tax: NOT_TAXED,
      merchantOfRecord: { name: 'Lemon Squeezy LLC', documentUrl: 'https://app.lemonsqueezy.com/my-orders/0f9a2c' },
      payments: [paid('PROVIDER', null, 1500)],
    }),
  ],
}

/** The document that docs/invoices.md shows first. */
const FIRST = '11-open-qr-code'

mkdirSync(target, { recursive: true })
for (const [name, [document, special]] of Object.entries(GALLERY)) {
  const pdf = join(folder, `${name}.pdf`)
  writeFileSync(pdf, special === 'no logo' ? drawInvoice(document, fonts, undefined) : drawInvoice(document, fonts, logo, demo.accentColor))
  const pages = Number(/Pages:\s+(\d+)/.exec(execFileSync('pdfinfo', [pdf], { encoding: 'utf8' }))?.[1])
  const page = String(special === 'last page' ? pages : 1)
  execFileSync('pdftoppm', ['-png', '-r', dpi, '-f', page, '-l', page, '-singlefile', pdf, join(target, name)])
  if (name === FIRST && target === join(docs, 'gallery')) {
    execFileSync('pdftoppm', ['-png', '-r', '110', '-singlefile', pdf, join(docs, 'invoice')])
  }
  console.log(`${name}.png${pages > 1 ? `, page ${page} of ${pages}` : ''}`)
}
rmSync(folder, { recursive: true })
