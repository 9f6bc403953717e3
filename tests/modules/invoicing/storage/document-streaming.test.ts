import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { busyError } from '../../../../src/core/errors.js'
import { CHUNK_BYTES } from '../../../../src/modules/invoicing/storage/document-chunks.js'
import type { ByteRange, DocumentKey, DocumentStore } from '../../../../src/modules/invoicing/storage/document-store.js'
import { createS3DocumentStore } from '../../../../src/modules/invoicing/storage/s3-document-store.js'
import { type Catalog, createCatalog } from '../../../support/catalog.js'
import { rowId } from '../../../support/ids.js'
import { type LargeDocument, largeDocument } from '../../../support/large-document.js'
import { countOpenTransactions } from '../../../support/open-transactions.js'
import { applyPlan } from '../../../support/requests.js'
import { S3_CREDENTIALS, type S3Server, startS3Server } from '../../../support/s3-server.js'
import { startServer, type TestServer } from '../../../support/server.js'
import { countStatements } from '../../../support/statements.js'
import { readZip } from '../../../support/zip.js'

/** A bucket that counts its reads, and in which a test can delay them or make them fail. */
class ObservedStore implements DocumentStore {
  reads = 0
  beforeRead: (range: ByteRange, signal: AbortSignal | undefined) => Promise<void> = async () => undefined
  readonly #store: DocumentStore

  constructor(store: DocumentStore) {
    this.#store = store
  }

  put(key: DocumentKey, bytes: Buffer): Promise<Buffer | null> {
    return this.#store.put(key, bytes)
  }

  async read(key: DocumentKey, range: ByteRange, signal?: AbortSignal): Promise<Buffer> {
    this.reads += 1
    await this.beforeRead(range, signal)
    return this.#store.read(key, range, signal)
  }
}

type Place = 'row' | 'bucket'

interface StoredInvoice extends LargeDocument {
  id: string
  number: string
  pdfUrl: string
}

const CHUNKS = 5
const SIZE = (CHUNKS - 1) * CHUNK_BYTES + 1000

let s3: S3Server
let store: ObservedStore
let server: TestServer
let plans: Catalog

beforeAll(async () => {
  Object.assign(process.env, S3_CREDENTIALS)
  s3 = await startS3Server()
  store = new ObservedStore(createS3DocumentStore(s3))
  server = await startServer({ store, environment: { RATE_LIMIT_POINTS: '1000000' } })
  plans = await createCatalog(server)
})
beforeEach(() => server.clock.set('2026-05-01T10:00:00.000Z'))
afterEach(() => {
  store.beforeRead = async () => undefined
})
afterAll(async () => {
  await server.close()
  await s3.close()
})

let user = 500
async function issue(): Promise<Pick<StoredInvoice, 'id' | 'number' | 'pdfUrl'>> {
  user += 1
  await server.ask(user, '{ me { id } }')
  await applyPlan(server, { userId: String(user), planId: plans.pro })
  return (await server.ask(user, '{ invoices { nodes { id number pdfUrl } } }')).data.invoices.nodes[0]
}

async function storeIn(place: Place, size = SIZE): Promise<StoredInvoice> {
  const invoice = await issue()
  const document = largeDocument(size, invoice.number)
  const bytes = place === 'row' ? document.bytes : await store.put({ number: invoice.number, sha256: document.sha256 }, document.bytes)
  await server.services.db.invoiceDocument.create({
    data: {
      invoiceId: rowId(invoice.id),
      sha256: new Uint8Array(document.sha256),
      size,
      templateVersion: 1,
      drawnAt: server.clock.now(),
      bytes: bytes && new Uint8Array(bytes),
    },
  })
  return { ...invoice, ...document }
}

