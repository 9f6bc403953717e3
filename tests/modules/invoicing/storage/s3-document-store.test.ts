import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createS3DocumentStore } from '../../../../src/modules/invoicing/storage/s3-document-store.js'
import { type Catalog, createCatalog } from '../../../support/catalog.js'
import { applyPlan } from '../../../support/requests.js'
import { S3_CREDENTIALS, type S3Server, startS3Server } from '../../../support/s3-server.js'
import { startServer, type TestServer } from '../../../support/server.js'

let s3: S3Server
let server: TestServer
let plans: Catalog

beforeAll(async () => {
  Object.assign(process.env, S3_CREDENTIALS)
  s3 = await startS3Server()
  server = await startServer({ store: createS3DocumentStore(s3) })
  plans = await createCatalog(server)
})
afterAll(async () => {
  await server.close()
  await s3.close()
})

async function purchase(user: number): Promise<{ number: string; pdfUrl: string }> {
  await server.ask(user, '{ me { id } }')
  await applyPlan(server, { userId: String(user), planId: plans.pro })
  return (await server.ask(user, '{ invoices { nodes { number pdfUrl } } }')).data.invoices.nodes[0]
}

test('stores documents in the bucket and their digest in the database, and renders them once', async () => {
  const { number, pdfUrl } = await purchase(10)
  await server.runJobs()
  const [first, second] = await Promise.all([fetch(pdfUrl), fetch(pdfUrl)])
  const bytes = Buffer.from(await first.arrayBuffer())
  expect(Buffer.from(await second.arrayBuffer()).equals(bytes)).toBe(true)
  const row = await server.services.db.invoiceDocument.findFirstOrThrow({ where: { invoice: { number } } })
  expect([row.bytes, row.size]).toEqual([null, bytes.length])
  expect(await s3.objects()).toEqual([`${number}-${Buffer.from(row.sha256).toString('hex')}.pdf`])
  expect((await fetch(pdfUrl, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } })).status).toBe(304)
})

test('serves documents that were stored in the database before', async () => {
  const before = await startServer({ database: server.database, environment: { AUTH_JWT_SECRET: server.config.auth.secret ?? '' } })
  const { pdfUrl } = await purchase(11)
  const stored = await fetch(pdfUrl.replace(server.url, before.url))
  expect(Buffer.from(await stored.arrayBuffer()).equals(Buffer.from(await (await fetch(pdfUrl)).arrayBuffer()))).toBe(true)
  await before.close()
})

test('never serves a document that was changed or removed in the bucket', async () => {
  const { pdfUrl, number } = await purchase(12)
  await fetch(pdfUrl)
  const path = await s3.pathOf(number)
  await writeFile(path, 'forged')
  expect((await fetch(pdfUrl)).status).toBe(500)
  await rm(path)
  const { status, headers } = await fetch(pdfUrl)
  expect([status, headers.get('content-type')]).toEqual([500, 'application/json; charset=utf-8'])
})

test('an unavailable bucket loses nothing: the document is rendered on a later request', async () => {
  const unavailable = await startServer({
    database: server.database,
    store: createS3DocumentStore({ bucket: s3.bucket, endpoint: 'http://127.0.0.1:1' }),
    environment: { AUTH_JWT_SECRET: server.config.auth.secret ?? '' },
  })
  const { pdfUrl, number } = await purchase(13)
  const refused = await fetch(pdfUrl.replace(server.url, unavailable.url))
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
  expect(await server.services.db.invoiceDocument.count({ where: { invoice: { number } } })).toBe(0)
  expect((await fetch(pdfUrl)).status).toBe(200)
  await unavailable.close()
})

test('a document waits for a connection longer than connecting may take', async () => {
  const bucket = createServer(async (_request, response) => {
    response.writeHead(206, { 'content-length': 1 })
    response.flushHeaders()
    await pause(1500)
    response.end('%')
  }).listen(0, '127.0.0.1')
  await once(bucket, 'listening')
  const endpoint = `http://127.0.0.1:${(bucket.address() as AddressInfo).port}`
  const store = createS3DocumentStore({ bucket: s3.bucket, endpoint }, { connectionTimeout: 300, socketTimeout: 10_000 })
  const read = () => store.read({ number: 'INV-1', sha256: Buffer.alloc(32) }, { start: 0, end: 1 })
  // Twice as many as there are connections.
  const documents = await Promise.all(Array.from({ length: 100 }, read))
  expect(new Set(documents.map(String))).toEqual(new Set(['%']))
  bucket.close()
})
