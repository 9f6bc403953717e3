import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import S3rver from '@20minutes/s3rver'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createS3DocumentStore } from '../../../../src/modules/invoicing/storage/s3-document-store.js'
import { type Catalog, createCatalog } from '../../../support/catalog.js'
import { applyPlan } from '../../../support/requests.js'
import { startServer, type TestServer } from '../../../support/server.js'

const BUCKET = 'invoices'
const CREDENTIALS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }

let folder: string
let s3: S3rver
let endpoint: string
let server: TestServer
let plans: Catalog

beforeAll(async () => {
  // The default sources of the AWS SDK.
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_REGION: 'eu-central-1',
  })
  folder = await mkdtemp(join(tmpdir(), 's3-'))
  s3 = new S3rver({ directory: folder, port: 0, address: '127.0.0.1', silent: true, configureBuckets: [{ name: BUCKET, configs: [] }] })
  const { port } = (await s3.run()) as AddressInfo
  endpoint = `http://127.0.0.1:${port}`
  server = await startServer({ store: createS3DocumentStore({ bucket: BUCKET, endpoint }) })
  plans = await createCatalog(server)
})
afterAll(async () => {
  await server.close()
  await s3.close()
  await rm(folder, { recursive: true })
})

/** The objects of the bucket; s3rver stores each as a file. */
const objects = async () => (await readdir(join(folder, BUCKET, 'invoices'))).filter((name) => name.endsWith('._S3rver_object'))

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
  expect(await objects()).toEqual([`${number}-${Buffer.from(row.sha256).toString('hex')}.pdf._S3rver_object`])
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
  const [object = ''] = (await objects()).filter((name) => name.includes(number))
  const path = join(folder, BUCKET, 'invoices', object)
  await writeFile(path, 'forged')
  expect((await fetch(pdfUrl)).status).toBe(500)
  await rm(path)
  const { status, headers } = await fetch(pdfUrl)
  expect([status, headers.get('content-type')]).toEqual([500, 'application/json; charset=utf-8'])
})

test('an unavailable bucket loses nothing: the document is rendered on a later request', async () => {
  const unavailable = await startServer({
    database: server.database,
    store: createS3DocumentStore({ bucket: BUCKET, endpoint: 'http://127.0.0.1:1' }),
    environment: { AUTH_JWT_SECRET: server.config.auth.secret ?? '' },
  })
  const { pdfUrl, number } = await purchase(13)
  const refused = await fetch(pdfUrl.replace(server.url, unavailable.url))
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
  expect(await server.services.db.invoiceDocument.count({ where: { invoice: { number } } })).toBe(0)
  expect((await fetch(pdfUrl)).status).toBe(200)
  await unavailable.close()
})