/** Changes a byte of a stored document, without changing its size. */
async function change(place: Place, { id, number }: StoredInvoice, position: number): Promise<void> {
  if (place === 'bucket') {
    const path = await s3.pathOf(number)
    const bytes = await readFile(path)
    bytes[position] = (bytes[position] ?? 0) ^ 1
    return writeFile(path, bytes)
  }
  await server.owner.query('ALTER TABLE invoice_documents DISABLE TRIGGER USER')
  await server.owner.query(
    'UPDATE invoice_documents SET bytes = set_byte(bytes, $2::int, get_byte(bytes, $2::int) # 1) WHERE invoice_id = $1',
    [rowId(id), position],
  )
  await server.owner.query('ALTER TABLE invoice_documents ENABLE TRIGGER USER')
}

const open = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<IncomingMessage>((done, fail) => get(url, { headers, method, agent: false }, done).on('error', fail))

/** Reads a response to its end, which may come early. */
async function download(url: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await open(url, headers, method)
  const chunks: Buffer[] = []
  response.on('data', (chunk: Buffer) => chunks.push(chunk))
  response.on('error', () => undefined)
  await new Promise((done) => response.once('close', done))
  return { status: response.statusCode, headers: response.headers, bytes: Buffer.concat(chunks), isComplete: response.complete }
}

/**
 * Counts the statements or requests that read bytes.
 * @param finds  number of statements that find the row of a document
 */
async function readsDuring(place: Place, work: () => Promise<unknown>, finds = 1): Promise<number> {
  const before = store.reads
  const statements = (await countStatements(work)).filter((statement) => statement === 'SELECT invoice_documents')
  return place === 'bucket' ? store.reads - before : statements.length - finds
}

