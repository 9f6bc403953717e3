import { createHash } from 'node:crypto'
import { get, type IncomingMessage } from 'node:http'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createS3DocumentStore } from '../../src/modules/invoicing/storage/s3-document-store.js'
import { cloneDatabase, databaseUrl } from '../support/database.js'
import { type LargeDocument, largeDocument } from '../support/large-document.js'
import { S3_CREDENTIALS, type S3Server, startS3Server } from '../support/s3-server.js'
import { ask, type RunningServer, runFirst, startProgram } from './program.js'

const READERS = 200
const DOCUMENT_BYTES = 5_000_000
/** The clients together receive 1,000 MB. A chunk for each of them is 26 MB; the rest are their connections. */
const MAX_LIVE_GROWTH_MB = 60
/** Includes garbage, whose amount depends on how busy the machine is. */
const MAX_RESIDENT_GROWTH_MB = 500

/** Prints the memory that is in use after a garbage collection, and the highest resident memory so far. */
const REPORT_MEMORY = runFirst(`import { setFlagsFromString } from 'node:v8'
  import { runInNewContext } from 'node:vm'
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc')
  let reports = 0
  process.on('SIGUSR2', async () => {
    // The first collection finds the buffers, and the second one counts those that have been freed.
    gc()
    await new Promise(setImmediate)
    gc()
    const { heapUsed, external } = process.memoryUsage()
    const peak = process.resourceUsage().maxRSS
    console.log('memory ' + (reports += 1) + ': ' + Math.round((heapUsed + external) / 1e6) + ' MB live, ' + Math.round(peak / 1e3) + ' MB peak')
  })`)

/** In MB. */
interface Memory {
  live: number
  peak: number
}

let s3: S3Server
let db: pg.Client
let server: RunningServer
/** Before any client reads. */
let idle: Memory

beforeAll(async () => {
  s3 = await startS3Server()
  Object.assign(process.env, S3_CREDENTIALS)
  const connection = await cloneDatabase()
  db = new pg.Client(connection)
  await db.connect()
  await db.query(`INSERT INTO plans (slug, name, type, price, currency, created_at, updated_at)
    VALUES ('pro', 'Pro', 'PAID', 1500, 'USD', now(), now())`)
  await db.query("INSERT INTO users (id, email, name) VALUES ('55', 'ada@example.com', 'Ada Lovelace')")
  server = await startProgram({
    ...{ DATABASE_URL: databaseUrl(connection), DEMO: 'true', AUTH_JWT_SECRET: 'a secret that only this test knows, long enough' },
    ...{ INVOICE_S3_BUCKET: s3.bucket, INVOICE_S3_ENDPOINT: s3.endpoint, RATE_LIMIT_POINTS: '1000000', LOG_LEVEL: 'error' },
    ...S3_CREDENTIALS,
    ...REPORT_MEMORY,
  })
  idle = await measureMemory()
})
afterAll(async () => {
  await db.end()
  await s3.close()
})

let reports = 0
async function measureMemory(): Promise<Memory> {
  reports += 1
  server.child.kill('SIGUSR2')
  const [, live, peak] = await server.until(new RegExp(`memory ${reports}: (\\d+) MB live, (\\d+) MB peak`))
  return { live: Number(live), peak: Number(peak) }
}

async function purchase(): Promise<{ number: string; pdfUrl: string }> {
  const input = { userId: '55', planId: '1' }
  const apply = 'mutation ($input: ApplyPlanInput!) { applyPlan(input: $input) { order { invoice { number pdfUrl } } } }'
  const { data, errors } = await ask(server, server.administrator, apply, { input })
  if (errors) throw new Error(JSON.stringify(errors))
  return data.applyPlan.order.invoice
}

/** Replaces the rendered document of an invoice. */
async function replaceDocument(number: string, { sha256, bytes }: LargeDocument, bytesInRow: Buffer | null): Promise<void> {
  await db.query('ALTER TABLE invoice_documents DISABLE TRIGGER USER')
  await db.query(
    `INSERT INTO invoice_documents (invoice_id, sha256, size, template_version, drawn_at, bytes)
     SELECT id, $2, $3, 1, now(), $4 FROM invoices WHERE number = $1
     ON CONFLICT (invoice_id) DO UPDATE SET sha256 = $2, size = $3, bytes = $4`,
    [number, sha256, bytes.byteLength, bytesInRow],
  )
}

const open = (url: string) => new Promise<IncomingMessage>((done, fail) => get(url, { agent: false }, done).on('error', fail))

test.each(['row', 'bucket'])('memory stays flat while 200 clients read a document of 5 MB slowly from its %s', async (place) => {
  const { number, pdfUrl } = await purchase()
  const document = largeDocument(DOCUMENT_BYTES, place)
  await replaceDocument(
    number,
    document,
    place === 'row' ? document.bytes : await createS3DocumentStore(s3).put({ number, ...document }, document.bytes),
  )
  const responses = await Promise.all(Array.from({ length: READERS }, () => open(pdfUrl)))
  expect(new Set(responses.map(({ statusCode }) => statusCode))).toEqual(new Set([200]))
  // Nobody has read anything beyond what the connections buffer.
  const waiting = await measureMemory()
  const readers = responses.map((response) => ({ chunks: response[Symbol.asyncIterator](), hash: createHash('sha256'), isDone: false }))
  // No client reads its next part before all have read theirs.
  while (readers.some(({ isDone }) => !isDone)) {
    await Promise.all(
      readers.map(async (reader) => {
        const { done, value } = await reader.chunks.next()
        if (done) reader.isDone = true
        else reader.hash.update(value)
      }),
    )
  }
  expect(new Set(readers.map(({ hash }) => hash.digest('hex')))).toEqual(new Set([document.sha256.toString('hex')]))
  const after = await measureMemory()
  expect(waiting.live - idle.live).toBeLessThan(MAX_LIVE_GROWTH_MB)
  expect(after.peak - idle.peak).toBeLessThan(MAX_RESIDENT_GROWTH_MB)
})
