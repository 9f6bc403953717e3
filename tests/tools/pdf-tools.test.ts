import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Profile, validateXsd } from '@stackforge-eu/factur-x'
import { XmlDocument } from 'libxml2-wasm'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildCreditNote } from '../../src/modules/invoicing/credit-note.rules.js'
import type { DocumentSnapshot } from '../../src/modules/invoicing/document-snapshot.js'
import { drawInvoice } from '../../src/modules/invoicing/pdf/draw-invoice.js'
import { loadLogo } from '../../src/modules/invoicing/pdf/logo.js'
import { loadFonts } from '../../src/platform/pdf/font-set.js'
import type { PdfImage } from '../../src/platform/pdf/image.js'
import { orderLines, sampleDocument } from '../support/document.js'
import { documentFor } from '../support/electronic-documents.js'
import { violatedRules } from '../support/en16931.js'

// Checks our PDF files with third-party tools. Debian: apt-get install qpdf poppler-utils

const run = promisify(execFile)
const JAPANESE = createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf')
const fonts = loadFonts([JAPANESE])
const { buyer } = sampleDocument()
/** The instructions of the last one continue on the next page. */
const PAYMENT_METHODS = [
  { name: 'Überweisung', instructions: 'Bitte {amount} überweisen.', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
  { name: 'Bar', instructions: Array.from({ length: 40 }, (_, index) => `Zeile ${index}: {invoice}`).join('\n'), iban: null, bic: null },
]
const DOCUMENTS: Record<string, DocumentSnapshot> = {
  invoice: sampleDocument(),
  'three-hundred-lines': sampleDocument({ lines: orderLines(300) }, { locale: 'de-DE' }),
  'all-scripts': sampleDocument({}, { buyer: { ...buyer, name: 'Москва Ελλάδα שלום (1) محمد 東京' } }),
  'pro-forma': sampleDocument({}, { kind: 'PRO_FORMA', number: null, paid: false, orderStatus: 'PENDING', period: null }),
  'open-invoice': sampleDocument({ lines: orderLines(20) }, { locale: 'de-DE', paid: false, howToPay: { methods: PAYMENT_METHODS } }),
  xrechnung: documentFor('XRECHNUNG'),
  'credit-note': buildCreditNote({
    number: 'CN-2026-000001',
    invoice: sampleDocument(),
    creditedBefore: 0n,
    amount: 500n,
    reason: 'Outage (3 h)',
    date: new Date('2026-05-09T10:00:00.000Z'),
  }),
}

let folder: string
let logo: PdfImage | undefined
const path = (name: string) => join(folder, `${name}.pdf`)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pdf-tools-'))
  const image = new PNG({ width: 60, height: 20 })
  image.data.fill(0x80)
  await writeFile(join(folder, 'logo.png'), PNG.sync.write(image))
  logo = await loadLogo(join(folder, 'logo.png'), console)
  for (const [name, document] of Object.entries(DOCUMENTS)) await writeFile(path(name), drawInvoice(document, fonts, logo))
})
afterAll(() => rm(folder, { recursive: true }))

describe.each(Object.keys(DOCUMENTS))('%s', (name) => {
  test('has no syntax errors according to qpdf', async () => {
    const { stdout } = await run('qpdf', ['--check', path(name)])
    expect(stdout).toContain('No syntax or stream encoding errors found')
  })

  test('embeds a subset of every font and maps it to Unicode', async () => {
    const { stdout } = await run('pdffonts', [path(name)])
    const rows = stdout.trim().split('\n').slice(2)
    expect(rows.length).toBeGreaterThan(1)
    for (const row of rows) expect(row).toMatch(/CID TrueType\s+Identity-H\s+yes yes yes/)
  })

  test('is tagged and has a title and an author', async () => {
    const { stdout } = await run('pdfinfo', [path(name)])
    expect(stdout).toMatch(/Tagged:\s+yes/)
    expect(stdout).toMatch(/Title:\s+\S/)
    expect(stdout).toMatch(/Author:\s+Hosting GmbH/)
    const { stdout: tree } = await run('pdfinfo', ['-struct', path(name)])
    for (const tag of ['Document', 'H1', 'Table', 'TH', 'TD', 'Figure']) expect(tree).toContain(tag)
  })

  test('declares its conformance in well-formed XMP', async () => {
    const { stdout } = await run('pdfinfo', ['-meta', path(name)])
    const xmp = XmlDocument.fromString(stdout.trim())
    const value = (namespace: string, element: string) => xmp.get(`//x:${element}`, { x: namespace })?.content
    expect(value('http://www.aiim.org/pdfa/ns/id/', 'part')).toBe('3')
    expect(value('http://www.aiim.org/pdfa/ns/id/', 'conformance')).toBe('A')
    expect(value('http://www.aiim.org/pdfua/ns/id/', 'part')).toBe('1')
    const profile = name === 'xrechnung' ? 'XRECHNUNG' : 'EN 16931'
    const facturX = value('urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#', 'ConformanceLevel')
    expect(facturX).toBe(name === 'pro-forma' ? undefined : profile)
    xmp.dispose()
  })

  test('contains an electronic invoice that conforms to the XSD and the rules of EN 16931', async () => {
    const { stdout } = await run('pdfdetach', ['-list', path(name)])
    if (name === 'pro-forma') return expect(stdout).toContain('0 embedded files')
    expect(stdout).toContain(name === 'xrechnung' ? '1: xrechnung.xml' : '1: factur-x.xml')
    await run('pdfdetach', ['-save', '1', '-o', join(folder, `${name}.xml`), path(name)])
    const xml = await readFile(join(folder, `${name}.xml`), 'utf8')
    expect(await validateXsd(xml, Profile.EN16931)).toMatchObject({ valid: true })
    expect(violatedRules(xml)).toEqual([])
  })
})

test('the electronic invoice states the last day of the period as the page does', async () => {
  const { stdout } = await run('pdftotext', ['-raw', path('invoice'), '-'])
  expect(stdout).toContain('May 1, 2026 – May 31, 2026')
  await run('pdfdetach', ['-save', '1', '-o', join(folder, 'period.xml'), path('invoice')])
  expect(await readFile(join(folder, 'period.xml'), 'utf8')).toMatch(
    /BillingSpecifiedPeriod>.*20260501<.*20260531<.*BillingSpecifiedPeriod>/,
  )
})

test('an open invoice states how to pay, in reading order and on as many pages as it needs', async () => {
  const { stdout } = await run('pdftotext', ['-raw', path('open-invoice'), '-'])
  const words = [
    'Offener Betrag',
    'So können Sie bezahlen',
    'Überweisung',
    'IBAN DE89 3704 0044',
    'Verwendungszweck INV-2026-000042',
    'Bitte 357,00',
    'Gesamtbetrag',
    'Weitere Zahlungsarten',
    'Bar',
  ]
  const lines = Array.from({ length: 40 }, (_, index) => `Zeile ${index}: INV-2026-000042`)
  const positions = [...words, ...lines].map((text) => stdout.indexOf(text))
  expect(positions).not.toContain(-1)
  expect(positions).toEqual(positions.toSorted((a, b) => a - b))
  expect(stdout).toContain('Seite 1 von 2')
})

test('extracts text in reading order in every script', async () => {
  const { stdout } = await run('pdftotext', ['-raw', path('all-scripts'), '-'])
  for (const word of ['Москва', 'Ελλάδα', '東京', 'INV-2026-000042']) expect(stdout).toContain(word)
  expect(stdout.indexOf('INV-2026-000042')).toBeLessThan(stdout.indexOf('Position 1'))
})
