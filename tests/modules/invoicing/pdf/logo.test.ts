import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { drawInvoice } from '../../../../src/modules/invoicing/pdf/draw-invoice.js'
import { loadLogo } from '../../../../src/modules/invoicing/pdf/logo.js'
import { loadFonts } from '../../../../src/platform/pdf/font-set.js'
import { sampleDocument } from '../../../support/document.js'
import { testLogger } from '../../../support/logger.js'
import { readPdf } from '../../../support/pdf.js'

let folder: string
const warnings: object[] = []
const log = testLogger({ warn: (details) => void warnings.push(details) })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logo-'))
})
beforeEach(() => warnings.splice(0))
afterAll(() => rm(folder, { recursive: true }))

async function load(name: string, bytes: Buffer | string) {
  await writeFile(join(folder, name), bytes)
  return loadLogo(join(folder, name), log)
}

function png(width: number, height: number, pixel: readonly number[]): Buffer {
  const image = new PNG({ width, height })
  for (let at = 0; at < image.data.length; at += 4) image.data.set(pixel, at)
  return PNG.sync.write(image)
}

/** A minimal JPEG: start of image, a comment, a frame header of 40 x 20, end of image. */
function jpeg(channels: number): Buffer {
  const frame = [0xff, 0xc0, 0, 8 + 3 * channels, 8, 0, 20, 0, 40, channels, ...Array.from({ length: 3 * channels }, () => 1)]
  return Buffer.from([0xff, 0xd8, 0xff, 0xfe, 0, 4, 65, 66, ...frame, 0xff, 0xd9])
}

test('blends transparent pixels of a PNG with white', async () => {
  const logo = await load('half.png', png(2, 1, [0, 100, 200, 128]))
  expect(logo).toMatchObject({ width: 2, height: 1, filter: 'FlateDecode', colorSpace: 'DeviceRGB' })
  expect([...inflateSync(logo?.data ?? Buffer.of())].slice(0, 3)).toEqual([127, 177, 227])
})

test.each([
  [1, 'DeviceGray'],
  [3, 'DeviceRGB'],
])('embeds a JPEG of %d channels unchanged', async (channels, colorSpace) => {
  const bytes = jpeg(channels)
  expect(await load('a.jpg', bytes)).toEqual({ width: 40, height: 20, filter: 'DCTDecode', colorSpace, data: new Uint8Array(bytes) })
})

test('rasterizes an SVG on white', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><rect width="50" height="50" fill="#0b5cad"/></svg>'
  const logo = await load('a.svg', svg)
  expect(logo).toMatchObject({ width: 900, height: 450, colorSpace: 'DeviceRGB' })
  const pixels = inflateSync(logo?.data ?? Buffer.of())
  expect([[...pixels.subarray(0, 3)], [...pixels.subarray(2697, 2700)]]).toEqual([
    [11, 92, 173],
    [255, 255, 255],
  ])
})

test('does not load files, URLs or scripts from an SVG', async () => {
  await writeFile(join(folder, 'secret.png'), png(10, 10, [255, 0, 0, 255]))
  const image = (href: string) => `<image width="100" height="50" href="${href}"/>`
  const svg = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50">${image(join(folder, 'secret.png'))}${image('http://127.0.0.1:1/x.png')}<script>1</script></svg>`
  const logo = await load('b.svg', svg)
  if (logo) expect(inflateSync(logo.data).every((byte) => byte === 255)).toBe(true)
})

test('every image type results in a valid PDF with alternative text', async () => {
  for (const logo of [await load('c.png', png(20, 10, [9, 9, 9, 255])), await load('d.jpg', jpeg(3))]) {
    const bytes = drawInvoice(sampleDocument(), loadFonts(), logo)
    expect((await readPdf(bytes)).pages).toHaveLength(1)
    expect(bytes.toString('latin1')).toContain('/S/Figure')
    expect(bytes.toString('latin1')).toContain('/Alt (Logo of Hosting GmbH)')
  }
  expect(warnings).toEqual([])
})

test.each<[string, Buffer | string]>([
  ['a truncated PNG', png(20, 10, [1, 2, 3, 4]).subarray(0, 60)],
  ['a text file', 'not an image'],
  ['a JPEG without a frame', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 2])],
  ['a CMYK JPEG', jpeg(4)],
  ['an invalid SVG', '<svg xmlns="http://www.w3.org/2000/svg"><g></svg>'],
  ['an SVG that is too tall', '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 100000"><rect width="1" height="1"/></svg>'],
  ['a file that is too large', Buffer.alloc(2_097_153, 1)],
  [
    'an image with too many pixels',
    Buffer.concat([png(1, 1, [0, 0, 0, 0]).subarray(0, 16), Buffer.from([0, 1, 0, 0, 0, 1, 0, 0]), Buffer.alloc(20)]),
  ],
  ['an empty file', ''],
])('%s logs a warning and leaves invoices without a logo', async (_case, bytes) => {
  expect(await load('broken', bytes)).toBeUndefined()
  expect(warnings).toMatchObject([{ path: join(folder, 'broken'), reason: expect.any(String) }])
})

test('ignores a folder and a missing file with a warning', async () => {
  for (const path of [folder, join(folder, 'missing.png')]) expect(await loadLogo(path, log)).toBeUndefined()
  expect(warnings).toHaveLength(2)
})