describe.each(['row', 'bucket'] as const)('a document in the %s', (place) => {
  let stored: StoredInvoice
  beforeAll(async () => {
    stored = await storeIn(place)
  })

  test('is sent as a whole, with its headers', async () => {
    const { status, headers, bytes, isComplete } = await download(stored.pdfUrl)
    expect([status, isComplete, bytes.equals(stored.bytes)]).toEqual([200, true, true])
    expect(headers).toMatchObject({
      etag: `"${stored.sha256.toString('hex')}"`,
      'content-type': 'application/pdf',
      'content-length': String(SIZE),
      'content-disposition': `inline; filename="${stored.number}.pdf"; filename*=UTF-8''${stored.number}.pdf`,
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
  })

  test.each([
    ['the first bytes', 'bytes=0-9', 0, 10],
    ['bytes within a chunk', `bytes=${CHUNK_BYTES + 5}-${CHUNK_BYTES + 14}`, CHUNK_BYTES + 5, CHUNK_BYTES + 15],
    ['exactly one chunk', `bytes=${CHUNK_BYTES}-${2 * CHUNK_BYTES - 1}`, CHUNK_BYTES, 2 * CHUNK_BYTES],
    ['bytes across the end of a chunk', `bytes=${CHUNK_BYTES - 3}-${CHUNK_BYTES + 2}`, CHUNK_BYTES - 3, CHUNK_BYTES + 3],
    ['parts of four chunks', `bytes=100-${3 * CHUNK_BYTES + 50}`, 100, 3 * CHUNK_BYTES + 51],
    ['the rest', `bytes=${CHUNK_BYTES + 1}-`, CHUNK_BYTES + 1, SIZE],
    ['the last byte', `bytes=${SIZE - 1}-`, SIZE - 1, SIZE],
    ['a suffix', 'bytes=-2000', SIZE - 2000, SIZE],
    ['a suffix longer than the file', `bytes=-${SIZE + 1}`, 0, SIZE],
    ['more than the file', `bytes=5-${SIZE + 1000}`, 5, SIZE],
  ])('is sent in part: %s', async (_name, range, start, end) => {
    const part = await download(stored.pdfUrl, { range })
    expect([part.status, part.headers['content-range'], part.headers['content-length'], part.isComplete]).toEqual([
      206,
      `bytes ${start}-${end - 1}/${SIZE}`,
      String(end - start),
      true,
    ])
    expect(part.bytes.equals(stored.bytes.subarray(start, end))).toBe(true)
  })

  test('reads only the chunks of a range', async () => {
    await download(stored.pdfUrl)
    expect(await readsDuring(place, () => download(stored.pdfUrl, { range: 'bytes=-10' }))).toBe(1)
    const acrossTwo = `bytes=${CHUNK_BYTES - 1}-${CHUNK_BYTES}`
    expect(await readsDuring(place, () => download(stored.pdfUrl, { range: acrossTwo }))).toBe(2)
  })

  test('is not read for a range beyond its end, for HEAD, and for a matching ETag', async () => {
    const reads = await readsDuring(place, async () => {
      const { status, headers, bytes } = await download(stored.pdfUrl, { range: `bytes=${SIZE}-` })
      expect([status, headers['content-range'], headers['accept-ranges'], bytes.length]).toEqual([416, `bytes */${SIZE}`, 'bytes', 0])
    })
    expect(reads).toBe(0)
    const head = await readsDuring(place, async () => {
      const { status, headers } = await download(stored.pdfUrl, { range: 'bytes=0-9' }, 'HEAD')
      expect([status, headers['content-length'], headers['accept-ranges']]).toEqual([200, String(SIZE), 'bytes'])
    })
    expect(head).toBe(0)
    const etag = `"${stored.sha256.toString('hex')}"`
    const matching = await readsDuring(place, async () => {
      const { status, bytes } = await download(stored.pdfUrl, { 'if-none-match': etag, range: 'bytes=0-9' })
      expect([status, bytes.length]).toEqual([304, 0])
    })
    expect(matching).toBe(0)
  })

  test.each(['bytes=0-1,5-6', 'lines=1-2', 'bytes=5-2', 'bytes=5', 'nonsense'])('is sent as a whole for %s', async (range) => {
    const { status, headers, bytes } = await download(stored.pdfUrl, { range })
    expect([status, headers['content-range'], bytes.equals(stored.bytes)]).toEqual([200, undefined, true])
  })

  test('is sent in part only if If-Range names its version', async () => {
    const etag = `"${stored.sha256.toString('hex')}"`
    const statusOf = async (ifRange: string) => (await download(stored.pdfUrl, { range: 'bytes=0-9', 'if-range': ifRange })).status
    expect(await statusOf(etag)).toBe(206)
    for (const other of ['"another version"', `W/${etag}`, 'Fri, 01 May 2026 10:00:00 GMT']) expect(await statusOf(other), other).toBe(200)
  })

  test('is verified once for concurrent first reads, and read once by each later one', async () => {
    const { pdfUrl, bytes } = await storeIn(place)
    const first = async () => {
      const downloads = await Promise.all(Array.from({ length: 4 }, () => download(pdfUrl)))
      for (const each of downloads) expect(each.bytes.equals(bytes)).toBe(true)
    }
    expect(await readsDuring(place, first, 4)).toBe(CHUNKS + 4 * CHUNKS)
    expect(await readsDuring(place, () => download(pdfUrl))).toBe(CHUNKS)
  })

  test('is read only as far as a client has read, and holds no connection to the database in between', async () => {
    const pdf = await server.documents.getPdf(BigInt(rowId(stored.id)))
    const body = (await pdf.read()) as AsyncIterable<Buffer>
    const chunks = body[Symbol.asyncIterator]()
    // The first chunk is read in advance, so that an error is found before the response begins.
    for (const reads of [0, 1, 1]) {
      const next = async () => expect(await chunks.next()).toMatchObject({ value: { length: CHUNK_BYTES } })
      expect(await readsDuring(place, next, 0)).toBe(reads)
    }
    const { pool } = server.connections
    await vi.waitUntil(() => pool.idleCount === pool.totalCount && pool.waitingCount === 0)
    expect(await countOpenTransactions(server)).toBe(0)
  })

  test('is not read any further after the client has disconnected', async () => {
    const disconnect = new AbortController()
    const pdf = await server.documents.getPdf(BigInt(rowId(stored.id)))
    const chunks = ((await pdf.read({ signal: disconnect.signal })) as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
    await chunks.next()
    disconnect.abort()
    expect(await readsDuring(place, () => expect(chunks.next()).rejects.toThrow('aborted'), 0)).toBe(0)
    expect(await chunks.next()).toMatchObject({ done: true })
  })

  test('is not sent at all if one of its bytes was changed, and is sent again when it is repaired', async () => {
    const changed = await storeIn(place)
    await change(place, changed, SIZE - 1)
    for (const range of ['', 'bytes=0-9', 'bytes=-1']) {
      const { status, headers, bytes } = await download(changed.pdfUrl, range ? { range } : {})
      expect([status, JSON.parse(bytes.toString())], range).toEqual([500, { error: 'Something went wrong on our side' }])
      expect([headers['content-type'], headers.etag, headers['content-disposition'], headers['accept-ranges']]).toEqual([
        'application/json; charset=utf-8',
        ...[undefined, undefined, undefined],
      ])
    }
    expect(server.logged.some((line) => line.includes(`the stored document of ${changed.number} does not match its digest`))).toBe(true)
    await change(place, changed, SIZE - 1)
    expect((await download(changed.pdfUrl)).bytes.equals(changed.bytes)).toBe(true)
  })

  test('never arrives completely if it is changed after it was verified', async () => {
    const changed = await storeIn(place)
    await download(changed.pdfUrl)
    await change(place, changed, 3 * CHUNK_BYTES + 7)
    const logged = server.logged.length
    const whole = await download(changed.pdfUrl)
    expect([whole.status, whole.isComplete]).toEqual([200, false])
    // Every byte that was sent is right.
    expect(whole.bytes.equals(changed.bytes.subarray(0, whole.bytes.length))).toBe(true)
    expect(whole.bytes.length).toBeLessThanOrEqual(3 * CHUNK_BYTES)
    expect(
      server.logged.slice(logged).filter((line) => line.includes('"level":50') && line.includes('a PDF was sent only in part')),
    ).toHaveLength(1)
    expect((await download(changed.pdfUrl, { range: `bytes=${3 * CHUNK_BYTES}-` })).status).toBe(500)
    const unchanged = await download(changed.pdfUrl, { range: `bytes=${4 * CHUNK_BYTES}-` })
    expect([unchanged.status, unchanged.bytes.equals(changed.bytes.subarray(4 * CHUNK_BYTES))]).toEqual([206, true])
  })

  test('is read by a single statement or request if it has one chunk, and then cached', async () => {
    const small = await storeIn(place, CHUNK_BYTES)
    const before = store.reads
    const documentStatements = async () =>
      (await countStatements(async () => expect((await download(small.pdfUrl)).bytes.equals(small.bytes)).toBe(true))).filter((statement) =>
        statement.endsWith('invoice_documents'),
      )
    expect(await documentStatements()).toEqual(['SELECT invoice_documents'])
    expect(await documentStatements()).toEqual([])
    expect(store.reads - before).toBe(place === 'bucket' ? 1 : 0)
    const part = await download(small.pdfUrl, { range: 'bytes=-5' })
    expect([part.status, part.bytes.equals(small.bytes.subarray(-5))]).toEqual([206, true])
  })

  test('is exported as a whole, and replaced by a placeholder if it was changed', async () => {
    const at = place === 'row' ? '2026-07-01' : '2026-08-01'
    server.clock.set(`${at}T10:00:00.000Z`)
    const [whole, changed] = [await storeIn(place), await storeIn(place)]
    await change(place, changed, 0)
    const files = await readZip(await exportDay(at))
    expect([...files.keys()]).toEqual(['invoices.csv', `${whole.number}.pdf`, `${changed.number}.missing.txt`])
    expect(files.get(`${whole.number}.pdf`)?.equals(whole.bytes)).toBe(true)
  })
})

async function exportDay(day: string): Promise<Buffer> {
  const headers = { authorization: `Bearer ${await server.token(1, 'admin')}` }
  return (await download(`${server.url}/admin/invoices.zip?from=${day}&to=${day}`, headers)).bytes
}

/** Holds the read of a chunk. @returns a promise of the signal of that read */
function holdRead(index: number): Promise<AbortSignal> {
  return new Promise((reached) => {
    store.beforeRead = async ({ start }, signal) => {
      if (start !== index * CHUNK_BYTES || !signal) return
      reached(signal)
      await once(signal, 'abort')
    }
  })
}

test('a disconnect during the response aborts the request to the bucket, and is not logged as an error', async () => {
  const { pdfUrl, bytes } = await storeIn('bucket')
  await download(pdfUrl)
  const [before, logged] = [store.reads, server.logged.length]
  const held = holdRead(2)
  const response = await open(pdfUrl)
  const signal = await held
  const aborted = once(signal, 'abort')
  response.destroy()
  await aborted
  store.beforeRead = async () => undefined
  expect((await download(pdfUrl)).bytes.equals(bytes)).toBe(true)
  expect(store.reads - before).toBe(3 + CHUNKS)
  expect(server.logged.slice(logged).filter((line) => line.includes('"level":50'))).toEqual([])
})

test('the last disconnect aborts the verification, and the next client starts it again', async () => {
  const { id, pdfUrl, bytes } = await storeIn('bucket')
  const before = store.reads
  const held = holdRead(1)
  const clients = [new AbortController(), new AbortController()]
  const pdf = await server.documents.getPdf(BigInt(rowId(id)))
  const results = clients.map(({ signal }) => expect(pdf.read({ signal })).rejects.toThrow('aborted'))
  const verification = await held
  clients[0]?.abort()
  expect(verification.aborted).toBe(false)
  clients[1]?.abort()
  expect(verification.aborted).toBe(true)
  await Promise.all(results)
  store.beforeRead = async () => undefined
  expect((await download(pdfUrl)).bytes.equals(bytes)).toBe(true)
  expect(store.reads - before).toBe(2 + 2 * CHUNKS)
})

test('a bucket that becomes unavailable ends a response early, and delays an export', async () => {
  server.clock.set('2026-09-01T10:00:00.000Z')
  const { pdfUrl, number, bytes } = await storeIn('bucket')
  await download(pdfUrl)
  let failures = 0
  store.beforeRead = async ({ start }) => {
    if (start % CHUNK_BYTES !== 0 || start < 2 * CHUNK_BYTES || failures === 2) return
    failures += 1
    throw busyError('The document store is unavailable; try again in a moment')
  }
  const response = await download(pdfUrl)
  expect([response.status, response.isComplete]).toEqual([200, false])
  const files = await readZip(await exportDay('2026-09-01'))
  expect([failures, files.get(`${number}.pdf`)?.equals(bytes)]).toEqual([2, true])
})

test('a document that is removed from the bucket or cut off there is not sent', async () => {
  const [removed, short] = [await storeIn('bucket'), await storeIn('bucket')]
  await rm(await s3.pathOf(removed.number))
  await writeFile(await s3.pathOf(short.number), short.bytes.subarray(0, -1))
  for (const { pdfUrl } of [removed, short]) {
    const { status, headers } = await download(pdfUrl)
    expect([status, headers['content-type']]).toEqual([500, 'application/json; charset=utf-8'])
  }
})

test('a large document is read from its store also right after it was rendered', async () => {
  const { pdfUrl, number } = await issue()
  const { bytes } = largeDocument(SIZE, number)
  vi.spyOn(server.renderer, 'render').mockResolvedValueOnce(bytes)
  const before = store.reads
  expect((await download(pdfUrl)).bytes.equals(bytes)).toBe(true)
  expect(store.reads - before).toBe(2 * CHUNKS)
})
