import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Catalog, createCatalog } from '../../../support/catalog.js'
import { rowId } from '../../../support/ids.js'
import { readPdf } from '../../../support/pdf.js'
import { applyPlan, placeOrder } from '../../../support/requests.js'
import { startServer, type TestServer } from '../../../support/server.js'
import { countStatements } from '../../../support/statements.js'

/** A worker that takes a second for every document. */
const SLOW = new URL('../../../support/slow.worker.cjs', import.meta.url)

let server: TestServer
let plans: Catalog

beforeAll(async () => {
  server = await startServer()
  plans = await createCatalog(server)
})
afterAll(() => server.close())

const get = async (url: string, headers: Record<string, string> = {}, method = 'GET') => {
  const response = await fetch(url, { method, headers })
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) }
}

let user = 100
async function purchase() {
  user += 1
  await server.ask(user, '{ me { id } }')
  const { data } = await applyPlan(server, { userId: String(user), planId: plans.pro })
  const { data: read } = await server.ask(user, '{ invoices { nodes { id number pdfUrl } } }')
  return { user, order: data.applyPlan.order, ...(read.invoices.nodes[0] as { id: string; number: string; pdfUrl: string }) }
}
const stored = (id: string) => server.services.db.invoiceDocument.findUnique({ where: { invoiceId: rowId(id) } })

test('a job renders the document after issue, and the download returns its bytes', async () => {
  const { id, pdfUrl, number } = await purchase()
  expect(await stored(id)).toBeNull()
  await server.runJobs()
  const document = await stored(id)
  const { bytes, headers } = await get(pdfUrl)
  expect(bytes.equals(Buffer.from(document?.bytes ?? []))).toBe(true)
  expect(headers.get('etag')).toBe(`"${createHash('sha256').update(bytes).digest('hex')}"`)
  expect([document?.size, document?.templateVersion]).toEqual([bytes.length, 2])
  expect((await readPdf(bytes)).text).toContain(number)
  const { rows } = await server.connections.pool.query('SELECT count(*)::int AS waiting FROM graphile_worker.jobs')
  expect(rows).toEqual([{ waiting: 0 }])
})

test('rendering takes one statement to read the document and one to store it', async () => {
  const { id } = await purchase()
  const statements = await countStatements(() => server.documents.getPdf(BigInt(rowId(id))))
  expect(statements).toEqual(['SELECT invoice_documents', 'WITH invoice_documents'])
})

test('a download before the job renders the document, and the job reuses it', async () => {
  const { id, pdfUrl } = await purchase()
  const { bytes } = await get(pdfUrl)
  const before = await stored(id)
  await server.runJobs()
  expect(await stored(id)).toEqual(before)
  expect((await get(pdfUrl)).bytes.equals(bytes)).toBe(true)
})

test('concurrent downloads from two servers and the job render the document once', async () => {
  const { id, order, pdfUrl } = await purchase()
  const other = await startServer({ database: server.database, environment: { AUTH_JWT_SECRET: server.config.auth.secret ?? '' } })
  const onOtherServer = (url: string) => url.replace(server.url, other.url)
  const responses = await Promise.all([
    server.runJobs().then(() => get(pdfUrl)),
    ...Array.from({ length: 40 }, (_, index) => {
      const url = index % 2 === 0 ? pdfUrl : order.invoicePdfUrl
      return get(index % 3 === 0 ? onOtherServer(url) : url)
    }),
  ])
  expect(new Set(responses.map(({ status, headers }) => `${status} ${headers.get('etag')}`)).size).toBe(1)
  expect(responses[0]?.status).toBe(200)
  expect(await stored(id)).toMatchObject({ size: responses[0]?.bytes.length })
  await other.close()
})

