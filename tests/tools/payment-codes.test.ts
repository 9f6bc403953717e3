import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import jsQr from 'jsqr'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DocumentSnapshot } from '../../src/modules/invoicing/document-snapshot.js'
import { drawInvoice } from '../../src/modules/invoicing/pdf/draw-invoice.js'
import { loadFonts } from '../../src/platform/pdf/font-set.js'
import { ISSUER, orderLines, sampleDocument } from '../support/document.js'

// Reads the QR codes of rendered pages as a banking app does. Debian: apt-get install qpdf poppler-utils

const run = promisify(execFile)
const fonts = loadFonts()
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codes-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** @param dpi  150 is less than a printer has  @param page  from 1 */
async function scan(document: DocumentSnapshot, { dpi = 150, page = 1, accent = '#0b5cad' } = {}): Promise<string | undefined> {
  const path = join(folder, 'document')
  await writeFile(`${path}.pdf`, drawInvoice(document, fonts, undefined, accent))
  await run('pdftoppm', ['-png', '-r', String(dpi), '-f', String(page), '-l', String(page), '-singlefile', `${path}.pdf`, path])
  const { data, width, height } = PNG.sync.read(await readFile(`${path}.png`))
  return jsQr.default(new Uint8ClampedArray(data), width, height)?.data
}

const bank = (iban: string, bic: string | null) => ({ methods: [{ name: 'Bank transfer', instructions: null, iban, bic }] })
const open = (changes: Partial<DocumentSnapshot> = {}) =>
  sampleDocument({}, { paid: false, howToPay: bank('DE89370400440532013000', 'COBADEFFXXX'), ...changes })

describe('the EPC code', () => {
  test('of an open invoice starts its transfer', async () => {
    expect(await scan(open())).toBe('BCD\n002\n1\nSCT\nCOBADEFFXXX\nHosting GmbH\nDE89370400440532013000\nEUR17.85\n\n\nINV-2026-000042')
  })

  test.each(['#ffffff', '#000000', '#ffd400'])('can be read with the accent color %s', async (accent) => {
    expect(await scan(open(), { accent })).toContain('EUR17.85')
  })

  test('of a pro forma has the rest of the amount and the id of the order', async () => {
    const proForma = open({ kind: 'PRO_FORMA', number: null, orderStatus: 'PENDING', prepaid: '785' })
    expect((await scan(proForma))?.split('\n').slice(7)).toEqual(['EUR10.00', '', '', '101'])
  })

  test('can be read with the longest name, in letters of two bytes', async () => {
    const issuer = { ...ISSUER, name: 'Łódź-Kraków-Gdańsk Przedsiębiorstwo Usługowe Spółka z ograniczoną odpo' }
    expect((await scan(open({ issuer }), { dpi: 200 }))?.split('\n')[5]).toBe(issuer.name)
  })
})

describe('the code of the Swiss payment part', () => {
  const issuer = { ...ISSUER, name: 'Hébergement Romandie SA', address: 'Rue du Lac 7', zip: '1003', city: 'Lausanne', country: 'CH' }
  const swiss = (changes: Partial<DocumentSnapshot> = {}) =>
    open({ currency: 'CHF', locale: 'fr-CH', issuer, howToPay: bank('CH4431999123000889012', null), ...changes })

  test('can be read with the cross in its middle', async () => {
    const lines = (await scan(swiss()))?.split('\n')
    expect(lines?.slice(0, 11)).toEqual([
      'SPC',
      '0200',
      '1',
      'CH4431999123000889012',
      'S',
      'Hébergement Romandie SA',
      'Rue du Lac',
      '7',
      '1003',
      'Lausanne',
      'CH',
    ])
    expect(lines?.slice(18, 20)).toEqual(['17.85', 'CHF'])
    expect(lines?.slice(27)).toEqual(['QRR', '000000000000000020260000425', 'INV-2026-000042', 'EPD'])
  })

  test('is at the bottom of the last page of a long invoice', async () => {
    const { subtotal, tax, total, lines, taxes } = sampleDocument({ lines: orderLines(30) })
    const document = swiss({ subtotal, tax, total, lines, taxes })
    expect(await scan(document, { page: 1 })).toBeUndefined()
    expect(await scan(document, { page: 2 })).toContain('\n535.50\nCHF\n')
  })

  test('has the size and the place that the standard requires', async () => {
    const path = join(folder, 'size')
    await writeFile(`${path}.pdf`, drawInvoice(swiss(), fonts, undefined))
    await run('pdftoppm', ['-png', '-r', '254', '-singlefile', `${path}.pdf`, path])
    const { data, width, height } = PNG.sync.read(await readFile(`${path}.png`))
    const { topLeftCorner, bottomRightCorner } = jsQr.default(new Uint8ClampedArray(data), width, height)?.location ?? {}
    // 254 dpi are 10 pixels per millimetre: 46 mm, 67 mm from the left, 17 mm below the upper edge of the payment part.
    expect(topLeftCorner?.x).toBeCloseTo(670, -1)
    expect(topLeftCorner?.y).toBeCloseTo(2970 - 1050 + 170, -1)
    expect((bottomRightCorner?.x ?? 0) - (topLeftCorner?.x ?? 0)).toBeCloseTo(460, -1)
  })
})