test('an activation that is rolled back enqueues no job', async () => {
  const { owner: pool } = server
  await server.runJobs()
  await pool.query(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'planned'; END $$`)
  await pool.query(
    'CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON invoices DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()',
  )
  await server.ask(90, '{ me { id } }')
  const { errors } = await applyPlan(server, { userId: '90', planId: plans.pro })
  await pool.query('DROP TRIGGER fail ON invoices')
  expect(errors).toBeDefined()
  expect((await pool.query('SELECT count(*)::int AS waiting FROM graphile_worker.jobs')).rows).toEqual([{ waiting: 0 }])
})

test('a rendered document stays the same when buyer, plan or seller change', async () => {
  const { order, pdfUrl, user: who } = await purchase()
  const before = (await get(pdfUrl)).bytes
  await server.ask(who, 'mutation { setBillingDetails(input: { name: "Somebody Else" }) { billingDetails { name } } }')
  await server.ask('admin', 'mutation ($input: UpdatePlanInput!) { updatePlan(input: $input) { plan { id } } }', {
    input: { id: plans.pro, name: 'Pro 2', price: 1500 },
  })
  server.config.invoices.issuer.name = 'Renamed Ltd'
  const later = await startServer({
    database: server.database,
    environment: { INVOICE_ISSUED_FROM_NAME: 'Third Ltd', COMPANY_NAME: 'Third', AUTH_JWT_SECRET: server.config.auth.secret ?? '' },
  })
  for (const url of [pdfUrl, order.invoicePdfUrl, pdfUrl.replace(server.url, later.url)])
    expect((await get(url)).bytes.equals(before)).toBe(true)
  await later.close()
})

test('a document that is rendered later shows the data at the time of issue', async () => {
  const { pdfUrl, user: who } = await purchase()
  await server.ask(who, 'mutation { setBillingDetails(input: { name: "Somebody Else" }) { billingDetails { name } } }')
  const { text } = await readPdf((await get(pdfUrl)).bytes)
  expect(text).toContain(`User ${who}`)
  expect(text).not.toContain('Somebody Else')
})

test('the database refuses changes to an invoice and its document', async () => {
  const { id: invoiceId, pdfUrl } = await purchase()
  const id = rowId(invoiceId)
  await get(pdfUrl)
  const { owner: pool } = server
  for (const sql of [
    `UPDATE invoices SET total = 1 WHERE id = ${id}`,
    `UPDATE invoices SET snapshot = '{}' WHERE id = ${id}`,
    `DELETE FROM invoices WHERE id = ${id}`,
    `UPDATE invoice_documents SET bytes = 'x', size = 1 WHERE invoice_id = ${id}`,
    `DELETE FROM invoice_documents WHERE invoice_id = ${id}`,
    'TRUNCATE invoice_documents',
  ]) {
    await expect(pool.query(sql), sql).rejects.toMatchObject({ code: '23001' })
  }
})

test('the bytes are stored out of line and uncompressed', async () => {
  const { rows } = await server.connections.pool.query(
    `SELECT attstorage FROM pg_attribute WHERE attrelid = 'invoice_documents'::regclass AND attname = 'bytes'`,
  )
  expect(rows).toEqual([{ attstorage: 'e' }])
})

test('returns 304 for a matching ETag, after authorization', async () => {
  const { pdfUrl, id, user } = await purchase()
  const etag = (await get(pdfUrl)).headers.get('etag') ?? ''
  for (const value of [etag, `"other", ${etag}`, `W/${etag}`, '*']) {
    const { status, headers, bytes } = await get(pdfUrl, { 'if-none-match': value })
    expect([status, headers.get('etag'), headers.get('cache-control'), bytes.length], value).toEqual([304, etag, 'private, no-store', 0])
  }
  expect((await get(pdfUrl, { 'if-none-match': '"other"' })).status).toBe(200)
  const plain = `${server.url}/invoices/${id}/pdf`
  const buyer = { authorization: `Bearer ${await server.token(user)}`, 'if-none-match': etag }
  const revalidated = await get(plain, buyer)
  expect([revalidated.status, revalidated.headers.get('cache-control')]).toEqual([304, 'private, no-cache'])
  const otherUser = { authorization: `Bearer ${await server.token(999)}`, 'if-none-match': etag }
  expect([(await get(plain, { 'if-none-match': etag })).status, (await get(plain, otherUser)).status]).toEqual([401, 404])
})

test('an invoice by its order is read without a statement, but only by those who may view the order', async () => {
  const { order, user } = await purchase()
  const url = `${server.url}/api/orders/${rowId(order.id)}/invoice`
  const as = async (who: number) => get(url, { authorization: `Bearer ${await server.token(who)}` })
  // The first request renders the document, the second one reads it.
  const [first] = [await as(user), await as(user)]
  expect(await countStatements(async () => expect((await as(user)).bytes.equals(first.bytes)).toBe(true))).toEqual([])
  expect([(await as(user + 1000)).status, (await as(user)).status, (await get(url)).status]).toEqual([404, 200, 401])
})

test('an order has its pro forma until its invoice is issued', async () => {
  user += 1
  const { data } = await placeOrder(server, user, { planId: plans.pro })
  const { id } = data.placeOrder.order
  const url = `${server.url}/orders/${rowId(id)}/invoice`
  const nameAs = async (who: number) =>
    (await get(url, { authorization: `Bearer ${await server.token(who)}` })).headers.get('content-disposition')
  expect(await nameAs(user)).toContain(`pro-forma-${rowId(id)}.pdf`)
  const approved = await applyPlan(server, { userId: String(user), planId: plans.pro, orderId: id })
  expect(await nameAs(user)).toContain(approved.data.applyPlan.order.invoice.number)
  expect(await nameAs(user + 1000)).toBeNull()
})

test('HEAD returns the headers of GET', async () => {
  const { pdfUrl } = await purchase()
  const [whole, head] = [await get(pdfUrl), await get(pdfUrl, {}, 'HEAD')]
  expect([head.status, head.bytes.length]).toEqual([200, 0])
  for (const name of ['etag', 'content-type', 'content-length', 'content-disposition', 'cache-control', 'accept-ranges']) {
    expect(head.headers.get(name), name).toBe(whole.headers.get(name))
  }
})

test('supports range requests with If-Range', async () => {
  const { pdfUrl } = await purchase()
  const { bytes, headers } = await get(pdfUrl)
  const etag = headers.get('etag') ?? ''
  const size = bytes.length
  const part = await get(pdfUrl, { range: 'bytes=10-19', 'if-range': etag })
  expect([part.status, part.headers.get('content-range'), part.headers.get('content-length')]).toEqual([206, `bytes 10-19/${size}`, '10'])
  expect(part.bytes.equals(bytes.subarray(10, 20))).toBe(true)
  expect((await get(pdfUrl, { range: 'bytes=-5' })).bytes.equals(bytes.subarray(size - 5))).toBe(true)
  expect((await get(pdfUrl, { range: `bytes=${size - 1}-` })).headers.get('content-range')).toBe(`bytes ${size - 1}-${size - 1}/${size}`)
  const beyond = await get(pdfUrl, { range: `bytes=${size}-` })
  expect([beyond.status, beyond.headers.get('content-range'), beyond.bytes.length]).toEqual([416, `bytes */${size}`, 0])
  for (const range of ['bytes=0-1,5-6', 'lines=1-2', 'bytes=5-2', 'nonsense']) {
    expect((await get(pdfUrl, { range })).status, range).toBe(200)
  }
  expect((await get(pdfUrl, { range: 'bytes=0-9', 'if-range': '"another version"' })).status).toBe(200)
})

test('?download=1 sends the PDF as an attachment', async () => {
  const { pdfUrl, number } = await purchase()
  const type = async (url: string) => (await get(url)).headers.get('content-disposition')
  expect(await type(pdfUrl)).toBe(`inline; filename="${number}.pdf"; filename*=UTF-8''${number}.pdf`)
  expect(await type(`${pdfUrl}&download=1`)).toBe(`attachment; filename="${number}.pdf"; filename*=UTF-8''${number}.pdf`)
})

test('a pro forma is rendered for every request, not stored, and has a stable ETag', async () => {
  const { data } = await placeOrder(server, 300, { planId: plans.pro })
  const url = data.placeOrder.order.invoicePdfUrl
  const count = await server.services.db.invoiceDocument.count()
  const [first, second] = [await get(url), await get(url)]
  expect(first.headers.get('etag')).toBe(second.headers.get('etag'))
  expect((await get(url, { 'if-none-match': first.headers.get('etag') ?? '' })).status).toBe(304)
  expect(await server.services.db.invoiceDocument.count()).toBe(count)
})

test('returns 503 with Retry-After when too many documents are queued, and serves the queued ones', async () => {
  const slow = await startServer({ database: server.database, drawing: { worker: SLOW, maxQueuedRenders: 3 } })
  const { data } = await placeOrder(slow, 301, { planId: plans.pro })
  const responses = await Promise.all(Array.from({ length: 20 }, () => get(data.placeOrder.order.invoicePdfUrl)))
  const busy = responses.filter(({ status }) => status === 503)
  expect(responses.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(3)
  expect(busy.length).toBe(20 - responses.filter(({ status }) => status === 200).length)
  expect(busy.length).toBeGreaterThan(10)
  expect(busy.every(({ headers }) => Number(headers.get('retry-after')) > 0)).toBe(true)
  await slow.close()
})

describe('while a document is being rendered', () => {
  let slow: TestServer
  beforeAll(async () => {
    slow = await startServer({ database: server.database, drawing: { worker: SLOW } })
  })
  afterAll(() => slow.close())
  const open = async ({ id, user: who }: { id: string; user: number }, signal?: AbortSignal) => {
    const response = await fetch(`${slow.url}/invoices/${id}/pdf`, {
      headers: { authorization: `Bearer ${await slow.token(who)}` },
      ...(signal && { signal }),
    })
    return response.status
  }
  const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))
  /** @returns a promise of the moment when the next document is being rendered */
  const nextRender = ({ renderer }: TestServer) =>
    new Promise<void>((started) => {
      const render = renderer.render.bind(renderer)
      vi.spyOn(renderer, 'render').mockImplementationOnce((...given) => {
        started()
        return render(...given)
      })
    })

  test('a disconnect does not abort a render that others await', async () => {
    const invoice = await purchase()
    const disconnect = new AbortController()
    const renderingStarted = nextRender(slow)
    const [aborted, waiting] = [open(invoice, disconnect.signal), open(invoice)]
    await renderingStarted
    disconnect.abort()
    await expect(aborted).rejects.toThrow()
    expect(await waiting).toBe(200)
  })

  test('the last disconnect aborts the render', async () => {
    const invoice = await purchase()
    const disconnect = new AbortController()
    const renderingStarted = nextRender(slow)
    const aborted = open(invoice, disconnect.signal)
    await renderingStarted
    disconnect.abort()
    await expect(aborted).rejects.toThrow()
    await pause(1300)
    expect(await stored(invoice.id)).toBeNull()
  })

  test('an immediate retry gets the document and logs no error', async () => {
    const invoice = await purchase()
    const disconnect = new AbortController()
    const renderingStarted = nextRender(slow)
    const aborted = open(invoice, disconnect.signal)
    await renderingStarted
    disconnect.abort()
    await expect(aborted).rejects.toThrow()
    expect(await open(invoice)).toBe(200)
    expect(slow.logged.filter((line) => line.includes('"level":50'))).toEqual([])
  })

  test('a server that shuts down finishes the render first', async () => {
    const invoice = await purchase()
    const stopping = await startServer({ database: server.database, drawing: { worker: SLOW } })
    const headers = { authorization: `Bearer ${await stopping.token(invoice.user)}` }
    const renderingStarted = nextRender(stopping)
    const waiting = fetch(`${stopping.url}/invoices/${invoice.id}/pdf`, { headers })
    await renderingStarted
    const closed = stopping.close()
    expect((await waiting).status).toBe(200)
    await closed
  })
})
